"""What is held against each other of two cases: every column of these tables but keys and what is given out."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.fields.related import ForeignKey

from accounts.models import User
from applications.models import Application
from audit.models import Event
from licences.models import RegisterEntry
from workflow.models import Duty, Proposal

PARTS = (
    "stages", "answers", "snapshots", "findings", "completeness_checks", "fee_entries", "requests", "clock_entries", "deadlines",
    "recommendations", "decisions", "conditions", "refusal_notices", "notes", "stays",
)  # fmt: skip
DEEPER = {
    "completeness_checks": ("gaps",),
    "requests": ("points", "extensions"),
    "points": ("messages",),
    "refusal_notices": ("representations",),
}
# What no two cases have alike: numbers that are given out, hashes over keys, what searches look in.
GIVEN_OUT = frozenset(
    {"reference", "number", "case_reference", "sha256", "content_hash", "content_sha256", "search_text", "bin",
     "previous_hash", "hash", "subject", "case", "object_pk", "about"}
)  # fmt: skip
NUMBERED = frozenset({"snapshots", "requests", "points", "conditions", "events"})  # whose number is their own
KEYS_IN_DATA = frozenset(
    {"id", "of", "note", "notice", "licence", "readiness", "firm", "case", "sha256", "content_hash"}
)
Standing = dict[str, list[dict[str, Any]]]


def standing_of(case: Application) -> Standing:
    """The rows of the case by table, in order, as plain data."""
    found: Standing = {"case": [_row("case", case)]}
    for name in PARTS:
        _add(found, name, getattr(case, name).all())
    for name in ("licence", "readiness"):
        record = getattr(case, name)
        found[name] = [_row(name, record)] if record else []
    found["register"] = _rows("register", RegisterEntry.objects.filter(licence__in=[case.licence_id]))
    found["duties"] = _rows("duties", Duty.objects.filter(case=case.duty_case))
    found["proposals"] = _rows("proposals", Proposal.objects.filter(object_pk=str(case.pk)))
    grants = [record.audit_subject for record in (case.licence, case.readiness) if record]
    ours = Q(subject=case.audit_subject) | Q(subject__in=grants)
    told = Event.objects.filter(ours).exclude(kind__startswith="consent.").order_by("subject", "number")
    found["events"] = _rows("events", told)
    return found


def compared(written: Standing, again: Standing) -> Iterator[str]:
    for name in sorted(written.keys() | again.keys()):
        left, right = written.get(name, []), again.get(name, [])
        if len(left) != len(right):
            yield f"{name}: {len(left)} rows were written, {len(right)} came when taken again"
        for place, (one, other) in enumerate(zip(left, right, strict=False), start=1):
            for column in sorted(one.keys() | other.keys()):
                if one.get(column) != other.get(column):
                    values = f"{one.get(column)!r} was written, {other.get(column)!r} came"
                    yield f"{name} {place}: {column}: {values}"


def _add(found: Standing, name: str, rows: QuerySet[Any]) -> None:
    records = list(rows.order_by("pk"))
    found.setdefault(name, []).extend(_row(name, record) for record in records)
    for deeper in DEEPER.get(name, ()):
        for record in records:
            _add(found, deeper, getattr(record, deeper).all())


def _rows(name: str, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    return [_row(name, record) for record in rows.order_by("pk")]


def _row(name: str, record: Model) -> dict[str, Any]:
    return {
        field.name: value
        for field in record._meta.concrete_fields
        if not (field.primary_key or field.generated)
        and (field.name not in GIVEN_OUT or (field.name == "number" and name in NUMBERED))
        and (value := _plain(field, getattr(record, field.attname))) is not None
    }


def _plain(field: Any, value: Any) -> Any:
    """A person by the key, which both cases share; of other rows that a row names nothing but that it does."""
    if isinstance(field, ForeignKey):
        return value if field.related_model is User or value is None else "…"
    return _without_keys(json.loads(json.dumps(value))) if isinstance(value, dict | list) else value


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) >= {"human", "posts"}:  # a person, whose key is a name in the dictionary above
            return value
        kept = {
            key: _without_keys(one) for key, one in value.items() if key not in KEYS_IN_DATA and key != "bin"
        }
        people = [
            json.dumps(one, sort_keys=True)
            for one in kept.values()
            if isinstance(one, dict) and "posts" in one
        ]
        return sorted(people) if people else kept
    return [_without_keys(one) for one in value] if isinstance(value, list) else value
