"""What was submitted in a case, the newest in full."""

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Subquery, When

from applications.remembered import remembered

if TYPE_CHECKING:
    from applications.models import Snapshot


def submissions_of(case: Any) -> "list[Snapshot]":
    """Newest first, the content of that one alone: the others may be large, and a list of them is short."""
    last = case.snapshots.order_by("-number").values("number")[:1]
    content = Case(When(number=Subquery(last), then=F("content")))
    found = list(case.snapshots.order_by("-number").defer("content").annotate(newest_content=content))
    for snapshot in found[:1]:
        snapshot.content = snapshot.newest_content
    remembered(case, "newest_submission", lambda: found[0] if found else None)
    return found


def newest_submission(case: Any) -> "Snapshot | None":
    found: Snapshot | None = remembered(
        case, "newest_submission", lambda: case.snapshots.order_by("-number").first()
    )
    return found
