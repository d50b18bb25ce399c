"""Letters: issued from the record of the case, on powers that stand, by whoever may, in each language."""

import json
import re
import zlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.letter_text import pdf, render
from applications.models import Application, Condition, Decision, IssuedLetter, RefusalNotice
from applications.queries.letters import KINDS, Facts, Point, standing_of, standings, to_word
from applications.services import requests
from applications.services.letters import issue_letter
from audit.models import Event
from notifications.models import Message
from regulators import books, services
from regulators.reference.provisions import look_again
from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.versions import following
from workflow.errors import Conflict, NotAllowed, NotReady

pytestmark = pytest.mark.django_db
FSFR = "AIFC Financial Services Framework Regulations"
TODAY = timezone.localdate


def letter_of(case, code):
    letter = case.book.letter(code)
    assert letter is not None
    return letter


def about(case, code):
    return KINDS[code].facts(case).about


def decided(case, kind, by, **fields):
    return Decision.objects.create(
        application=case, snapshot=case.snapshots.latest("number"), kind=kind, law={}, by=by,
        at=timezone.now(), **{"reason": "The criteria are met.", **fields},
    )  # fmt: skip


def asked(case, staff, *questions):
    codes = [r.code for r in case.book.requirements_of(case.book.stage_codes[0]) if not r.per_person]
    points = [{"requirement": code, "question": text} for code, text in zip(codes, questions, strict=False)]
    request = requests.write_request(
        actor=staff.reviewer, case=case, due_on=TODAY() + timedelta(days=14), points=points
    )
    return requests.send_request(actor=staff.reviewer, request=request, expected_version=request.version)


def check(first, second, case, act, provision, **found):
    found = {"result": "as_cited", "read_in_full": True, "applies": True, **found}
    row = services.record_check(
        actor=first, regulator=case.licence_type.regulator, act=act, provision=provision,
        url="https://example.test/", note="Compared.", checked_on=TODAY(),
        look_again_on=look_again(TODAY()), **found,
    )  # fmt: skip
    return services.confirm_check(actor=second, check=row) if second else row


@pytest.fixture
def in_principle(filed, afsa, afsa_staff):
    case = filed(afsa, state="approved_in_principle")
    case.expires_on = TODAY() + timedelta(days=90)
    case.save(update_fields=["expires_on"])
    decided(case, "approve_in_principle", afsa_staff.decision_maker)
    Condition.objects.create(application=case, number=1, text="Pay in the capital.", due_on=date(2027, 3, 1))
    return fresh(case)


def powers_of_in_principle(case):
    return [(power.act, power.provision) for power in letter_of(case, "in_principle").powers]


# --- what a letter rests on


def test_a_letter_is_blocked_by_each_power_that_cannot_be_relied_on(in_principle, afsa_staff):
    standing = standing_of(in_principle, letter_of(in_principle, "in_principle"), afsa_staff.decision_maker)
    assert standing.refusal is None
    guidance, rule = (power for power in letter_of(in_principle, "in_principle").powers)
    assert standing.blocked == [
        f"“{guidance.act}, {guidance.provision}” cannot be relied on: it is no binding rule, "
        "it was not read in full, it is not established that it applies to custody.",
        f"“{rule.act}, {rule.provision}” cannot be relied on: it was not read in full.",
    ]
    with pytest.raises(NotReady) as refusal:
        issue_letter(
            actor=afsa_staff.decision_maker, case=in_principle, code="in_principle",
            about=about(in_principle, "in_principle"),
        )  # fmt: skip
    assert [str(reason) for reason in refusal.value.reasons] == standing.blocked
    assert IssuedLetter.objects.count() == 0


def test_checks_that_two_people_made_free_the_letter(in_principle, afsa_staff):
    first, second = afsa_staff.reviewer, afsa_staff.specialist
    one, other = powers_of_in_principle(in_principle)
    check(first, second, in_principle, *one)
    waiting = check(first, None, in_principle, *other)

    def blocked():
        letter = letter_of(in_principle, "in_principle")
        return len(standing_of(in_principle, letter, afsa_staff.decision_maker).blocked)

    assert blocked() == 1  # one person's check is not enough
    services.confirm_check(actor=second, check=waiting)
    assert blocked() == 0
    [row] = issue_letter(
        actor=afsa_staff.decision_maker, case=in_principle, code="in_principle",
        about=about(in_principle, "in_principle"),
    )  # fmt: skip
    assert {power["by"] for power in row.powers} == {"check"}
    assert "1. Pay in the capital. (by Monday 1 March 2027)" in row.text
    assert row.language == "en"
    assert "{" not in row.text


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"result": "different"}, "found that it reads differently now"),
        ({"result": "gone"}, "did not find it any more"),
        ({"applies": False}, "found that it does not apply to custody"),
    ],
)
def test_a_check_that_found_otherwise_blocks_what_the_book_would_allow(filed, afsa, afsa_staff, found, why):
    case = filed(afsa)
    asked(case, afsa_staff, "Send the minute.")
    letter = letter_of(case, "request_information")
    assert standing_of(case, letter, afsa_staff.reviewer).ready
    check(afsa_staff.reviewer, afsa_staff.specialist, case, FSFR, "s 31(5)", **found)
    [blocked] = standing_of(case, letter, afsa_staff.reviewer).blocked
    assert blocked.startswith(f"“{FSFR}, s 31(5)” cannot be relied on: the check of ")
    assert why in blocked


def test_a_check_of_a_part_neither_frees_nor_blocks(filed, afsa, afsa_staff, in_principle):
    check(afsa_staff.reviewer, afsa_staff.specialist, in_principle, FSFR, "s 35", read_in_full=False)
    letter = letter_of(in_principle, "in_principle")
    assert len(standing_of(in_principle, letter, afsa_staff.decision_maker).blocked) == 2


def test_our_own_practice_needs_no_law(filed, afm, afm_staff):
    case = filed(afm)
    asked(case, afm_staff, "Send the charter.")
    assert standing_of(case, letter_of(case, "request_information"), afm_staff.reviewer).ready


# --- what it says, when, and by whom


def test_the_letter_says_what_is_on_record_and_tells_the_firm(filed, afsa, afsa_staff):
    case = filed(afsa)
    request = asked(case, afsa_staff, "Send the minute.", "Send the plan.")
    Message.objects.all().delete()
    [row] = issue_letter(
        actor=afsa_staff.reviewer, case=case, code="request_information", about=f"request:{request.pk}"
    )
    first = request.points.first().requirement
    assert f"1. {first} {case.book.by_code[first].title['en']}\nSend the minute." in row.text
    assert "2. " in row.text
    assert afsa_staff.reviewer.full_name in row.text
    assert case.firm.name in row.text
    assert row.notice == ""
    assert row.powers == [
        {
            "mark": "rule", "act": FSFR, "provision": "s 31(5)", "by": "book", "check": None,
            "url": letter_of(case, "request_information").powers[0].url,
        }
    ]  # fmt: skip
    assert (row.law["book"], row.law["as_at"]) == ("afsa-custody", TODAY().isoformat())
    assert [message.template for message in Message.objects.all()] == ["letter"]
    event = Event.objects.filter(subject=case.audit_subject).latest("number")
    assert (event.kind, event.data["letter"], list(event.data["sha256"])) == (
        "application.letter", "request_information", ["en"],
    )  # fmt: skip
    with pytest.raises(NotReady, match="issued already"):
        issue_letter(
            actor=afsa_staff.reviewer, case=case, code="request_information", about=f"request:{request.pk}"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedLetter.objects.create(
            application=case, code=row.code, about=row.about, language="en", title="", text="", powers=[],
            law={}, by=row.by, at=row.at,
        )  # fmt: skip


def test_a_national_letter_exists_in_both_languages_or_not_at_all(filed, afm, afm_staff):
    case = filed(afm)
    request = asked(case, afm_staff, "Жарғыны жіберіңіз.")
    given = {"actor": afm_staff.reviewer, "case": case, "code": "request_information",
             "about": f"request:{request.pk}"}  # fmt: skip
    kk, ru = {"point_1": "Жарғыны жіберіңіз."}, {"point_1": "Пришлите устав."}
    for wording in ({}, {"kk": kk}, {"kk": kk, "ru": {"point_1": " "}}):
        with pytest.raises(NotReady, match="in each language"):
            issue_letter(**given, wording=wording)
    with pytest.raises(NotReady, match="the same in two languages"):
        issue_letter(**given, wording={"kk": kk, "ru": kk})
    assert IssuedLetter.objects.count() == 0
    issue_letter(**given, wording={"kk": kk, "ru": ru})
    rows = {row.language: row for row in IssuedLetter.objects.all()}
    assert sorted(rows) == ["kk", "ru"]
    assert "Жарғыны жіберіңіз." in rows["kk"].text
    assert "Пришлите устав." in rows["ru"].text
    assert {code: row.notice == case.book.notice[code] for code, row in rows.items()} == {
        "kk": True, "ru": True,
    }  # fmt: skip


def test_a_letter_belongs_to_a_state(filed, afsa, afsa_staff):
    case = filed(afsa)
    decider = afsa_staff.decision_maker
    assert {
        standing.letter.code: str(standing.refusal.reasons[0]) for standing in standings(case, decider)
    } == {
        "request_information": "You may not issue this letter.",
        "return_incomplete": "You may not issue this letter.",
        "in_principle": "The application is not approved in principle.",
        "grant": "No licence is granted.",
        "preliminary_notice": "No refusal is proposed.",
        "refusal": "The application is not refused.",
    }


def test_who_may_not_issue_is_refused_and_the_examiner_does_not_send_a_decision(
    filed, afm, afm_staff, afsa_staff, firm_user
):
    case = filed(afm, state="refused")
    decided(case, "refuse", afm_staff.decision_maker, grounds=[], reason="Not met.")
    given = {"case": case, "code": "refusal", "about": about(case, "refusal")}
    for actor in (afm_staff.reviewer, afm_staff.lead_reviewer, afsa_staff.decision_maker, firm_user):
        with pytest.raises(NotAllowed):
            issue_letter(actor=actor, **given)
    assert IssuedLetter.objects.count() == 0


def test_a_letter_of_something_else_than_was_shown_is_a_conflict(filed, afsa, afsa_staff):
    case = filed(afsa)
    request = asked(case, afsa_staff, "Send the minute.")
    with pytest.raises(Conflict, match="something else now"):
        issue_letter(
            actor=afsa_staff.reviewer, case=case, code="request_information",
            about=f"request:{request.pk + 1}",
        )  # fmt: skip


def test_the_notice_of_a_refusal_names_a_day_no_earlier_than_the_book(filed, afsa, afsa_staff):
    case = filed(afsa, state="refusal_proposed")
    notice = RefusalNotice.objects.create(
        application=case, grounds=[], evidence="The file.", text="We propose to refuse.",
        proposed_by=afsa_staff.decision_maker, proposed_at=timezone.now(),
    )  # fmt: skip
    for act, provision in ((FSFR, "s 10(1)"),):
        check(afsa_staff.reviewer, afsa_staff.specialist, case, act, provision)
    given = {"actor": afsa_staff.case_officer, "case": case, "code": "preliminary_notice",
             "about": f"notice:{notice.pk}"}  # fmt: skip
    with pytest.raises(NotReady, match="Give the last day"):
        issue_letter(**given)
    with pytest.raises(NotReady, match=r"after today|until"):
        issue_letter(**given, until=TODAY())
    [row] = issue_letter(**given, until=TODAY() + timedelta(days=60))
    assert "We propose to refuse.\n\nThe file." in row.text


def test_a_notice_waits_while_the_least_day_of_the_book_is_not_known(
    filed, afsa, afsa_staff, shelf, new_calendar, today
):
    case = filed(afsa, state="refusal_proposed")
    timed = [replace(c, working_days=3) if c.code == "representations" else c for c in case.book.clocks]
    pin = afsa.rulebooks.get(version=shelf(following(case.book, "2099.1", clocks=tuple(timed))).version)
    Application.objects.filter(pk=case.pk).update(rulebook=pin)
    notice = RefusalNotice.objects.create(
        application=case, grounds=[], evidence="The file.", text="We propose to refuse.",
        proposed_by=afsa_staff.decision_maker, proposed_at=timezone.now(),
    )  # fmt: skip
    check(afsa_staff.reviewer, afsa_staff.specialist, case, FSFR, "s 10(1)")
    given = {"actor": afsa_staff.case_officer, "case": fresh(case), "code": "preliminary_notice",
             "about": f"notice:{notice.pk}", "until": date(2027, 1, 29)}  # fmt: skip
    today(date(2026, 12, 30))
    new_calendar("2026.2", until=2026)
    with pytest.raises(NotReady, match="Not computable until the calendar of 2027 is entered"):
        issue_letter(**given)
    new_calendar("2026.3")
    assert len(issue_letter(**given)) == len(case.book.letter("preliminary_notice").languages)


def test_every_letter_of_every_book_is_filled_in_each_of_its_languages():
    facts = Facts(about="x", points=(Point(text="What"),), reason="Why", until=date(2027, 1, 2), licence="L")
    done = 0
    for book in books.all_books():
        case = type("Case", (), {"book": book, "reference": "R", "firm": type("Firm", (), {"name": "F"})})
        for letter in book.letters:
            assert letter.code in KINDS
            for language in letter.languages:
                text = render(
                    letter, facts, case=case, language=language, wording={}, until=facts.until,
                    day=date(2026, 12, 1), officer="O",
                )  # fmt: skip
                assert "{" not in text
                done += 1
            assert bool(to_word(letter, facts)) is (len(letter.languages) > 1)
    assert done >= 16


# --- pages and the file


def test_the_pages_at_the_desk(filed, afsa, afsa_staff, browsers):
    case = filed(afsa)
    asked(case, afsa_staff, "Send the minute.")
    reader, decider = browsers.reviewer, browsers.decision_maker
    shown = reader.get(at("letters", case)).content.decode()
    assert shown.count("Blocked") == 4
    assert f"“{FSFR}, s 35” cannot be relied on: it was not read in full" in shown
    new = at("letter_new", case, "request_information")
    assert decider.get(new).status_code == 403
    assert decider.post(new, {"about": "x"}).status_code == 403
    assert reader.get(at("letter_new", case, "grant")).status_code == 403
    assert reader.get(at("letter_new", case, "unheard_of")).status_code == 404
    form = reader.get(new)
    assert form.status_code == 200
    assert "Send the minute." in form.content.decode()
    sent = reader.post(new, {"about": form.context["form"]["about"].value()})
    assert (sent.status_code, sent.url) == (302, at("letters", case))
    row = IssuedLetter.objects.get()
    page = decider.get(at("letter", case, row.pk)).content.decode()
    assert "<b>Rule:</b> AIFC Financial Services Framework Regulations, s 31(5)" in page
    assert reader.post(new, {"about": "x"}).status_code == 422  # issued already
    file = reader.get(at("letter_pdf", case, row.pk))
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    other = filed(afsa)
    assert reader.get(at("letter", other, row.pk)).status_code == 404


def test_what_a_person_must_add_is_asked_in_each_language(filed, afm, afm_staff, english):
    case = filed(afm)
    asked(case, afm_staff, "Жарғыны жіберіңіз.")
    reader, new = english(afm_staff.reviewer), at("letter_new", case, "request_information")
    form = reader.get(new).context["form"]
    assert sorted(form.fields) == ["about", "point_1_kk", "point_1_ru"]
    typed = {"about": form["about"].value(), "point_1_kk": "Жарғыны жіберіңіз."}
    wrong = reader.post(new, typed)
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["point_1_ru"]
    assert reader.post(new, typed | {"point_1_ru": "Пришлите устав."}).status_code == 302
    assert IssuedLetter.objects.count() == 2


def test_the_firm_reads_its_letters_and_nobody_elses(filed, afsa, afsa_staff, english, firm_user):
    case, other = filed(afsa), filed(afsa)
    for one in (case, other):
        request = asked(one, afsa_staff, "Send the minute.")
        issue_letter(
            actor=afsa_staff.reviewer, case=one, code="request_information", about=f"request:{request.pk}"
        )
    row, foreign = case.letters.get(), other.letters.get()
    member = english(case.firm.memberships.first().user)
    base = f"/applications/{case.pk}/"
    listed = member.get(base).content.decode()
    assert f'href="{base}letters/{row.pk}/"' in listed
    page = member.get(f"{base}letters/{row.pk}/")
    assert page.status_code == 200
    assert "Send the minute." in page.content.decode()
    assert member.get(f"{base}letters/{row.pk}/pdf/").content[:5] == b"%PDF-"
    assert member.get(f"{base}letters/{foreign.pk}/").status_code == 404
    assert english(firm_user).get(f"{base}letters/{row.pk}/").status_code == 404


def test_the_file_holds_every_kazakh_letter_and_is_the_same_each_time(filed, afm, afm_staff):
    letters = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
    row = IssuedLetter(
        application=filed(afm), code="refusal", about="x", language="kk", title=f"Хат {letters}",
        text=f"Бірінші жол\n\n{letters}", notice="Ескерту", by=afm_staff.reviewer, at=timezone.now(), law={},
        powers=[{"mark": "policy", "act": "A", "provision": "1", "url": ""}],
    )  # fmt: skip
    made = pdf(row)
    assert made == pdf(row)
    mapped = json.dumps(sorted(unicode_of(made)))
    assert all(json.dumps(letter)[1:-1] in mapped for letter in letters)
    assert fonts_of(made) == {"LibertinusSerif"}


def streams(file):
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", file, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


def unicode_of(file):
    """Characters that the fonts of the file draw, by their maps."""
    for text in streams(file):
        if b"begincmap" in text:
            for _glyph, code in re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>", text):
                yield chr(int(code, 16))


def fonts_of(file):
    everything = file + b"".join(streams(file))
    return {name.decode() for name in re.findall(rb"/BaseFont\s*/[A-Z]{6}\+(\w+)", everything)}


# --- the notice of a track


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_notice_of_the_national_track_stands_in_every_wing(filed, afm, afm_staff, signed_in, language):
    case = filed(afm)
    row = IssuedLetter.objects.create(
        application=case, code="refusal", about="x", language="kk", title="Хат", text="Мәтін", powers=[],
        law={}, notice=case.book.notice["kk"], by=afm_staff.decision_maker, at=timezone.now(),
    )  # fmt: skip
    stage = case.stages.first()
    desk = [
        "/desk/", "/desk/applications/application/?whose=all", "/desk/licences/readinessrecord/",
        at("change", case), at("stage", case, stage.code), at("letters", case), at("letter", case, row.pk),
        at("note_new", case), at("act", case, "recommend"),
    ]  # fmt: skip
    pipeline = ["/pipeline/cases/"]
    portal = [f"/applications/{case.pk}/", f"/applications/{case.pk}/letters/{row.pk}/", "/applications/"]
    words = case.book.notice[language].split(";")[0]
    for user, urls in (
        (afm_staff.lead_reviewer, desk + pipeline), (case.firm.memberships.first().user, portal),
    ):  # fmt: skip
        browser = signed_in(fresh(user))
        browser.cookies["django_language"] = language
        for url in urls:
            page = browser.get(url)
            assert page.status_code == 200, url
            assert words in page.content.decode().replace("&#x27;", "'"), (language, url)


def test_another_track_has_no_notice(filed, afsa, afm, afsa_staff, english):
    case = filed(afsa)
    filed(afm)
    for url in (
        "/desk/",
        at("change", case),
        "/desk/applications/application/?whose=all",
        "/pipeline/cases/",
    ):
        shown = english(afsa_staff.lead_reviewer).get(url).content.decode()
        assert "note--warning" not in shown, url


@pytest.mark.parametrize("name", ["Алтын 公司", "Altyn 😀", "Altyn\x01"])
def test_a_name_that_the_font_lacks_still_makes_a_pdf(filed, afsa, afsa_staff, signed_in, firm_user, name):
    case = filed(afsa)
    type(case.firm).objects.filter(pk=case.firm_id).update(name=name)
    request = asked(fresh(case), afsa_staff, "Send the minute.")
    [row] = issue_letter(
        actor=afsa_staff.reviewer, case=fresh(case), code="request_information", about=f"request:{request.pk}"
    )
    assert name in row.text
    made = pdf(fresh(row))
    assert made.startswith(b"%PDF-")
    assert made == pdf(fresh(row))


def test_nothing_is_worded_anew_but_what_the_letter_asks_for(filed, afsa, afsa_staff):
    """In a letter of one language, or of what staff did not write, the case has the last word."""
    case = filed(afsa)
    request = asked(case, afsa_staff, "Send the minute.")
    [row] = issue_letter(
        actor=afsa_staff.reviewer, case=case, code="request_information", about=f"request:{request.pk}",
        wording={"en": {"point_1": "Send nothing.", "reason": "None."}},
    )  # fmt: skip
    assert "Send the minute." in row.text
    assert "Send nothing." not in row.text
