"""What the audit record of a case is kept under."""

from typing import Any

from django.db.models import CharField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

PREFIX = "application:"


def subject_of(case_id: Any) -> str:
    return f"{PREFIX}{case_id}"


def subject_in_sql(case_id: str | Combinable) -> Concat:
    """The subject of the case whose key a column holds."""
    return Concat(Value(PREFIX), Cast(case_id, CharField()))


def case_in(subject: str) -> str:
    """The key of the case; empty where the subject is something else."""
    return subject.removeprefix(PREFIX) if subject.startswith(PREFIX) else ""
