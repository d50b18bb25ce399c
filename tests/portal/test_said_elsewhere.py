"""What the capital computation has already is offered where a question asks it again."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.services.drafting import save_answer
from applications.services.people import save_capital

OFFERED = "The answer is filled in from the capital computation."


@pytest.fixture
def open_question(browser, draft_case):
    def get(code):
        stage = draft_case.book.by_code[code].stage
        return browser.get(reverse("portal:question", args=[draft_case.pk, stage, code]))

    return get


@pytest.fixture
def figures(draft_case, firm_user):
    def enter(period="now", **amounts):
        save_capital(
            actor=firm_user, case_id=draft_case.pk, period=period, currency="USD",
            amounts={line: Decimal(amount) for line, amount in amounts.items()},
        )  # fmt: skip

    return enter


def shown(page, name):
    return str(page.context["form"][name].value())


def test_what_was_entered_as_capital_is_offered_and_not_saved(open_question, figures, draft_case):
    figures(annual_operating_expenditure="960000", liquid_assets="398400")
    amount, share = open_question("CAP-08"), open_question("CAP-07")
    assert (shown(amount, "amount"), shown(share, "percent")) == ("960,000.00", "41.5")
    assert OFFERED in amount.content.decode()
    assert draft_case.answers.count() == 0


def test_only_what_holds_now_is_offered(open_question, figures):
    figures(period="year1", annual_operating_expenditure="960000", liquid_assets="398400")
    for code in ("CAP-08", "CAP-07"):
        assert OFFERED not in open_question(code).content.decode()
    figures(annual_operating_expenditure="960000")
    assert OFFERED not in open_question("CAP-07").content.decode()
    assert OFFERED in open_question("CAP-08").content.decode()


def test_an_answer_of_ones_own_stays(open_question, figures, draft_case, firm_user):
    figures(annual_operating_expenditure="960000")
    own = {"amount": "950000", "currency": "USD"}
    save_answer(actor=firm_user, case_id=draft_case.pk, requirement="CAP-08", value=own)
    page = open_question("CAP-08")
    assert (shown(page, "amount"), OFFERED in page.content.decode()) == ("950,000.00", False)
