"""What the pipeline writes: only that a list left the house."""

from django.db import transaction

from audit.services import Actor, record


@transaction.atomic
def record_export(*, actor: Actor, filters: str, rows: int) -> None:
    """Record in the chain of the account that this list was exported, and how long it was."""
    record(
        subject=f"account:{actor.pk or actor.audit_name}",
        kind="pipeline.export",
        actor=actor,
        data={"filters": filters, "rows": rows},
    )
