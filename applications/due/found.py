"""One date that somebody is to be told of, and which rows of a query are of such dates."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from applications.due.batches import batches
from notifications.models import Reminder
from notifications.reminding import Key

CHUNK = 500  # rows in memory at a time
# What was over for longer before anybody could be told of it is not told; the lists show it. Our policy.
BACKLOG = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One date of a case at one of its steps. ``kind`` names its mail.

    Where it is ``internal`` it goes to these people (keys of accounts), or where none of them works on cases
    of its regulator any more to whoever holds one of the ``roles``, and to the holders of the roles that it
    is ``raised_to``, but never to who has a conflict of interest there; else to the people of the firm.
    """

    case: Any
    subject: str
    rule: str
    due_on: date
    kind: str
    url: str
    context: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    people: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    raised_to: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return Key(self.subject, self.rule, self.due_on)


def named(kind: str, after: str = "") -> Concat:
    """The subject of a row: ``request:12``, ``application:<uuid>:return``."""
    return Concat(Value(f"{kind}:"), Cast("pk", CharField()), Value(after), output_field=CharField())


@dataclass(frozen=True)
class News:
    """The rows of a query that a run is about: those of which nobody was told yet."""

    today: date

    def among(self, rows: QuerySet[Any], *, however_old: bool = False, **said: Any) -> QuerySet[Any]:
        """Each with ``due_day``, ``at_step`` and ``subject``, by the expressions in ``said``; its ``case``
        says what leads from a row to its case.
        """
        rows = _said(rows, **said).filter(~Exists(_told()))
        return rows if however_old else rows.filter(due_day__gte=self.today - BACKLOG)


@dataclass(frozen=True)
class ToldOf(News):
    """The rows of one case of which somebody was told already, for whoever works on it from now on."""

    of: Any

    def among(self, rows: QuerySet[Any], *, however_old: bool = False, **said: Any) -> QuerySet[Any]:
        ours = rows.filter(**{said.get("case", "application"): self.of.pk})
        return _said(ours, **said).filter(Exists(_told()))


def _said(rows: QuerySet[Any], *, day: Any, rule: Any, subject: Any, case: str = "") -> QuerySet[Any]:
    return rows.annotate(due_day=day).annotate(at_step=rule, subject=subject)


def _told() -> QuerySet[Reminder]:
    return Reminder.objects.filter(
        subject=OuterRef("subject"), rule=OuterRef("at_step"), due_on=OuterRef("due_day"), taken_back_at=None
    )


def each(rows: QuerySet[Any], full: QuerySet[Any], *, by: str = "pk") -> Iterator[Any]:
    """The rows in the order of ``by``, each whole as ``full`` reads it, so that the query which finds them
    reads their keys alone. One that is gone from ``full`` since is passed over.
    """
    keys = rows.order_by(by).values_list("pk", "due_day", "at_step", "subject")
    for some in batches(keys.iterator(CHUNK), CHUNK):
        whole = full.in_bulk([pk for pk, *_said in some])
        for pk, *said in some:
            if row := whole.get(pk):
                row.due_day, row.at_step, row.subject = said
                yield row


def by_firm(rows: QuerySet[Any], full: QuerySet[Any], case: str = "application__") -> Iterator[Any]:
    """The same, those of one firm together; ``case`` leads from a row to its case."""
    return each(rows, full, by=f"{case}firm_id")
