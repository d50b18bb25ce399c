"""Cases at any point, made as rows: the pipeline reads, and does not care how a case came there."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from html import unescape
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.actors import System
from accounts.models import Firm
from applications.models import Application, InformationRequest, Stage
from applications.services.standing import keep
from applications.states import ENDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.services import record
from regulators.models import LicenceType, Role
from regulators.queries import current_pin
from tests.pipeline.loaded import busy, team  # noqa: F401
from tests.plugins.cases import appointed, fresh, new_staff
from tests.plugins.exported import BAD

ALMATY = ZoneInfo("Asia/Almaty")
TODAY = date(2026, 11, 23)  # a Monday
FIRST = date(2026, 9, 1)
STAGES = ("business_plan", "fit_and_proper", "capital", "aml", "it_security")
FIGURE = re.compile(r'<a href="([^"]+)" data-figure>([^<]+)</a>')


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=ALMATY)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at(TODAY))


@pytest.fixture
def add_case(db: None) -> Callable[..., Application]:
    """``add_case(afsa, submitted=..., state="in_review", approved=2)``: a firm of its own, five stages of
    which so many are approved, and the others ``stage_state``.
    """
    made = []

    def add(
        licence_type: LicenceType,
        *,
        submitted: date | None = date(2026, 11, 2),
        state: str = "in_review",
        approved: int = 0,
        stage_state: str = S.COMPLETE,
        decided: date | None = None,
        name: str = "",
        officer: Any = None,
    ) -> Application:
        number = len(made) + 1
        firm = Firm.objects.create(
            name=name or f"Firm {number}", legal_form="aifc_private", no_bin_reason="not_yet"
        )
        case = Application.objects.create(
            reference=f"KZC-2026-{number:04d}",
            firm=firm,
            licence_type=licence_type,
            rulebook=current_pin(licence_type),
            state=state,
            submitted_at=submitted and at(submitted),
            decided_at=decided and at(decided),
            created_by=officer or creator(),
            case_officer=officer,
        )
        Stage.objects.bulk_create(
            Stage(application=case, code=code, order=i, state=S.APPROVED if i < approved else stage_state)
            for i, code in enumerate(STAGES)
        )
        keep([case.pk])
        if submitted:
            with transaction.atomic():
                record(subject=case.audit_subject, kind="application.submit", actor=System("test"))
        made.append(case)
        return case

    people: list[Any] = []

    def creator() -> Any:
        if not people:
            people.append(new_staff("Creator of rows"))
        return people[0]

    return add


@pytest.fixture
def add_request() -> Callable[..., InformationRequest]:
    def add(case: Application, status: str = InformationRequest.SENT) -> InformationRequest:
        made = InformationRequest.objects.create(
            application=case, number=1, status=status, due_on=TODAY, written_by=case.created_by
        )
        keep([case.pk])
        return made

    return add


def _staff_of(licence_type: LicenceType, role: str, name: str = "") -> Any:
    user = new_staff(name or f"{licence_type.regulator.code} {role}")
    appointed(user, licence_type.regulator, role)
    return fresh(user)


@pytest.fixture
def staff_of(db: None) -> Callable[..., Any]:
    """``staff_of(afsa, role, name)``: one person with this role, confirmed."""
    return _staff_of


@pytest.fixture
def lead(afsa: LicenceType) -> Any:
    return _staff_of(afsa, Role.LEAD_REVIEWER)


@pytest.fixture
def browser(lead: Any, signed_in: Callable[..., Client]) -> Client:
    return signed_in(lead)


@pytest.fixture
def long(settings: Any, afsa: LicenceType, add_case: Callable[..., Application]) -> list[Application]:
    """Three cases, which is more than come at once."""
    settings.EXPORT_ROWS_AT_ONCE = 2
    return [add_case(afsa, name=name) for name in ("Altyn", BAD, "Kazyna")]


@pytest.fixture
def pages() -> SimpleNamespace:
    return SimpleNamespace(figures=figures, listed=listed)


def figures(html: str) -> list[tuple[str, int]]:
    """Every number that opens a list: its address, and what it says."""
    return [(unescape(url), int(text.replace(",", ""))) for url, text in FIGURE.findall(html)]


def listed(browser: Client, url: str) -> list[str]:
    """The references on all pages of a list."""
    found: list[str] = []
    while url:
        response = browser.get(url)
        assert response.status_code == 200, response.content.decode()
        html = response.content.decode()
        found += re.findall(r'<a class="ref" href="[^"]*">([^<]+)</a>', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        url = unescape(following[1]) if following else ""
    return found


@pytest.fixture
def filed(afsa: LicenceType, add_case: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``filed.file(day)`` submits a case; ``filed.act(case, what, state, day)`` records an act on it."""

    def act(case: Application, what: str, state: str, day: date) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at(day))
        rows, kind = Application.objects.filter(pk=case.pk), f"application.{what}"
        data: dict[str, str] = {}
        with pgtrigger.ignore("applications.Application:state_guard", "applications.Stage:state_guard"):
            if what in STAGES:
                case.stages.filter(code=what).update(state=state)
                data, kind = {"stage": what}, "stage.approve"
            elif state:
                rows.update(state=state, decided_at=at(day) if state in ENDED else None)
            if what == "accept":
                rows.update(accepted_at=at(day))
        with transaction.atomic():
            record(subject=case.audit_subject, kind=kind, actor=System("test"), data=data, to_state=state)

    def file(day: date = FIRST) -> Application:
        monkeypatch.setattr(timezone, "now", lambda: at(day))
        case: Application = add_case(afsa, submitted=day, state=A.SUBMITTED)
        act(case, "submit", A.SUBMITTED, day)
        return case

    return SimpleNamespace(file=file, act=act)
