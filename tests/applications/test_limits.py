"""Dates that lie ahead, and a proposer who has left."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import System
from accounts.models import Firm
from applications.conditions import days
from applications.models import Application
from applications.services import decisions
from regulators import services as regulators
from regulators.models import LicenceType, Staff
from regulators.queries import current_pin
from tests.plugins import cases
from workflow.errors import NotReady


@pytest.mark.parametrize(
    ("condition", "name"),
    [(days.return_date_is_ahead, "return_by"), (days.expiry_is_ahead, "expires_on")],
)
def test_a_date_for_the_firm_lies_ahead(condition: Any, name: str) -> None:
    today = timezone.localdate()
    case: Any = None  # the date alone decides
    refused = [str(reason) for reason in condition(case, {name: today})]
    assert refused == ["The date must be after today."]
    assert condition(case, {name: today + timedelta(days=1)}) == []
    assert condition(case, {}) == []


@pytest.mark.django_db
def test_what_somebody_proposed_who_has_left_is_not_confirmed(
    custody_firm: Firm, afsa: LicenceType, afsa_staff: SimpleNamespace
) -> None:
    case = Application.objects.create(
        firm=custody_firm,
        licence_type=afsa,
        rulebook=current_pin(afsa),
        state="refused",
        reference="KZC-T-1",
        submitted_at=timezone.now(),
        created_by=custody_firm.memberships.first().user,
    )
    decisions.propose(
        actor=afsa_staff.decision_maker,
        case=case,
        act="remit",
        expected_version=case.version,
        reason="The court remitted it.",
        appeal="Case 12",
    )
    post = Staff.objects.get(user=afsa_staff.decision_maker, role="decision_maker")
    yesterday = timezone.localdate() - timedelta(days=1)
    Staff.objects.filter(pk=post.pk).update(valid_from=yesterday)
    regulators.end_appointment(actor=System("tests"), appointment=post, last_day=yesterday, reason="left")
    second = cases.fresh(afsa_staff.second_decision_maker)
    with pytest.raises(NotReady, match="may not do so any more"):
        decisions.confirm(actor=second, case=case, act="remit", expected_version=cases.fresh(case).version)
    assert cases.fresh(case).state == "refused"
