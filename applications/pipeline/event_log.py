"""What was done to each case, as a log that a process-mining tool opens: XES (IEEE 1849-2016) or CSV.

A trace is a case, an event an act on it or on one of its stages, in the order of the audit record. Who did it
is a number that stands for one person throughout one log: no names, and nothing of what was said, or why.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, TextIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from django.db import transaction
from django.utils import timezone

from applications.models import Application
from applications.pipeline import queries, services
from applications.queries.passages import ZONE
from audit.models import Event
from audit.services import Actor
from licences.text import cell

TRACES = 500  # at a time
EXTENSIONS = {
    "concept": ("Concept", "http://www.xes-standard.org/concept.xesext"),
    "lifecycle": ("Lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    "org": ("Organizational", "http://www.xes-standard.org/org.xesext"),
    "time": ("Time", "http://www.xes-standard.org/time.xesext"),
}
COLUMNS = (
    "case", "activity", "stage", "timestamp", "resource", "from_state", "to_state", "licence_type", "outcome",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trace:
    case: Application
    events: list[Event]


class Resources:
    """The number of each person in this log; the system is itself."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def name(self, event: Event) -> str:
        if not event.actor_id:
            return "system"
        return f"person {self.numbers.setdefault(event.actor_id, len(self.numbers) + 1)}"


@transaction.atomic
def write(
    out: TextIO, *, form: str, regulator: str, first: date | None, last: date | None, actor: Actor
) -> tuple[int, int]:
    """Write the filed cases of a regulator (its code), of those days' submissions where any are named;
    returns how many cases and events. Recorded as an export. What it holds at once does not grow.
    """
    traces = _traces(regulator, first, last)
    done = FORMS[form](out, traces)
    filters = f"regulator={regulator}&from={first or ''}&to={last or ''}&form={form}"
    services.record_export(actor=actor, what="event_log", form=form, filters=filters, rows=done[1])
    return done


def _traces(regulator: str, first: date | None, last: date | None) -> Iterator[Trace]:
    cases = Application.objects.filter(
        licence_type__regulator__code=regulator, submitted_at__isnull=False
    ).select_related("licence_type")
    if first:
        cases = cases.filter(submitted_at__gte=_midnight(first))
    if last:
        cases = cases.filter(submitted_at__lt=_midnight(last + timedelta(days=1)))
    after = ""
    while batch := list(cases.filter(reference__gt=after).order_by("reference")[:TRACES]):
        after = batch[-1].reference or ""
        by_subject = _acts(case.audit_subject for case in batch)
        yield from (Trace(case=case, events=by_subject.get(case.audit_subject, [])) for case in batch)


def _acts(subjects: Iterable[str]) -> dict[str, list[Event]]:
    found = Event.objects.filter(subject__in=list(subjects), kind__in=list(queries.STEPS))
    in_order = found.order_by("subject", "number")
    return {subject: list(events) for subject, events in groupby(in_order, key=lambda event: event.subject)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)


def _as_xes(out: TextIO, traces: Iterator[Trace]) -> tuple[int, int]:
    xml, resources, cases, events = XMLGenerator(out, "utf-8"), Resources(), 0, 0  # type: ignore[arg-type]  # takes text too
    xml.startDocument()
    _start(xml, "log", {"xes.version": "1849-2016", "xmlns": "http://www.xes-standard.org/"})
    for prefix, (name, uri) in EXTENSIONS.items():
        _element(xml, "extension", name=name, prefix=prefix, uri=uri)
    _element(xml, "classifier", name="Activity", keys="concept:name")
    for trace in traces:
        _start(xml, "trace", {})
        _values(xml, {
            "concept:name": trace.case.reference, "licence_type": trace.case.licence_type.code,
            "outcome": trace.case.state,
        })  # fmt: skip
        for event in trace.events:
            _start(xml, "event", {})
            _values(xml, _of(event, resources))
            xml.endElement("event")
        xml.endElement("trace")
        cases, events = cases + 1, events + len(trace.events)
    xml.endElement("log")
    xml.endDocument()
    return cases, events


def _of(event: Event, resources: Resources) -> dict[str, Any]:
    return {
        "concept:name": event.kind, "lifecycle:transition": "complete",
        "time:timestamp": timezone.localtime(event.at, ZONE), "org:resource": resources.name(event),
        "stage": event.data.get("stage", ""), "from_state": event.from_state, "to_state": event.to_state,
    }  # fmt: skip


def _values(xml: XMLGenerator, values: dict[str, Any]) -> None:
    """What is empty is left out, as the standard has no empty values."""
    for key, value in values.items():
        if isinstance(value, datetime):
            _element(xml, "date", key=key, value=value.isoformat(timespec="milliseconds"))
        elif value:
            _element(xml, "string", key=key, value=str(value))


def _start(xml: XMLGenerator, tag: str, attributes: dict[str, str]) -> None:
    xml.startElement(tag, AttributesImpl(attributes))


def _element(xml: XMLGenerator, tag: str, /, **attributes: str) -> None:
    _start(xml, tag, attributes)
    xml.endElement(tag)


def _as_csv(out: TextIO, traces: Iterator[Trace]) -> tuple[int, int]:
    sheet, resources, cases, events = csv.writer(out), Resources(), 0, 0
    sheet.writerow(COLUMNS)
    for trace in traces:
        for event in trace.events:
            found = _of(event, resources)
            sheet.writerow(cell(value) for value in (
                trace.case.reference, found["concept:name"], found["stage"],
                found["time:timestamp"].isoformat(timespec="milliseconds"), found["org:resource"],
                found["from_state"], found["to_state"], trace.case.licence_type.code, trace.case.state,
            ))  # fmt: skip
        cases, events = cases + 1, events + len(trace.events)
    return cases, events


FORMS: dict[str, Callable[[TextIO, Iterator[Trace]], tuple[int, int]]] = {"xes": _as_xes, "csv": _as_csv}
