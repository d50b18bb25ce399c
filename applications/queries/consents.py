"""What the people of a case have agreed to: of each the last word counts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps

if TYPE_CHECKING:
    from applications.models import Application, Consent, Person


def _of(case: "Application") -> Any:
    return apps.get_model("applications", "Consent")._default_manager.filter(application=case)


def last_consent(case: "Application", person: "Person") -> "Consent | None":
    """What this person said last, whether given or withdrawn; None where nothing is recorded."""
    found: Consent | None = _of(case).filter(person=person).order_by("at", "pk").last()
    return found


def last_consents(case: "Application") -> "dict[UUID, Consent]":
    """One query for all people."""
    rows = _of(case).order_by("person_id", "-at", "-pk").distinct("person_id")
    return {row.person_id: row for row in rows}


def history_of(case: "Application", person: "Person") -> "Iterable[Consent]":
    """Newest first."""
    rows: Iterable[Consent] = _of(case).filter(person=person).select_related("paper").order_by("-at", "-pk")
    return rows
