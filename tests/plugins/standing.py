"""Whether the rows of cases say the same as their records."""

from typing import Any

from django.db import transaction

from applications.models import Application
from applications.queries.standing import computed

AFTER_EACH_ACT = f"{__name__}.on_event"


def wrongly_kept() -> dict[str, Any]:
    """By reference and column: what the row says, and what it should say. Empty where all is well."""
    true = {f"true_{name}": value for name, value in computed().items()}
    return {
        f"{case} {name}": (getattr(case, name), getattr(case, f"true_{name}"))
        for case in Application.objects.with_case().annotate(**true)
        for name in computed()
        if getattr(case, name) != getattr(case, f"true_{name}")
    }


def on_event(**_event: Any) -> None:
    """In ``settings.AUDIT_HANDLERS``: who writes an event is told when its transaction left a row wrong."""
    transaction.on_commit(_nothing_is_wrong)


def _nothing_is_wrong() -> None:
    assert wrongly_kept() == {}
