"""What the pipeline writes: only that a list left the house."""

from django.db import transaction

from accounts.models import User
from audit.services import record


@transaction.atomic
def record_export(*, actor: User, filters: str, rows: int) -> None:
    """Record in the chain of the account that this list was exported, and how long it was."""
    record(
        subject=f"account:{actor.pk}",
        kind="pipeline.export",
        actor=actor,
        data={"filters": filters, "rows": rows},
    )
