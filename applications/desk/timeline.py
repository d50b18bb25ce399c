"""What happened to a case, in words: the latest audit events, those of one download in one line."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.conditions.opened import OPENINGS
from applications.desk import standing
from applications.desk.words import event_words, state_word
from applications.models import Application, Finding
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.models import Event
from documents.models import Document
from regulators.rulebook import say

EVENTS_SHOWN = 100
IN_A_ZIP = Q(kind="document.opened", reason="zip") & ~Q(request_id="")


@dataclass(frozen=True, kw_only=True)
class Line:
    number: int
    at: datetime
    what: str
    who: str
    detail: str = ""
    to: str = ""
    reason: str = ""
    files: list[str] = field(default_factory=list)


def timeline_of(case: Application) -> list[Line]:
    """Newest first. A download of many files is one line, at its last file, and names them all."""
    ours = Event.objects.filter(subject=case.audit_subject)
    last = ours.filter(IN_A_ZIP).order_by().values("request_id").annotate(last=Max("number")).values("last")
    events = list(ours.filter(~IN_A_ZIP | Q(number__in=last)).order_by("-number")[:EVENTS_SHOWN])
    opened = _opened(ours, events)
    return [_line(case, event, opened.get(event.number, [])) for event in events]


def _opened(ours: Any, events: list[Event]) -> dict[int, list[str]]:
    """By the number of the event, the names of the files that were opened. Two queries, or none."""
    of_event: dict[int, list[str]] = {
        event.number: [event.data["document"]] for event in events if event.kind in OPENINGS
    }
    zips = {event.request_id: event.number for event in events if _is_zip(event)}
    if zips:
        whole: dict[int, list[str]] = defaultdict(list)
        found = ours.filter(IN_A_ZIP, request_id__in=zips).order_by("number")
        for request_id, document in found.values_list("request_id", "data__document"):
            whole[zips[request_id]].append(document)
        of_event |= whole
    wanted = {UUID(one) for documents in of_event.values() for one in documents}
    known = Document.objects.in_bulk(wanted) if wanted else {}
    return {
        number: [known[UUID(one)].called for one in documents if UUID(one) in known]
        for number, documents in of_event.items()
    }


def _is_zip(event: Event) -> bool:
    return event.kind == "document.opened" and event.reason == "zip" and event.request_id != ""


def _line(case: Application, event: Event, files: list[str]) -> Line:
    about: dict[str, Any] = {"number": event.number, "at": event.at, "who": event.actor_name}
    if _is_zip(event):
        count = ngettext("%(count)s file", "%(count)s files", len(files)) % {"count": len(files)}
        return Line(**about, what=_("Files taken as a ZIP"), detail=count, files=files)
    if event.kind in OPENINGS:
        return Line(**about, what=event_words(event.kind, case), detail=", ".join(files))
    return Line(
        **about,
        what=event_words(event.kind, case),
        detail=_detail(case, event),
        to=_state_in_words(case, event.to_state),
        reason=event.reason,
    )


def _state_in_words(case: Application, state: str) -> str:
    if state in A:
        return state_word(case, state)
    return str(S(state).label) if state in S else ""


def _detail(case: Application, event: Event) -> str:
    data = event.data
    if data.get("stage") in case.book.stage_codes:
        return standing.stage_title(case, data["stage"])
    if function := case.book.function(str(data.get("function", ""))):
        return say(function.title)
    if data.get("requirement"):
        outcome = dict(Finding.OUTCOMES).get(data.get("outcome"), "")
        return f"{data['requirement']}: {outcome}" if outcome else str(data["requirement"])
    if event.kind.startswith("request.") and "number" in data:
        return _("Request %(number)s") % {"number": data["number"]}
    if "fee" in data:
        return str(dict(Application.FEE).get(data["fee"], ""))
    return str(data.get("to", ""))
