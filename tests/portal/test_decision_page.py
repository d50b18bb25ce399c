"""The decision page: outcome, reasons, grounds, conditions, what follows, and hashes to compare with."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Condition, Decision, Recommendation
from tests.plugins.asked import filed_with_little


def body(response):
    return response.content.decode()


@pytest.fixture
def decided(firm_user, custody_firm, afsa, afsa_staff, document_store):
    """A function: a case in this state, with a decision of this kind."""

    def make(state, kind, **facts):
        case = filed_with_little(custody_firm, firm_user, afsa, state=state)
        Decision.objects.create(
            application=case, snapshot=case.snapshots.get(), kind=kind, reason="The reasons in full.", law={},
            by=afsa_staff.decision_maker, at=timezone.now(), **facts,
        )  # fmt: skip
        return case

    return make


def page(browser, case):
    return browser.get(reverse("portal:decision", args=[case.pk]))


def test_a_refusal_says_its_reasons_grounds_and_what_is_on_record_of_an_appeal(browser, decided, afsa_staff):
    case = decided("refused", "refuse", grounds=["client_assets"])
    text = body(page(browser, case))
    ground = next(one for one in case.book.grounds if one.code == "client_assets")
    for words in ("Refused", "The reasons in full.", ground.title["en"], "You may apply again",
                  case.snapshots.get().sha256, "Where and how to appeal is not on record here",
                  "No letter about this decision"):  # fmt: skip
        assert words in text
    assert afsa_staff.decision_maker.full_name not in text


def test_an_approval_in_principle_says_its_conditions_and_that_it_is_no_licence(browser, decided):
    case = decided("approved_in_principle", "approve_in_principle")
    due = timezone.localdate() + timedelta(days=30)
    Condition.objects.create(application=case, number=1, text="Pay the capital in.", due_on=due)
    text = body(page(browser, case))
    assert "This is not the licence yet." in text
    assert "Pay the capital in." in text
    assert "The way of appeal" not in text


def test_what_is_no_decision_for_the_firm_has_no_page(browser, decided, afsa_staff):
    case = decided("refusal_proposed", "propose_refusal")
    Recommendation.objects.create(
        application=case, snapshot=case.snapshots.get(), outcome="refuse", reason="x", law={},
        by=afsa_staff.lead_reviewer, at=timezone.now(),
    )  # fmt: skip
    assert page(browser, case).status_code == 404


def test_the_number_of_queries(browser, decided, django_assert_max_num_queries):
    case = decided("refused", "refuse", grounds=["client_assets"])
    with django_assert_max_num_queries(12):
        page(browser, case)


@pytest.mark.parametrize("state", ["in_review", "recommended", "refusal_proposed"])
def test_what_staff_propose_among_themselves_changes_nothing_on_the_page(browser, decided, state):
    text = body(page(browser, decided(state, "reopen")))
    assert ("The review goes on." in text, "Recommended" in text, "Refusal proposed" in text) == (
        True, False, False,
    )  # fmt: skip
