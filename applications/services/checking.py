"""A copied fact is looked at: saved again, or confirmed as it stands."""

from typing import Any

from django.utils import timezone

from applications.models import Application, CopiedFact, Person


def note_checked(
    case: Application, kind: str, actor: Any, *, code: str = "", person: Person | None = None
) -> None:
    """Takes the mark off, in a case that was copied; part of whatever saves the fact."""
    if case.copied_from_id is None:
        return
    facts = CopiedFact.objects.filter(application=case, kind=kind, code=code, person=person, checked_at=None)
    facts.update(checked_at=timezone.now(), checked_by=actor)
