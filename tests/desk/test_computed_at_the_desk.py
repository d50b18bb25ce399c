"""What was computed at the submission, on the stage page of the desk."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import CapitalFigure, Entity, Holding
from applications.services.snapshots import take_snapshot
from regulators.models import LegalValue
from tests.desk.conftest import at
from tests.plugins.cases import fresh


@pytest.fixture
def submit(case):
    """A function: submit once more, with this many holders of 10 % each."""
    firm = case.entities.get(is_applicant=True)

    def make(holders=1):
        for number in range(case.holdings.count(), holders):
            body = Entity.objects.create(application=case, name=f"Holder {number}")
            Holding.objects.create(application=case, owner=body, owned=firm, economic=10, voting=10)
        return take_snapshot(fresh(case), actor=case.created_by, declaration={})

    return make


def stage_of(case, kind):
    return at("stage", case, next(r.stage for r in case.book.requirements if kind in r.evidence))


def test_the_table_of_ownership_stands_once_with_what_a_reviewer_has_to_look_at(case, submit, browsers):
    submit()
    page = browsers.reviewer.get(stage_of(case, "ownership")).content.decode()
    assert page.count("<caption>What the holdings come to</caption>") == 1
    assert page.count("A reviewer has to look:") == 1
    assert "Of Holder 0, holders of 0 % are in the chart" in page


def test_the_tests_of_capital_are_those_of_the_day_of_the_submission(case, submit, browsers, afsa_staff):
    CapitalFigure.objects.create(
        application=case, line="paid_up_shares", period="now", amount=Decimal(1000), currency="USD"
    )
    submit()
    entered, second = afsa_staff.administrator, afsa_staff.second_administrator
    for code in case.book.capital.required:
        LegalValue.objects.create(
            licence_type=case.licence_type, code=code, amount=5, currency="USD",
            valid_from=date(2026, 1, 1), act="PRU", provision="9.9", url="https://example.test/",
            entered_by=entered, entered_human=entered.human, confirmed_by=second,
            confirmed_human=second.human,
        )  # fmt: skip
    url = stage_of(case, "capital")
    page = browsers.reviewer.get(url).content.decode()
    assert page.count("<caption>Capital resources against what is required</caption>") == 1
    assert "Not on record: the reviewer assesses" in page
    assert "PRU 9.9" not in page
    submit()
    page = browsers.reviewer.get(url).content.decode()
    assert "Not on record: the reviewer assesses" not in page
    assert "<small>PRU 9.9</small>" in page


def test_one_holder_or_three_cost_the_desk_the_same_queries(case, submit, browsers):
    url = stage_of(case, "ownership")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browsers.reviewer.get(url).status_code == 200
        return len(queries)

    submit()
    submit()  # a page with two submissions reads both
    browsers.reviewer.get(url)
    one = cost()
    submit(holders=3)
    assert cost() == one


def test_a_submission_from_before_shows_its_holdings_alone(case, browsers):
    page = browsers.reviewer.get(at("stage", case, case.book.stage_codes[0]))
    assert page.status_code == 200
    assert page.context["submitted"]["structure"] is None
    assert page.context["submitted"]["capital_tests"] is None
