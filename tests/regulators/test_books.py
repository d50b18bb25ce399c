"""The shipped books: complete, honest about what was read, and bound to their files."""

import dataclasses
from datetime import date, timedelta

import pytest
from django.utils import translation

from regulators import books
from regulators import rulebook as rb
from regulators.loader import RuleBookError

AFSA = books.get("afsa-custody", "2026.1")
AFM = books.get("afm-custody", "2026.1")
STAGES = ("business_plan", "fit_and_proper", "capital", "aml", "it_security")
BOTH = pytest.mark.parametrize("book", [AFSA, AFM], ids=["afsa", "afm"])


def codes(prefix, count):
    return [f"{prefix}-{number:02d}" for number in range(1, count + 1)]


def all_citations(book):
    for parts in (book.requirements, book.grounds, book.clocks, book.functions, book.authorities):
        for part in parts:
            yield from part.citations


def test_each_file_of_the_folder_is_a_book():
    assert sorted((book.code, book.version) for book in books.all_books()) == [
        ("afm-custody", "2026.1"),
        ("afm-custody", "2026.2"),
        ("afm-custody", "2026.3"),
        ("afsa-custody", "2026.1"),
        ("afsa-custody", "2026.2"),
        ("afsa-custody", "2026.3"),
        ("nbk-exchange", "2026.1"),
        ("nbk-exchange", "2026.2"),
    ]


@pytest.mark.parametrize(
    ("book", "more"),
    [
        (AFSA, ()),
        (
            books.latest("afsa-custody"),
            ("CUS-21", "CUS-22", "CUS-23", "ITS-21", "ITS-22", "ITS-23", "ITS-24", "ITS-25"),
        ),
    ],
)
def test_the_afsa_book_asks_every_item(book, more):
    expected = [
        *codes("BP", 21),
        *codes("CUS", 20),
        *codes("FP", 21),
        *codes("CAP", 18),
        *codes("AML", 21),
        *codes("ITS", 20),
        *more,
    ]
    assert sorted(book.by_code) == sorted(expected)


@pytest.mark.parametrize(
    ("book", "more"),
    [
        (AFM, ()),
        (
            books.latest("afm-custody"),
            ("N-SG-02", "N-SG-03", "N-SG-04", "N-IT-06", "N-IT-07", "N-IT-08", "N-IT-09", "N-IT-10"),
        ),
    ],
)
def test_the_afm_book_asks_its_38_items(book, more):
    expected = [
        *codes("N-BP", 10),
        *codes("N-FP", 9),
        *codes("N-CA", 5),
        *codes("N-AM", 8),
        *codes("N-IT", 5),
        "N-SG-01",
        *more,
    ]
    assert sorted(book.by_code) == sorted(expected)


@pytest.mark.parametrize("code", ["afsa-custody", "afm-custody"])
def test_what_was_added_is_asked_without_a_rule_and_binds_nobody(code):
    first, latest = books.get(code, "2026.1"), books.latest(code)
    added = [r for r in latest.requirements if r.code not in first.by_code]
    assert [(r.source, r.mandatory) for r in added] == [("asked", False)] * 8


@pytest.mark.parametrize(
    ("code", "newest", "before"),
    [
        ("afsa-custody", "2026.3", "2026.2"),
        ("afm-custody", "2026.3", "2026.2"),
        ("nbk-exchange", "2026.2", "2026.1"),
    ],
)
def test_what_files_a_question_takes_is_our_policy_and_all_that_the_newest_versions_change(
    code, newest, before
):
    newest, before = books.get(code, newest), books.get(code, before)
    own = [r for r in newest.requirements if r.slot != rb.Slot()]
    assert (len(own) > 5, {r.slot.citations for r in own}) == (True, {()})
    assert {r.slot for r in before.requirements} == {rb.Slot()}
    plain = {code: dataclasses.replace(r, slot=rb.Slot()) for code, r in newest.by_code.items()}
    assert {code: plain[code] for code in before.by_code} == before.by_code
    added = [r for r in newest.requirements if r.code not in before.by_code]
    assert [(r.slot.kinds, [heading["en"] for heading in r.slot.form]) for r in added] == [
        (("xlsx",), ["Key class", "Owner", "Generation method", "Backup", "Destruction"])
    ] * (code != "nbk-exchange")


def test_the_exchange_operators_book_is_another_licence_of_another_regulator():
    book = books.latest("nbk-exchange")
    assert (book.regulator, book.licence_type, book.outcome) == ("NBK", "exchange-operator", rb.READINESS)
    assert len(book.requirements) == 32
    assert [r.code for r in book.requirements if r.mandatory] == []
    assert "custody" in book.notice["en"]


@BOTH
def test_the_five_stages_are_approved_one_after_another(book):
    assert book.stage_codes == STAGES
    assert [stage.after for stage in book.stages] == [(), *((code,) for code in STAGES[:-1])]
    assert all(set(stage.title) == {"en", "ru", "kk"} for stage in book.stages)
    assert all(book.sections_of(code) and book.requirements_of(code) for code in STAGES)


def test_what_each_book_makes():
    assert (AFSA.outcome, AFSA.in_principle, AFSA.incomplete, AFSA.fee_is_condition) == (
        "licence",
        True,
        "return",
        True,
    )
    assert (AFM.outcome, AFM.in_principle, AFM.incomplete, AFM.fee_is_condition) == (
        "readiness",
        False,
        "refile",
        False,
    )


@BOTH
def test_only_what_was_read_whole_as_binding_and_in_force_is_quotable(book):
    for citation in all_citations(book):
        whole = citation.confidence in ("V", "H") and citation.read == rb.READ_FULL
        binding = citation.kind == rb.RULE and citation.applies is True and citation.in_force is True
        assert citation.quotable is (whole and binding)


@BOTH
def test_mandatory_follows_from_the_citations_alone(book):
    assert {requirement.adopted for requirement in book.requirements} == {""}
    for requirement in book.requirements:
        assert requirement.mandatory is any(citation.quotable for citation in requirement.citations)


def test_some_afsa_items_are_mandatory_and_some_are_not():
    mandatory = {code for code, requirement in AFSA.by_code.items() if requirement.mandatory}
    assert {"FP-01", "FP-02", "FP-03", "FP-04", "FP-05", "CUS-05", "AML-16", "ITS-12"} <= mandatory
    # Guidance only, cut off, heading only, second-hand, not found, repealed, or not established as in force.
    assert not mandatory & {
        "BP-04",
        "FP-14",
        "CUS-04",
        "CAP-03",
        "ITS-05",
        "CAP-18",
        "ITS-09",
        "CAP-01",
        "BP-02",
    }


def test_nothing_of_the_digital_asset_rules_is_quoted_before_it_is_checked():
    daa = [citation for citation in all_citations(AFSA) if "(DAA)" in citation.act]
    assert len(daa) > 20
    assert {citation.in_force for citation in daa} == {None}


def test_a_repealed_rule_is_never_more_than_asked():
    repealed = [c for c in all_citations(AFSA) if "(AMI)" in c.act]
    assert {citation.in_force for citation in repealed} == {False}
    assert AFSA.by_code["ITS-09"].source == "asked"
    assert AFSA.by_code["ITS-17"].source == "asked"


@pytest.mark.parametrize(
    ("book", "code", "source"),
    [
        (AFSA, "FP-01", "rule"),
        (AFSA, "CUS-08", "rule"),
        (AFSA, "BP-04", "guidance"),
        (AFSA, "FP-20", "asked"),
        (AFSA, "CAP-18", "asked"),
        (AFM, "N-BP-10", "rule"),
        (AFM, "N-BP-04", "guidance"),
        (AFM, "N-SG-01", "asked"),
        (AFM, "N-AM-05", "asked"),
    ],
)
def test_the_word_beside_the_question(book, code, source):
    assert book.by_code[code].source == source


def test_no_national_text_is_quotable_for_custody():
    assert [citation for citation in all_citations(AFM) if citation.quotable] == []
    assert [ground.code for ground in AFM.grounds if ground.quotable] == []


def test_the_seven_national_grounds():
    assert [ground.citations[0].provision for ground in AFM.grounds] == [
        f"art. 32(1)({n})" for n in range(1, 8)
    ]


def test_the_authorities_of_the_national_track():
    assert [(authority.body["en"], authority.role) for authority in AFM.authorities] == [
        ("National Bank of Kazakhstan", "decides"),
        ("National Bank of Kazakhstan", "registers"),
        ("Agency for Financial Monitoring", "notified"),
        ("Agency for Financial Monitoring", "consulted"),
    ]


@pytest.mark.parametrize(
    ("language", "start"),
    [("en", "Preparation file."), ("ru", "Подготовительное досье."), ("kk", "Дайындық құжаттамасы.")],
)
def test_the_national_track_says_what_it_is_in_three_languages(language, start):
    with translation.override(language):
        assert rb.say(AFM.notice).startswith(start)
    assert AFSA.notice is None


@BOTH
def test_a_clock_is_law_or_marked_as_our_policy(book):
    for clock in book.clocks:
        kinds = {citation.kind for citation in clock.citations if citation.read != rb.READ_NOTHING}
        assert clock.policy is (kinds == {rb.POLICY})


def test_no_period_is_made_up_for_afsa():
    assert AFSA.clock("representations").working_days is None
    assert AFSA.clock("appeal").working_days is None
    assert [clock.code for clock in AFSA.clocks if clock.working_days] == [
        "completeness", "decision", "information_reply", "in_principle_expiry",
    ]  # fmt: skip
    assert all(clock.policy for clock in AFSA.clocks if clock.working_days)


def test_the_national_clocks_know_no_pause():
    assert {clock.pausable for clock in AFM.clocks} == {False}
    assert AFM.clock("completeness").working_days == 2
    assert AFM.clock("decision").working_days == 30
    assert AFM.clock("general").silence == "refusal"


def test_every_evidence_kind_is_asked_for_somewhere_in_the_afsa_book():
    asked = {kind for requirement in AFSA.requirements for kind in requirement.evidence}
    assert asked == set(rb.EVIDENCE_KINDS)


def test_what_is_asked_of_each_person():
    assert sorted(r.code for r in AFSA.requirements if r.per_person) == [
        "FP-06", "FP-07", "FP-08", "FP-09", "FP-10", "FP-11", "FP-12", "FP-14", "FP-18",
    ]  # fmt: skip
    assert {function.code for function in AFSA.functions if function.required} == {"seo", "fo", "co", "mlro"}


def test_what_cannot_exist_at_submission_is_due_later():
    later = {r.code: r.due for r in AFSA.requirements if r.due != rb.SUBMISSION}
    assert later["BP-20"] == rb.GRANT
    assert later["CAP-16"] == rb.AFTER_GRANT
    assert later["ITS-11"] == rb.RECOMMENDATION


def test_the_current_book_is_the_latest_in_effect():
    newest = books.latest("afsa-custody")
    assert books.current("providing-custody", newest.effective_from) is newest
    before = books.get("afsa-custody", "2026.2")
    assert books.current("providing-custody", newest.effective_from - timedelta(days=1)) is before
    assert books.current("providing-custody", AFSA.effective_from) is AFSA
    with pytest.raises(RuleBookError, match="no rule book is in effect on 2025-12-31"):
        books.current("providing-custody", date(2025, 12, 31))
    with pytest.raises(RuleBookError, match="brokerage: no rule book"):
        books.current("brokerage")


def test_an_unknown_version_is_refused():
    with pytest.raises(RuleBookError, match=r"Put afsa-custody-1999\.1\.toml in rulebooks/"):
        books.get("afsa-custody", "1999.1")
