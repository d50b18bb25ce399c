"""A case in review with little in it, and requests for information about it: cheap, where what was answered
does not matter.

``asked_case``: of ``custody_firm`` with the AFSA, three questions submitted. ``ask``: a function that sends a
request with these points.
"""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Firm, User
from applications.models import Application, InformationRequest, Snapshot, Stage
from applications.services import requests
from applications.services.snapshots import content_hash
from regulators.models import LicenceType
from regulators.rulebook import say
from tests.plugins.cases import fresh


def as_submitted(requirement: Any, **facts: Any) -> dict[str, Any]:
    """One question of a snapshot."""
    return {
        "requirement": requirement.code, "stage": requirement.stage, "section": requirement.section,
        "title": say(requirement.title), "source": requirement.source, "mandatory": requirement.mandatory,
        "due": requirement.due, "person": None, "person_name": "", "declined": "", "files": [],
        "value": {"text": f"Submitted for {requirement.code}."}, **facts,
    }  # fmt: skip


def with_text(case: Application, count: int = 3) -> list[Any]:
    """Requirements of the first stage that are answered in words."""
    found = [r for r in case.book.requirements_of(case.book.stage_codes[0]) if "text" in r.evidence]
    return [r for r in found if not r.per_person][:count]


def filed_with_little(
    firm: Firm,
    user: User,
    licence_type: LicenceType,
    *,
    state: str = "in_review",
    reference: str = "KZC-TEST-ASKED",
) -> Application:
    now = timezone.now() - timedelta(minutes=1)
    case = Application.objects.create(
        reference=reference, firm=firm, licence_type=licence_type, state=state, submitted_at=now,
        rulebook=licence_type.rulebooks.latest("published_at"), created_by=user, accepted_at=now,
        saved_at=now, saved_by=user,
    )  # fmt: skip
    content = {"declaration": {}, "firm": {}, "people": {}, "holdings": [], "capital": [],
               "questions": [as_submitted(r) for r in with_text(case)]}  # fmt: skip
    Snapshot.objects.create(
        application=case, number=1, content=content, sha256=content_hash(content), law={}, made_at=now,
        made_by_name=user.full_name,
    )  # fmt: skip
    for order, code in enumerate(case.book.stage_codes):
        Stage.objects.create(application=case, code=code, order=order, state="in_review")
    return case


@pytest.fixture
def asked_case(
    firm_user: User, custody_firm: Firm, afsa: LicenceType, afsa_staff: SimpleNamespace, document_store: Any
) -> Application:
    return fresh(filed_with_little(custody_firm, firm_user, afsa))


@pytest.fixture
def ask(afsa_staff: SimpleNamespace) -> Callable[..., InformationRequest]:
    """``ask(case, "Where?", "Who?")``: a request that was sent, a point for each question."""

    def send(case: Application, *questions: str, due_on: date | None = None) -> InformationRequest:
        points = [
            {"requirement": requirement.code, "question": question}
            for requirement, question in zip(with_text(case, len(questions)), questions, strict=True)
        ]
        written = requests.write_request(
            actor=afsa_staff.reviewer, case=case, points=points,
            due_on=due_on or timezone.localdate() + timedelta(days=14),
        )  # fmt: skip
        return requests.send_request(actor=afsa_staff.reviewer, request=written, expected_version=0)

    return send
