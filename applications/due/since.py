"""When a day was set, for its steps: an expression in the query of the rows."""

from typing import Any

from django.db.models import DateField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from applications.due.steps import Steps
from applications.models import Decision


def approved_on(case: str, steps: Steps, *or_kinds: str) -> Coalesce:
    """The day of the last approval in principle, or of such a decision since. ``case`` leads from the row to
    the key of its case.
    """
    kinds = ("approve_in_principle", *or_kinds)
    decisions = Decision.objects.filter(application=OuterRef(case), kind__in=kinds)
    return day_of(decisions.order_by("-at"), "at", steps)


def day_of(rows: Any, moment: str, steps: Steps) -> Coalesce:
    """Of the first of the rows; without one the day counts as set today, and has no steps before it."""
    first = Subquery(rows.values(day=TruncDate(moment))[:1])
    return Coalesce(first, Value(steps.today), output_field=DateField())
