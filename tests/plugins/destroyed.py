"""Cases whose time is over: the rule of two people, days around the last one, and rows of destructions."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from applications.models import (
    AnswerFile,
    Application,
    Destruction,
    DestructionCertificate,
    LegalHold,
)
from applications.services.destroyed import digest
from applications.services.standing import keep
from documents.models import Document
from regulators import services as regulators
from regulators.models import KeepingPeriod
from tests.plugins.cases import fresh
from workflow import services as workflow

YEARS = 5


def hold_on(case: Application, by: Any) -> LegalHold:
    return LegalHold.objects.create(application=case, reason="A suit.", placed_by=by)


def destruction_of(case: Application, by: Any) -> Destruction:
    today = timezone.localdate()
    period = KeepingPeriod.objects.create(
        regulator=case.licence_type.regulator, years=5, valid_from=today + timedelta(days=300), act="Order 7",
        provision="Line 12", entered_by=by, entered_human=by.human,
    )  # fmt: skip
    made = Destruction.objects.create(application=case, ended_on=today, period=period)
    now = timezone.now().isoformat()
    file = {"document": "d", "sha256": "0" * 64, "size": 1, "type": "application/pdf", "destroyed_at": now}
    files = [file | {"damaged_at": ""}]
    rule = {"years": 5, "valid_from": "2026-01-01", "act": "Order 7", "provision": "Line 12", "url": ""}
    DestructionCertificate.objects.create(
        destruction=made,
        made_at=timezone.now(),
        sha256=digest(files),
        content={
            "reference": str(case.reference),
            "regulator": {"en": "Regulator", "ru": "Регулятор", "kk": "Реттеуші"},
            "ended_on": "2020-01-01",
            "kept_until": "2025-01-01",
            "rule": {**rule, "entered_by": "A", "confirmed_by": "B"},
            "proposed_by": "A",
            "confirmed_by": "B",
            "confirmed_at": now,
            "files": files,
        },
    )
    return made


@pytest.fixture
def keeping_rule(afm, afm_staff):
    """A function that has two people set how long the regulator keeps documents."""

    def make(years=YEARS, regulator=afm.regulator, staff=afm_staff):
        period = regulators.enter_keeping_period(
            actor=staff.administrator, regulator=regulator, years=years, valid_from=date(2020, 1, 1),
            act="Order 7", provision="Line 12",
        )  # fmt: skip
        return regulators.confirm_keeping_period(actor=staff.second_administrator, period=period)

    return make


def ended(case, day):
    """The case, as if it had ended that day."""
    at = timezone.make_aware(datetime.combine(day, time(12)))
    Application.objects.filter(pk=case.pk).update(decided_at=at)
    keep([case.pk])
    return fresh(case)


def years_ago(years=YEARS, days=0):
    """The day of which the period of so many years has its last day so many days before today."""
    last = timezone.localdate() - timedelta(days=days)
    return date(last.year - years, last.month, min(last.day, 28 if last.month == 2 else last.day))


def propose(found, actor):
    return workflow.propose(
        Destruction, found.pk, "destroy", actor=actor, expected_version=fresh(found).version
    )


def perform(found, actor):
    return workflow.perform(
        Destruction, found.pk, "destroy", actor=actor, expected_version=fresh(found).version
    )


def documents(case):
    return Document.objects.filter(
        pk__in=AnswerFile.objects.filter(answer__application=case).values("document")
    )
