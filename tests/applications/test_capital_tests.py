"""The capital tests of a case: what is required, what came out, and that a submission keeps both."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from applications.computed import capital_in_words, exact_money
from applications.models import AccountsRate, CapitalFigure
from applications.queries import capital
from applications.queries.capital import rate_of
from applications.services.people import remove_rate, save_capital, save_rate
from applications.services.snapshots import take_snapshot
from look import words
from regulators.models import LegalValue
from tests.plugins.cases import fresh
from workflow.errors import NotAllowed, NotReady


@pytest.fixture
def on_record(afsa, afsa_staff):
    def enter(code, amount):
        entered, second = afsa_staff.administrator, afsa_staff.second_administrator
        LegalValue.objects.create(
            licence_type=afsa, code=code, amount=Decimal(amount), currency="USD",
            valid_from=date(2026, 1, 1), act="PRU", provision=f"3.3 {code}", url="https://example.test/",
            entered_by=entered, entered_human=entered.human, confirmed_by=second,
            confirmed_human=second.human,
        )  # fmt: skip

    return enter


@pytest.fixture
def enter_figures(draft_case, firm_user):
    def enter(period="now", **amounts):
        save_capital(
            actor=firm_user, case_id=draft_case.pk, period=period, currency="USD",
            amounts={line: Decimal(amount) for line, amount in amounts.items()},
        )  # fmt: skip

    return enter


def moments(case):
    found = capital.tests_of(case, case.capital.all(), timezone.localdate())
    return {moment["period"]: moment for moment in found["moments"]}


def test_every_moment_is_there_and_nothing_entered_is_no_failure(draft_case):
    found = moments(draft_case)
    assert list(found) == ["now", "grant", "year1", "year2", "year3", "stressed"]
    assert {m["resources"]["result"] for m in found.values()} == {"not_entered"}
    assert {m["liquidity"]["result"] for m in found.values()} == {"not_entered"}


def test_additions_less_deductions_and_a_missing_required_amount_is_said(
    draft_case, enter_figures, on_record
):
    enter_figures(paid_up_shares="100000.10", share_premium="0.20", intangibles="0.31")
    on_record("base_capital", "50000")
    resources = moments(draft_case)["now"]["resources"]
    assert resources == {
        "additions": "100000.3", "deductions": "0.31", "rule": None, "result": "not_on_record",
        "held": "99999.99", "needed": None, "surplus": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("held", "result", "surplus"),
    [("200000", "met", "0"), ("199999.99", "not_met", "-0.01"), ("200000.01", "met", "0.01")],
)
def test_the_highest_required_amount_counts_and_its_rule_is_named(
    draft_case, enter_figures, on_record, held, result, surplus
):
    on_record("base_capital", "150000")
    on_record("daa_table_2", "200000")
    enter_figures(paid_up_shares=held)
    resources = moments(draft_case)["now"]["resources"]
    assert (resources["result"], resources["surplus"]) == (result, surplus)
    assert (resources["rule"], resources["needed"]) == ("daa_table_2", "200000")
    tests = capital.tests_of(draft_case, draft_case.capital.all(), timezone.localdate())
    shown = capital_in_words(tests, None)["resources"][0]
    assert (shown["rule"], shown["needed"]) == ("PRU 3.3 daa_table_2", exact_money("200000", "USD"))


@pytest.mark.parametrize(
    ("liquid", "result", "surplus"),
    [("25.01", "met", "0.0075"), ("25.00", "not_met", "-0.0025")],
)
def test_liquid_assets_against_a_quarter_of_a_year_unrounded(
    draft_case, enter_figures, liquid, result, surplus
):
    enter_figures("stressed", liquid_assets=liquid, annual_operating_expenditure="100.01")
    found = moments(draft_case)["stressed"]["liquidity"]
    assert found == {
        "expenditure": "100.01", "rule": "liquid_share", "result": result,
        "held": words.plain(Decimal(liquid)), "needed": "25.0025", "surplus": surplus,
    }  # fmt: skip
    assert exact_money("25.0025", "USD") == "25.0025 USD"


def test_a_book_without_a_share_has_no_test_of_liquid_assets(afm_draft_case, firm_user):
    found = capital.tests_of(afm_draft_case, [], timezone.localdate())
    assert {moment["liquidity"]["result"] for moment in found["moments"]} == {"no_rule"}
    assert capital_in_words(found, None)["liquidity"] == []


def test_each_figure_says_whether_a_rule_sets_it_and_nothing_where_staff_entered_it(draft_case, on_record):
    on_record("base_capital", "100000")
    book, today = draft_case.book, timezone.localdate()
    rules = capital_in_words(capital.tests_of(draft_case, [], today), None)["rules"]
    assert {rule["title"]: rule["standing"] for rule in rules} == {
        book.value("daa_table_2").title["en"]: "Asked",  # its row was not seen
        book.value("base_capital").title["en"]: "",
        book.value("liquid_share").title["en"]: "Rule",
    }


def test_a_submission_keeps_what_was_required_and_a_later_figure_does_not_change_it(
    draft_case, enter_figures, on_record, firm_user
):
    enter_figures(paid_up_shares="100000")
    save_rate(
        actor=firm_user, case_id=draft_case.pk, currency="KZT", rate=Decimal("520.25000000"),
        day=date(2026, 11, 20), source="National Bank",
    )  # fmt: skip
    first = take_snapshot(draft_case, actor=firm_user, declaration={})
    on_record("base_capital", "100000")
    on_record("daa_table_2", "100000.01")
    first.refresh_from_db()
    kept = first.content["capital_tests"]
    assert [rule["amount"] for rule in kept["required"]] == [None, None]
    assert kept["moments"][0]["resources"]["result"] == "not_on_record"
    assert first.content["accounts_rate"] == {
        "of": "USD", "currency": "KZT", "rate": "520.25", "day": "2026-11-20", "source": "National Bank",
    }  # fmt: skip
    second = take_snapshot(fresh(draft_case), actor=firm_user, declaration={})
    assert second.content["capital_tests"]["moments"][0]["resources"]["result"] == "not_met"
    assert [rule["amount"] for rule in second.content["capital_tests"]["required"]] == ["100000.01", "100000"]


def test_the_same_figures_at_another_submission_leave_the_finding_alone_and_another_rate_does_not(
    draft_case, enter_figures, firm_user
):
    enter_figures(paid_up_shares="100000")
    take_snapshot(draft_case, actor=firm_user, declaration={})
    codes = [r.code for r in draft_case.book.requirements if "capital" in r.evidence]
    findings = draft_case.findings.filter(requirement__in=codes)
    assert findings.exists()
    findings.update(outcome="met")
    take_snapshot(fresh(draft_case), actor=firm_user, declaration={})
    assert set(findings.values_list("affected", flat=True)) == {False}
    save_rate(
        actor=firm_user, case_id=draft_case.pk, currency="KZT", rate=Decimal(500), day=date(2026, 11, 20),
        source="National Bank",
    )  # fmt: skip
    take_snapshot(fresh(draft_case), actor=firm_user, declaration={})
    assert set(findings.values_list("affected", flat=True)) == {True}


RATE = {"currency": "KZT", "rate": Decimal("520.25"), "day": date(2026, 11, 20), "source": "National Bank"}


def test_a_rate_is_recorded_changed_and_taken_out(draft_case, firm_user):
    save_rate(actor=firm_user, case_id=draft_case.pk, **RATE)
    save_rate(actor=firm_user, case_id=draft_case.pk, **RATE | {"rate": Decimal("0.00000001")})
    assert AccountsRate.objects.get().rate == Decimal("0.00000001")
    assert rate_of(draft_case)["rate"] == "0.00000001"
    remove_rate(actor=firm_user, case_id=draft_case.pk)
    assert rate_of(draft_case) is None


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "USD"}, {"rate": Decimal(0)}, {"day": date(2999, 1, 1)}, {"source": "  "}],
)
def test_a_rate_that_cannot_be_is_refused(draft_case, firm_user, wrong):
    with pytest.raises(NotReady):
        save_rate(actor=firm_user, case_id=draft_case.pk, **RATE | wrong)
    assert not AccountsRate.objects.exists()


def test_a_rate_is_for_editors_and_for_a_stage_that_is_open(draft_case, firm_user, afsa_staff):
    acts = (
        lambda who: save_rate(actor=who, case_id=draft_case.pk, **RATE),
        lambda who: remove_rate(actor=who, case_id=draft_case.pk),
    )
    for state in ("in_progress", "complete"):
        draft_case.stages.exclude(state=state).update(state=state)
    for act in acts:
        with pytest.raises(NotAllowed):
            act(afsa_staff.reviewer)
        with pytest.raises(NotReady):
            act(firm_user)
    assert not AccountsRate.objects.exists()


def test_figures_are_in_the_currency_of_the_book_only(draft_case, firm_user):
    with pytest.raises(NotReady, match="Enter amounts in USD"):
        save_capital(
            actor=firm_user, case_id=draft_case.pk, period="now", currency="KZT",
            amounts={"paid_up_shares": Decimal(1)},
        )  # fmt: skip
    assert not CapitalFigure.objects.exists()
