"""The parts of a case that follow rules of their own: keys, the audit chain, sides taken, clocks and deadlines."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Model

from applications.models import ClockEntry, Deadline
from applications.samples.scale.plan import Arrival, Plan
from applications.samples.scale.steps import Step
from applications.samples.scale.tables import EACH, FIRST, Row, Rows, new_uuid
from applications.services.clocks import ASSESSMENT, end_of, length
from applications.subjects import subject_of
from audit.canonical import hash_of
from audit.models import START, Chain, Event
from regulators.calendars import capped, kazakhstan, last_day
from regulators.rulebook import NOTICE, PAYMENT, Book, Clock
from workflow.models import Duty

Days = tuple[date, date]
Key = tuple[str, str]  # a clock, and the thing of the case that it is about


class Ledger:
    """Of one case. Every number that it gives out lies in the range of the case."""

    def __init__(self, rows: Rows, plan: Plan, arrival: Arrival, book: Book) -> None:
        self.rows, self.book, self.days = rows.by_model, book, plan.days
        self.case_id = plan.case_id(arrival.number)
        self.subject = subject_of(self.case_id)
        self._first, self._given = FIRST + arrival.number * EACH, dict[type[Model], int]()
        self._keys = plan.rng(arrival.number, "keys")
        self._head, self._length = START, 0
        self._active: datetime | None = None
        self._paused_since: datetime | None = None
        self._sides: set[str] = set()
        self._last: dict[Key, str] = {}  # the last entry
        self._paused: dict[str, date] = {}
        self._pauses: dict[str, list[Days]] = {}
        self._deadlines: dict[Key, Row] = {}

    def new(self, model: type[Model], /, **values: Any) -> Row:
        """A row; what is changed in it until the case is copied is copied with it."""
        if "id" not in values and model._meta.pk.attname == "id":
            given = self._given[model] = self._given.get(model, 0) + 1
            if given >= EACH:
                raise OverflowError(f"A sample case has more than {EACH - 1} rows of {model.__name__}.")
            values["id"] = self._first + given
        self.rows[model].append(values)
        return values

    def uuid(self) -> UUID:
        return new_uuid(self._keys)

    # --- the audit chain

    def record(self, step: Step, *, reason: str = "", data: Row) -> None:
        """The event of this step. Called last in it, as ``audit.services.record`` is."""
        self.event(step.kind, step, step.before, step.after, reason=reason, data=data)

    def event(
        self, kind: str, step: Step, before: str, after: str, *, reason: str = "", data: Row | None = None
    ) -> None:
        self._length, self._active = self._length + 1, step.at
        row = _event(kind, step, before, after, reason, data or {})
        self._head = self._append(row, self.subject, self._length, self._head)

    def alone(self, subject: str, kind: str, step: Step, *, after: str = "", data: Row) -> None:
        """The first event of another chain, that of a licence or a record of readiness."""
        head = self._append(_event(kind, step, "", after, "", data), subject, 1, START)
        self.rows[Chain].append({"subject": subject, "length": 1, "head": head})

    def _append(self, row: Row, subject: str, number: int, previous: str) -> str:
        row |= {"subject": subject, "number": number, "previous_hash": previous}
        event: Any = SimpleNamespace(**row)
        row["hash"] = hash_of(event)
        self.new(Event, **row)
        return str(row["hash"])

    def close(self) -> Row:
        """The head of the chain. Returns what ``applications.models.standing`` keeps of dates, clocks and the last
        work.
        """
        self.rows[Chain].append({"subject": self.subject, "length": self._length, "head": self._head})
        of_case = (row for (_code, about), row in self._deadlines.items() if not about)
        waiting = [row for row in of_case if row["met_at"] is None]
        due = min(waiting, key=lambda row: (row["due_at"], row["id"]), default={})
        return {
            "next_due": due.get("due_at"), "due_code": due.get("code", ""),
            "due_working_days": due.get("working_days"), "paused_since": self._paused_since, "active_at": self._active,
        }  # fmt: skip

    # --- sides

    def take_side(self, step: Step, side: str, act: str) -> None:
        if step.who.human not in self._sides:
            self._sides.add(step.who.human)
            self.new(Duty, case=self.subject, human=step.who.human, side=side, act=act, at=step.at)

    # --- clocks, as in applications.services.clocks

    def start(self, at: datetime, event: str, on: date | None = None) -> None:
        for clock in self.book.clocks:
            last = self._last.get((clock.code, ""))
            again = event != PAYMENT and last == ClockEntry.STOP
            if clock.starts_on == event and (last is None or again):
                self._start(clock, at, event, on=on)

    def start_about(self, at: datetime, about: str, codes: tuple[str, ...], on: date) -> None:
        for clock in self.book.clocks:
            if clock.code in codes:
                self._start(clock, at, NOTICE, on=on, about=about)

    def assess_again(self, at: datetime, cause: str) -> None:
        for clock in self.book.clocks:
            if clock.code in ASSESSMENT and self._last.get((clock.code, "")) == ClockEntry.STOP:
                self._start(clock, at, cause)

    def _start(
        self, clock: Clock, at: datetime, cause: str, *, on: date | None = None, about: str = ""
    ) -> None:
        self._enter((clock.code, about), ClockEntry.START, at, cause)
        self._pauses[clock.code] = []
        self._due(clock, on or at.date(), cause, about)

    def pause(self, at: datetime, cause: str) -> None:
        for clock in self.book.clocks:
            key = (clock.code, "")
            if clock.pausable and self._last.get(key) in (ClockEntry.START, ClockEntry.RESUME):
                self._enter(key, ClockEntry.PAUSE, at, cause)
                self._paused[clock.code] = at.date()
                self._set_spent(clock, at.date())

    def resume(self, at: datetime, cause: str) -> None:
        for clock in self.book.clocks:
            key = (clock.code, "")
            if clock.pausable and self._last.get(key) == ClockEntry.PAUSE:
                self._enter(key, ClockEntry.RESUME, at, cause)
                self._pauses[clock.code].append((self._paused.pop(clock.code), at.date()))
                self._move_deadline(clock)

    def _set_spent(self, clock: Clock, day: date) -> None:
        """What is paused when it is over is over. No book in use has a cap."""
        deadline = self._deadlines.get((clock.code, ""))
        if deadline and deadline["met_at"] is None and deadline["due_on"] < day:
            deadline["spent_on"], deadline["spent_due_on"] = day, deadline["due_on"]

    def stop(self, at: datetime, cause: str, codes: tuple[str, ...] | None = None) -> None:
        self._stop(
            [key for key in self._last if codes is None or (key[0] in codes and not key[1])], at, cause
        )

    def stop_about(self, at: datetime, about: str, cause: str) -> None:
        self._stop([key for key in self._last if key[1] == about], at, cause)

    def _stop(self, keys: list[Key], at: datetime, cause: str) -> None:
        for key in keys:
            if self._last[key] != ClockEntry.STOP:
                self._enter(key, ClockEntry.STOP, at, cause)
                deadline = self._deadlines.get(key)
                if deadline and deadline["met_at"] is None:
                    deadline["met_at"] = at

    def _enter(self, key: Key, what: str, at: datetime, cause: str) -> None:
        self._last[key], (clock, about) = what, key
        if what != ClockEntry.STOP and not about:
            self._paused_since = at if what == ClockEntry.PAUSE else None
        self.new(
            ClockEntry, application_id=self.case_id, clock=clock, about=about, what=what, at=at, cause=cause
        )

    def _due(self, clock: Clock, day: date, event: str, about: str) -> None:
        last = self._last_day(clock, day, [])
        if last is None:
            return
        facts = {
            "rule": f"{length(clock)} from {event} ({self.book.code} {self.book.version})",
            "starts_on": day, "working_days": clock.working_days, "calendar_days": clock.calendar_days,
            "months": clock.months, "pause_cap": clock.pause_cap,
            "calendar": str(kazakhstan()) if clock.working_days else "",
            "due_on": last, "due_at": end_of(last), "met_at": None, "missing_year": None,
            "spent_on": None, "spent_due_on": None,
        }  # fmt: skip
        key = (clock.code, about)
        if key in self._deadlines:
            self._deadlines[key] |= facts
        else:
            row = self.new(Deadline, application_id=self.case_id, code=clock.code, about=about, **facts)
            self._deadlines[key] = row

    def _move_deadline(self, clock: Clock) -> None:
        deadline = self._deadlines.get((clock.code, ""))
        if deadline and deadline["met_at"] is None:
            if deadline["spent_on"]:
                self._pauses[clock.code].pop()
            last = self._last_day(clock, deadline["starts_on"], self._pauses[clock.code])
            assert last is not None
            deadline["due_on"], deadline["due_at"] = last, end_of(last)
            deadline["spent_on"] = deadline["spent_due_on"] = None

    def _last_day(self, clock: Clock, day: date, pauses: list[Days]) -> date | None:
        """``last_day`` of the services; what is in working days is looked up instead of walked."""
        if not clock.working_days:
            return last_day(clock, day, pauses, cap=clock.pause_cap)
        paused = sum(self.days.between(start, end) for start, end in pauses)
        return self.days.add(day, clock.working_days + capped(paused, clock.pause_cap))


def _event(kind: str, step: Step, before: str, after: str, reason: str, data: Row) -> Row:
    return {
        "kind": kind, "actor_id": str(step.who.pk), "actor_name": step.who.name, "from_state": before,
        "to_state": after, "reason": reason, "data": data, "request_id": "", "at": step.at,
    }  # fmt: skip
