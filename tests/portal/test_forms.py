"""The form of an answer, kind by kind: what is taken, what is not, and what is stored."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from applications.asked import Given
from applications.portal.forms import INSTEAD, LONGEST_TEXT, AnswerForm, initial_of
from regulators import rulebook as rb
from regulators.rulebook import Choice, Citation, Requirement

RULE = Citation(
    act="Act", provision="1", kind="rule", applies=True, read="full", in_force=True,
    as_at=date(2026, 1, 1), checked_by=("A",), confidence="V",
)  # fmt: skip


def requirement(*evidence, mandatory=True, **more):
    return Requirement(
        code="X-01", stage="capital", section="s", title={"en": "Title"}, guidance={"en": "Guidance"},
        evidence=evidence, citations=(RULE,) if mandatory else (), **more,
    )  # fmt: skip


def form(kind, data=None, **more):
    return AnswerForm(requirement(kind, **more), {"version": "0", **(data or {})})


def stored(kind, data, **more):
    made = form(kind, data, **more)
    assert made.is_valid(), made.errors
    return made.value()


def refused(kind, data, **more):
    made = form(kind, data, **more)
    assert not made.is_valid()
    return [text for texts in made.errors.values() for text in texts]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1250000", "1250000"),
        ("1 250 000,50", "1250000.50"),
        ("1\u00a0250\u00a0000.5", "1250000.5"),
        ("1\u202f250\u202f000", "1250000"),
        ("1,250,000.50", "1250000.50"),
        ("1.250.000,50", "1250000.50"),
        ("0", "0"),
    ],
)
def test_an_amount_is_taken_as_people_write_it(typed, amount):
    value = stored(rb.MONEY, {"amount": typed}, currency="KZT")
    assert (Decimal(value["amount"]), value["currency"]) == (Decimal(amount), "KZT")


@pytest.mark.parametrize("typed", ["250 mln", "-1", "1.2.3", "NaN", "1e5"])
def test_what_is_no_amount_is_refused(typed):
    assert len(refused(rb.MONEY, {"amount": typed}, currency="KZT")) == 1


def test_without_a_currency_in_the_book_the_firm_chooses_one():
    assert stored(rb.MONEY, {"amount": "10", "currency": "EUR"}) == {"amount": "10.0", "currency": "EUR"}
    assert refused(rb.MONEY, {"amount": "10", "currency": "XXX"})


@pytest.mark.parametrize(
    ("typed", "percent"), [("0", "0"), ("100", "100"), ("12,5", "12.5"), ("12.5 %", "12.5")]
)
def test_a_percentage_from_0_to_100(typed, percent):
    assert Decimal(stored(rb.PERCENTAGE, {"percent": typed})["percent"]) == Decimal(percent)


@pytest.mark.parametrize("typed", ["-0.1", "100.0001", "many", "Infinity"])
def test_a_percentage_outside_is_refused(typed):
    assert len(refused(rb.PERCENTAGE, {"percent": typed})) == 1


@pytest.mark.parametrize(("typed", "number"), [("0", "0"), ("1 200", "1200"), ("2,5", "2.5")])
def test_a_number(typed, number):
    assert stored(rb.NUMBER, {"number": typed}) == {"number": number}


@pytest.mark.parametrize("typed", ["-1", "twelve", "NaN", "1" * 21])
def test_what_is_no_number_is_refused(typed):
    assert len(refused(rb.NUMBER, {"number": typed})) == 1


@pytest.mark.parametrize(
    "boxes", [("5", "3", "2026"), ("05", "03", "2026"), ("05.03.2026", "", ""), (" 5.3.2026 ", "", "")]
)
def test_a_date_is_day_month_year(boxes):
    data = dict(zip(("date_day", "date_month", "date_year"), boxes, strict=True))
    assert stored(rb.DATE, data) == {"date": "2026-03-05"}


@pytest.mark.parametrize(
    "boxes", [("30", "2", "2026"), ("5", "", "2026"), ("5", "3", "26"), ("31.02.2026", "", "")]
)
def test_a_date_that_is_none_is_refused(boxes):
    data = dict(zip(("date_day", "date_month", "date_year"), boxes, strict=True))
    assert len(refused(rb.DATE, data)) == 1


def test_a_choice_of_the_book_only():
    choices = (Choice(code="yes", label={"en": "Yes"}), Choice(code="no", label={"en": "No"}))
    assert stored(rb.CHOICE, {"choice": "no"}, choices=choices) == {"choice": "no"}
    assert refused(rb.CHOICE, {"choice": "maybe"}, choices=choices)


def test_a_text_up_to_the_limit():
    assert stored(rb.TEXT, {"text": "Ә" * LONGEST_TEXT}) == {"text": "Ә" * LONGEST_TEXT}
    assert len(refused(rb.TEXT, {"text": "Ә" * (LONGEST_TEXT + 1)})) == 1
    assert len(refused(rb.TEXT, {"text": "nul\x00"})) == 1


def test_a_declaration_is_made_by_a_tick_only():
    assert stored(rb.DECLARATION, {"agreed": "on"}) == {"agreed": True}
    assert stored(rb.DECLARATION, {}) == {"agreed": False}


def test_inspected_evidence_names_a_place():
    assert stored(rb.INSPECTED, {"inspected": "Key room"}) == {"inspected": "Key room"}


@pytest.mark.parametrize("kind", rb.SIMPLE_KINDS)
def test_nothing_has_to_be_typed_in_a_draft(kind):
    assert form(kind).is_valid()


def test_typed_records_have_no_field_of_their_own():
    found = AnswerForm(requirement(rb.PEOPLE, rb.OWNERSHIP, rb.CAPITAL))
    assert set(found.fields) == {"version", "declined_as", "declined"}


def offered(made):
    return [code for code, _label in made.fields["declined_as"].choices]


def test_only_what_no_rule_makes_mandatory_can_be_said_not_to_apply():
    assert offered(form(rb.TEXT)) == ["", "not_known"]
    assert offered(form(rb.TEXT, mandatory=False)) == ["", "not_applicable", "not_known"]
    instead = {"declined_as": "not_applicable", "declined": "Not in our business."}
    made = form(rb.TEXT, instead, mandatory=False)
    assert made.is_valid()
    assert made.answer() == {"value": {"text": ""}, **instead}
    assert not form(rb.TEXT, instead).is_valid()


NOT_MANDATORY = {
    "No rule makes": (),
    "was not read in full": (replace(RULE, read="part"), replace(RULE, read="title")),
    "It is not established": (replace(RULE, in_force=None), replace(RULE, read="part")),
    "This is a rule": (RULE, replace(RULE, read="part")),
}


@pytest.mark.parametrize("words", NOT_MANDATORY)
def test_why_a_question_is_not_mandatory_says_what_is_known_of_its_rule(words):
    asked = replace(requirement(rb.TEXT), citations=NOT_MANDATORY[words])
    said = str(AnswerForm(asked, {"version": "0"}).fields["declined_as"].help_text)
    assert [one for one in NOT_MANDATORY if one in said] == [words]


@pytest.mark.parametrize("instead", [{"declined_as": "other"}, {"declined": "A reason of nothing"}])
def test_what_is_neither_of_the_two_is_sent_back(instead):
    made = form(rb.TEXT, instead, mandatory=False)
    assert set(made.errors) == {"declined_as"}


def test_what_stands_instead_of_an_answer_is_folded_away_until_there_is_some():
    assert not form(rb.TEXT, {"text": "An answer"}).is_instead_open
    assert form(rb.TEXT, {"declined_as": "not_known"}).is_instead_open
    assert form(rb.TEXT, {"declined": "A reason"}).is_instead_open


def test_neither_the_question_nor_the_reason_is_called_optional():
    made = form(rb.TEXT, mandatory=False)
    made.is_valid()
    html = made.as_div()
    assert "(optional)" not in html
    assert " required" not in html


def test_a_stored_answer_comes_back_as_it_was():
    asked = requirement(rb.MONEY, rb.DATE, rb.PERCENTAGE, currency="USD")
    value = {"amount": "1250000.50", "currency": "USD", "date": "2026-03-05", "percent": "12.5"}
    html = AnswerForm(asked, initial=initial_of(Given(value=value), 3)).as_div()
    for words in ('value="1,250,000.50"', 'value="12.5"', 'value="2026"', 'value="3"'):
        assert words in html


def test_one_form_holds_every_kind_of_its_question():
    asked = requirement(rb.CHOICE, rb.TEXT, rb.DOCUMENTS, choices=(Choice(code="a", label={"en": "A"}),))
    assert set(AnswerForm(asked).fields) == {"version", "choice", "text", "files", *INSTEAD}
