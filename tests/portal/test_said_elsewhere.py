"""What the firm has said already is offered where a question asks it again, and one press takes it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Firm
from applications.models import AnswerRevision
from applications.queries.said import ASKED_AGAIN
from applications.services.drafting import save_answer
from applications.services.people import save_capital
from regulators import books
from tests.plugins.cases import fresh
from tests.portal.conftest import pdf

OFFERED = "You already said this"


def url_of(case, code):
    return reverse("portal:question", args=[case.pk, case.book.by_code[code].stage, code])


@pytest.fixture
def open_question(browser, draft_case):
    return lambda code, case=draft_case: browser.get(url_of(case, code))


@pytest.fixture
def figures(draft_case, firm_user):
    def enter(period="now", case=draft_case, **amounts):
        save_capital(
            actor=firm_user, case_id=case.pk, period=period, currency=case.book.capital.currency,
            amounts={line: Decimal(amount) for line, amount in amounts.items()},
        )  # fmt: skip

    return enter


def offered(page):
    return page.context["said"].value if page.context["said"] else None


def take(browser, case, code, **typed):
    """One press; what else is typed on the page is sent along."""
    url = url_of(case, code)
    version = browser.get(url).context["form"]["version"].value()
    assert browser.post(url, {"version": version, "act": "use", **typed}).url == url
    return case.answers.get(requirement=code).value


def test_what_was_entered_as_capital_is_offered_with_its_source_and_not_filled_in(
    open_question, figures, draft_case
):
    figures(annual_operating_expenditure="960000", liquid_assets="398400")
    amount, share = open_question("CAP-08"), open_question("CAP-07")
    assert (offered(amount), offered(share)) == (
        {"amount": "960000.00", "currency": "USD"},
        {"percent": "41.5"},
    )
    html = amount.content.decode()
    source = reverse("portal:capital", args=[draft_case.pk])
    assert (OFFERED in html, "USD\xa0960,000" in html, f'<a href="{source}">Capital</a>' in html) == (
        True,
    ) * 3
    assert not amount.context["form"]["amount"].value()
    assert draft_case.answers.count() == 0


def test_one_press_takes_it_and_keeps_what_else_was_typed(browser, figures, draft_case):
    figures(annual_operating_expenditure="960000", liquid_assets="398400")
    given = take(browser, draft_case, "CAP-08", files=[pdf()], amount="1")
    assert given == {"amount": "960000.00", "currency": "USD"}
    assert draft_case.answers.get().files.count() == 1
    assert take(browser, draft_case, "CAP-07") == {"percent": "41.5"}
    assert AnswerRevision.objects.count() == 2


def test_only_what_holds_now_is_offered(open_question, figures):
    figures(period="year1", annual_operating_expenditure="960000", liquid_assets="398400")
    assert [offered(open_question(code)) for code in ("CAP-08", "CAP-07")] == [None, None]
    figures(annual_operating_expenditure="960000")
    assert offered(open_question("CAP-07")) is None
    assert offered(open_question("CAP-08")) is not None


def test_an_answer_of_ones_own_stays(open_question, figures, draft_case, firm_user):
    figures(annual_operating_expenditure="960000")
    own = {"amount": "950000", "currency": "USD"}
    save_answer(actor=firm_user, case_id=draft_case.pk, requirement="CAP-08", value=own)
    page = open_question("CAP-08")
    assert (page.context["form"]["amount"].value(), offered(page)) == ("950,000.00", None)


def test_the_lowest_of_the_three_years_is_offered_once_all_are_there(
    open_question, figures, browser, draft_case
):
    for period, amount in (("year1", "300"), ("year2", "200")):
        figures(period=period, paid_up_shares=amount)
    assert offered(open_question("CAP-11")) is None
    figures(period="year3", paid_up_shares="400")
    assert take(browser, draft_case, "CAP-11") == {"amount": "200.00", "currency": "USD"}


def test_who_holds_two_posts_is_offered_from_the_people(open_question, add_person, browser, draft_case):
    assert offered(open_question("FP-21")) is None
    add_person(1, "seo")
    assert offered(open_question("FP-21")) == {"choice": "none"}
    add_person(2, "fo", "director")
    given = take(browser, draft_case, "FP-21")
    assert given == {"choice": "some", "text": "Дана 2 Қожахметова: Director, Finance Officer"}


def test_what_one_has_written_already_stays_below_what_is_taken(add_person, browser, draft_case):
    person = add_person(1, "fo", "director").full_name
    given = take(browser, draft_case, "FP-21", text="The board looks at it each quarter.")
    assert given["text"] == f"{person}: Director, Finance Officer\nThe board looks at it each quarter."


def test_the_registration_and_the_charter_capital_of_a_firm_outside_the_aifc(
    browser, afm_draft_case, figures
):
    case = afm_draft_case
    assert offered(browser.get(url_of(case, "N-BP-01"))) is None
    Firm.objects.filter(pk=case.firm_id).update(
        legal_form="jsc", bin="940140000385", no_bin_reason="", address="Abay 1, Almaty"
    )
    text = f"{case.firm.name}, BIN 940140000385, Kazakhstan, Abay 1, Almaty"
    assert take(browser, case, "N-BP-01") == {"choice": "jsc", "text": text}
    figures(case=case, paid_up_shares="50000000")
    assert take(browser, case, "N-CA-01") == {"amount": "50000000.00", "currency": "KZT"}


def test_a_question_about_posts_shows_who_holds_them(open_question, add_person, draft_case):
    page = open_question("FP-01").content.decode()
    assert "<dt>Senior Executive Officer</dt><dd>Nobody yet.</dd>" in page
    person = add_person(1, "seo")
    link = reverse("portal:person_questions", args=[draft_case.pk, person.pk])
    shown = f'<dd><a href="{link}">{person.full_name}</a></dd>'
    for code in ("FP-01", "AML-14", "CAP-15"):
        page = open_question(code).content.decode()
        assert (shown in page) is ("seo" in draft_case.book.by_code[code].functions), code


def test_nobody_is_offered_what_they_may_not_write(figures, draft_case, signed_in, firm_user):
    figures(annual_operating_expenditure="960000")
    firm_user.memberships.filter(role="editor").update(role="viewer")
    page = signed_in(fresh(firm_user)).get(url_of(draft_case, "CAP-08"))
    assert (page.status_code, OFFERED in page.content.decode()) == (200, False)


def test_every_question_that_is_asked_again_is_one_of_a_book():
    asked = {
        rule.code
        for code in ("afsa-custody", "afm-custody", "nbk-exchange")
        for rule in books.latest(code).requirements
    }
    assert set(ASKED_AGAIN) <= asked
