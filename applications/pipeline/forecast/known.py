"""Every case of a licence type as it was known on a day of the past: for the back-test alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from applications.models import Application, ClockEntry, Deadline, Passage
from applications.models.standing import APPROVED, INTAKE
from applications.pipeline.days import WorkingDays
from applications.pipeline.forecast.open_cases import Spot
from applications.pipeline.forecast.roads import PRINCIPLE, Passed, Road
from applications.pipeline.queries import DECIDED
from applications.queries.passages import ZONE
from applications.runs import due_day, due_today, run_of
from applications.services.clocks import ASSESSMENT
from applications.states import ENDED, OPEN
from regulators.calendars import YearNotInCalendarError
from regulators.models import LicenceType

SOME = 5_000  # cases read at a time


@dataclass(kw_only=True)
class Known:
    """A case with the ledger of its clock. ``ended`` is None while it is open, ``lost`` where no fold counted
    its passage yet.
    """

    case: Any
    code: str
    state: str
    submitted: date
    accepted: date | None
    ended: date | None
    deadline: Deadline | None = None
    entries: list[ClockEntry] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    lost: int | None = None

    @property
    def answered(self) -> date | None:
        met = self.deadline and self.deadline.met_at
        return timezone.localdate(met, ZONE) if met else None

    def road(self) -> Road | None:
        """Of a case that is over."""
        if self.ended is None:
            return None
        within = sum(one.lost for one in self.passed)
        return Road(
            state=self.state, submitted=self.submitted, accepted=self.accepted, answered=self.answered,
            ended=self.ended, lost=max((self.lost or 0) - within, 0), passed=self.passed,
        )  # fmt: skip

    def spot(self, day: date, days: WorkingDays, stages: list[str]) -> Spot | None:
        """Where it stood on the morning of a day; None where it was not here, or a year is not known."""
        if self.submitted >= day or (self.ended and self.ended < day):
            return None
        place, since = self._place(day, stages)
        stood = days.between(since, day)
        if stood is None:
            return None
        due = None if place == PRINCIPLE else self._due(day)
        return Spot(self.case, self.code, place, stood, due, days.between(day, due) if due else None)

    def _place(self, day: date, stages: list[str]) -> tuple[str, date]:
        if self.answered and self.answered < day:
            return PRINCIPLE, self.answered
        if self.accepted is None or self.accepted >= day:
            return INTAKE, self.submitted
        done = {one.stage: one.day for one in self.passed if one.day < day}
        place = next((stage for stage in stages if stage not in done), APPROVED)
        return place, max([self.accepted, *done.values()])

    def _due(self, day: date) -> date | None:
        """The last day as it stood then."""
        if self.deadline is None or self.deadline.starts_on >= day:
            return None
        before = [entry for entry in self.entries if timezone.localdate(entry.at, ZONE) < day]
        try:
            return due_day(self.deadline, run_of(before).with_pause_until(day))
        except YearNotInCalendarError:
            return None

    def was_late(self, today: date) -> bool | None:
        """None while it is not known: neither answered nor over its last day."""
        deadline = self.deadline
        if deadline is None:
            return None
        if self.answered:
            given_up = self.ended == self.answered and self.state not in DECIDED
            return bool(deadline.due_on and deadline.due_on < self.answered and not given_up)
        try:
            return True if due_today(deadline, run_of(self.entries), today) < today else None
        except YearNotInCalendarError:
            return None


def known(licence_type: LicenceType, *, since: date) -> Iterable[Known]:
    """The filed cases that were open on a day or later."""
    there = Application.objects.filter(
        Q(state__in=OPEN) | Q(state__in=ENDED, decided_at__date__gte=since),
        licence_type=licence_type, submitted_at__isnull=False,
    )  # fmt: skip
    found: list[Known] = []
    fields = ("pk", "state", "submitted_at", "accepted_at", "decided_at")
    for pk, state, submitted, accepted, decided in there.order_by("pk").values_list(*fields).iterator():
        found.append(Known(
            case=pk, code=licence_type.code, state=state, submitted=timezone.localdate(submitted, ZONE),
            accepted=accepted and timezone.localdate(accepted, ZONE),
            ended=timezone.localdate(decided, ZONE) if decided and state in ENDED else None,
        ))  # fmt: skip
    for start in range(0, len(found), SOME):
        _with_rows({one.case: one for one in found[start : start + SOME]})
    return found


def _with_rows(by_case: dict[Any, Known]) -> None:
    of_these = {"application__in": list(by_case)}
    for deadline in Deadline.objects.filter(code__in=ASSESSMENT, about="", **of_these).order_by("-met_at"):
        by_case[deadline.application_id].deadline = deadline
    for entry in ClockEntry.objects.filter(clock__in=ASSESSMENT, about="", **of_these).order_by("at", "pk"):
        one = by_case[entry.application_id]
        if one.deadline and one.deadline.code == entry.clock:
            one.entries.append(entry)
    stages: dict[tuple[Any, str], list[Passage]] = defaultdict(list)
    for passage in Passage.objects.filter(**of_these).order_by("ended_on", "pk"):
        if passage.stage:
            stages[passage.application_id, passage.stage].append(passage)
        else:
            by_case[passage.application_id].lost = _lost(passage)
    for (case, stage), found in stages.items():
        lost = sum(_lost(passage) for passage in found)
        by_case[case].passed.append(Passed(stage, found[0].ended_on, lost))


def _lost(passage: Passage) -> int:
    return (passage.days or 0) - (passage.running or 0)
