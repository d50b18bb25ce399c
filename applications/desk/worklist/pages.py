"""Pages of a long list: after or before a row, by what it is sorted by and then its key, not by number."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from applications.desk.worklist.filters import DUE, NEWEST, OLDEST, SILENT, Filter

SIZE = 25
MOST = 100  # more are not counted
Key = tuple[Any, str]  # of a case, with its state
# The column, and whether it falls.
ORDERS = {
    DUE: ("due_order", False),
    OLDEST: ("submitted_at", False),
    NEWEST: ("submitted_at", True),
    SILENT: ("active_at", False),
}


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """The marks are what ``after`` and ``before`` take; empty at the ends."""

    rows: list[Any]
    next: str
    previous: str


def mark_of(case: Any, column: str) -> str:
    return f"{getattr(case, column).isoformat()}~{case.pk}"


def read_mark(text: str) -> tuple[datetime, uuid.UUID]:
    """Raises ValidationError for what is no mark."""
    at, _sign, key = text.partition("~")
    try:
        moment, pk = datetime.fromisoformat(at), uuid.UUID(key)
    except ValueError:
        raise forms.ValidationError(_("This page does not exist. Begin at the first.")) from None
    if moment.tzinfo is None:
        raise forms.ValidationError(_("This page does not exist. Begin at the first."))
    return moment, pk


def leaf(cases: QuerySet[Any], form: Filter) -> Leaf:
    """The page of these cases that the address asks for; a mark that is none is an error of the form."""
    column, falls = ORDERS[form.sorted_by]
    if column == "active_at":
        cases = cases.filter(active_at__isnull=False)
    before = form.cleaned_data.get("before", "")
    at = before or form.cleaned_data.get("after", "")
    backwards = bool(before)
    down = falls != backwards
    if at:
        cases = cases.filter(_beyond(column, *read_mark(at), down=down))
    sign = "-" if down else ""
    rows = list(cases.order_by(f"{sign}{column}", f"{sign}pk")[: SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(at))
    return Leaf(
        rows=rows,
        next=mark_of(rows[-1], column) if rows and has_next else "",
        previous=mark_of(rows[0], column) if rows and has_previous else "",
    )


def _beyond(column: str, at: datetime, pk: uuid.UUID, *, down: bool) -> Q:
    """The first condition is in the second; it is what an index can begin at."""
    beyond = "lt" if down else "gt"
    further = Q(**{f"{column}__{beyond}": at}) | Q(**{column: at, f"pk__{beyond}": pk})
    return Q(**{f"{column}__{beyond}e": at}) & further


def capped_keys(cases: QuerySet[Any]) -> list[Key]:
    """The cases themselves, up to one more than MOST, in no order."""
    return list(cases.order_by().values_list("pk", "state")[: MOST + 1])


def capped(cases: QuerySet[Any]) -> int:
    """How many there are, up to one more than MOST."""
    return cases.order_by()[: MOST + 1].count()
