"""All dates of a case: what each is, from when and how it is counted, whose turn it is, and what it rests on.

The one read for the pages of the desk and of the firm. Two queries for the clocks, one for the day of an
approval in principle; the pages have requests, consultations, conditions and notices already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import (
    Application,
    ClockEntry,
    Condition,
    Consultation,
    Deadline,
    Decision,
    InformationRequest,
    RefusalNotice,
)
from applications.queries.extension import Extension, extension_of
from applications.runs import Run, counting, due_today, pause_that_counts_no_more, run_of
from applications.services import notice_clocks
from applications.states import DECIDED
from applications.states import ApplicationState as A
from regulators.calendars import YearNotInCalendarError, is_forecast, paused, working_days_between
from regulators.periods import counted, days, footing, length, not_computable, set_in_the_case
from regulators.rulebook import ACCEPTANCE, PAYMENT, RECEIPT, Clock, say

FIRM, REGULATOR = "firm", "regulator"


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """In the words of the period. ``most`` is empty where the book has no cap; ``used_up``: it runs on.
    ``late``: the period was over before the pause that goes on. ``lost`` is empty where it is not known.
    """

    lost: str
    most: str
    since: date | None
    used_up: bool
    late: bool


@dataclass(frozen=True, kw_only=True)
class Extended:
    until: date
    on: date
    reason: str
    rests_on: str


@dataclass(frozen=True, kw_only=True)
class Dated:
    """``due`` is None where the period has no length on record or has not begun, and where it lies in a year
    that is not in the calendar, which ``not_computable`` says. ``who`` is the firm, the regulator, a role of
    its staff, or the name of another body. ``left`` is in working days, None in such a year. ``inside``: not
    for the firm.
    """

    title: str
    due: date | None
    who: str
    rests_on: str
    counted: str = ""
    since: date | None = None
    done_on: date | None = None
    pauses: Pauses | None = None
    extended: Extended | None = None
    left: int | None = None
    not_computable: str = ""
    forecast: bool = False
    inside: bool = False

    @property
    def is_over(self) -> bool:
        return self.done_on is None and self.due is not None and self.due < timezone.localdate()


@dataclass(frozen=True, kw_only=True)
class Dates:
    """``deadlines`` of the case itself, and the ``extension`` of its period, from the same rows."""

    rows: list[Dated]
    deadlines: list[Deadline]
    extension: Extension

    @property
    def of_the_firm(self) -> list[Dated]:
        """What concerns the firm and is still to come."""
        return [row for row in self.rows if not row.inside and row.done_on is None]


def dates_of(
    case: Application,
    *,
    requests: Iterable[InformationRequest],
    notices: Iterable[RefusalNotice],
    conditions: Iterable[Condition],
    consultations: Iterable[Consultation] = (),
) -> Dates:
    """Nearest first, what is met and what has no day last."""
    deadlines = list(case.deadlines.all())
    ledgers = _ledgers(case) if deadlines else {}
    rows = [
        *_of_the_clocks(case, deadlines, ledgers),
        *_without_day(case),
        *_returned(case),
        *_requests(case, requests),
        *_notices(case, notices, deadlines),
        *_people(case),
        *_consultations(case, consultations, deadlines),
        *_approved(case, conditions),
    ]
    rows.sort(key=lambda row: (row.done_on is not None, row.due is None, row.due or date.max))
    of_case = [one for one in deadlines if not one.about]
    return Dates(rows=rows, deadlines=of_case, extension=extension_of(case, of_case, ledgers))


Ledgers = dict[tuple[str, str], list[ClockEntry]]


def _ledgers(case: Application) -> Ledgers:
    found: Ledgers = {}
    for entry in case.clock_entries.all():
        found.setdefault((entry.clock, entry.about), []).append(entry)
    return found


def _dated(
    title: str, due: date | None, who: str, rests_on: str, *, in_working_days: bool = False, **facts: Any
) -> Dated:
    left = None if due is None or facts.get("done_on") else _left(due)
    forecast = in_working_days and due is not None and is_forecast(due)
    return Dated(title=title, due=due, who=who, rests_on=rests_on, left=left, forecast=forecast, **facts)


def _left(due: date) -> int | None:
    try:
        return working_days_between(timezone.localdate(), due)
    except YearNotInCalendarError:
        return None


# --- the clocks of the case


def _of_the_clocks(case: Application, deadlines: Iterable[Deadline], ledgers: Ledgers) -> Iterator[Dated]:
    for deadline in deadlines:
        if deadline.about:
            continue
        clock = case.book.clock(deadline.code)
        entries = ledgers.get((deadline.code, ""), [])
        run = run_of(entries)
        today = timezone.localdate()
        due, missing = _day(deadline, run, today)
        yield _dated(
            say(clock.title) if clock else deadline.code,
            due,
            "case_officer" if deadline.code == "completeness" else REGULATOR,
            footing(clock),
            counted=_rule(deadline), since=deadline.starts_on,
            done_on=timezone.localdate(deadline.met_at) if deadline.met_at else None,
            pauses=_pauses(deadline, run, today), extended=_extended(case, entries),
            in_working_days=deadline.working_days is not None, not_computable=missing,
        )  # fmt: skip


def _day(deadline: Deadline, run: Run, today: date) -> tuple[date | None, str]:
    """The last day as it stands, or why there is none yet."""
    if deadline.met_at:
        return deadline.due_on, ""
    try:
        return due_today(deadline, run, today), ""
    except YearNotInCalendarError as error:
        return None, not_computable(error.year)


def _rule(deadline: Deadline) -> str:
    """What the deadline was counted by, in the reader's language, with the book that it was counted under."""
    kept, bracket, book = deadline.rule.rpartition("(")
    event = kept.rpartition(" from ")[2].strip()
    return f"{counted(length(deadline), event)} {bracket}{book}"


def _pauses(deadline: Deadline, run: Run, today: date) -> Pauses | None:
    cap = deadline.pause_cap
    most = "" if cap is None else days(deadline, cap)
    try:
        pauses = counting(deadline, run.with_pause_until(today)).pauses
        lost, spent = paused(deadline, pauses), pause_that_counts_no_more(deadline, run)
    except YearNotInCalendarError:
        return Pauses(lost="", most=most, since=run.paused_on, used_up=False, late=False)
    if not pauses and run.paused_on is None:
        return None
    used_up = cap is not None and lost >= cap
    late = not used_up and spent is not None and spent[0] == run.paused_on
    told = "" if late and not lost else days(deadline, lost)
    return Pauses(lost=told, most=most, since=run.paused_on, used_up=used_up, late=late)


def _extended(case: Application, entries: list[ClockEntry]) -> Extended | None:
    if run_of(entries).extended_to is None:
        return None
    entry = [one for one in entries if one.what == ClockEntry.EXTEND][-1]
    assert entry.until is not None
    return Extended(
        until=entry.until, on=timezone.localdate(entry.at), reason=entry.reason,
        rests_on=footing(case.book.clock("extension")),
    )  # fmt: skip


def _without_day(case: Application) -> Iterator[Dated]:
    """Clocks that run without a last day, since the book has no length on record; and those that wait for the
    payment.
    """
    begun = {RECEIPT: case.submitted_at, ACCEPTANCE: case.accepted_at, PAYMENT: None}
    for clock in case.book.clocks if case.submitted_at and case.state not in DECIDED else ():
        if clock.starts_on not in begun:
            continue
        waits = clock.starts_on == PAYMENT and case.fee != "paid"
        since = begun[clock.starts_on]
        if waits or (since and not length(clock)):
            yield _dated(
                say(clock.title), None, REGULATOR, footing(clock),
                counted=counted(length(clock), clock.starts_on) if waits else "",
                since=timezone.localdate(since) if since else None,
            )  # fmt: skip


# --- what is with the firm or with others


def _returned(case: Application) -> Iterator[Dated]:
    if case.return_by:
        yield _dated(_("To be returned by"), case.return_by, FIRM, set_in_the_case())


def _requests(case: Application, requests: Iterable[InformationRequest]) -> Iterator[Dated]:
    for request in requests:
        if request.status in InformationRequest.WITH_FIRM and case.state not in DECIDED:
            since = request.due_set_at or request.sent_at
            yield _dated(
                _("Request %(number)s") % {"number": request.number}, request.due_on, FIRM, set_in_the_case(),
                since=timezone.localdate(since) if since else None,
            )  # fmt: skip


def _notices(
    case: Application, notices: Iterable[RefusalNotice], deadlines: Iterable[Deadline]
) -> Iterator[Dated]:
    """The periods of the firm after the last notice was served. For its representations it was told a day."""
    running = {(one.about, one.code): one for one in deadlines if one.met_at is None}
    for notice in list(notices)[-1:] if case.state == A.REFUSAL_PROPOSED else ():
        about = notice_clocks.about(notice_clocks.REFUSAL, notice.pk)
        if notice.served_on is None:
            continue
        for code in notice_clocks.STARTED_BY[notice_clocks.REFUSAL]:
            clock, deadline = case.book.clock(code), running.get((about, code))
            due = notice.representations_until if code == notice_clocks.REPRESENTATIONS else None
            due = due or (deadline.due_on if deadline else None)
            if clock and (due or deadline):
                yield _of_notice(clock, due, deadline, notice.served_on)


def _of_notice(clock: Clock, due: date | None, deadline: Deadline | None, served_on: date) -> Dated:
    """For its representations the firm keeps the day that it was told while that of the book is not known."""
    by_the_book = deadline is not None and due == deadline.due_on
    return _dated(
        say(clock.title), due, FIRM, footing(clock) if by_the_book else set_in_the_case(),
        counted=_rule(deadline) if by_the_book and deadline else "", since=served_on,
        in_working_days=by_the_book and clock.working_days is not None, not_computable=_missing(deadline),
    )  # fmt: skip


def _missing(deadline: Deadline | None) -> str:
    return not_computable(deadline.missing_year) if deadline and deadline.missing_year else ""


def _people(case: Application) -> Iterator[Dated]:
    """The last days told in notices about people."""
    for told in case.people_noticed_now if case.state not in DECIDED else ():
        function = case.book.function(told["function"])
        words = _("Representations about a person: %(function)s")
        yield _dated(
            words % {"function": say(function.title) if function else told["function"]},
            date.fromisoformat(told["until"]), FIRM, set_in_the_case(),
        )  # fmt: skip


def _consultations(
    case: Application, consultations: Iterable[Consultation], deadlines: Iterable[Deadline]
) -> Iterator[Dated]:
    by_about = {one.about: one for one in deadlines}
    for asked in consultations:
        if asked.outcome != Consultation.OPEN or case.state in DECIDED:
            continue
        deadline = by_about.get(notice_clocks.about(notice_clocks.CONSULTATION, asked.pk))
        clock = case.book.clock("concurrence") if deadline else None
        rests_on = footing(clock) if clock else set_in_the_case() if asked.due_on else _("no day is set")
        yield _dated(
            _("Answer of %(body)s") % {"body": asked.body}, asked.due_on, asked.body, rests_on,
            counted=_rule(deadline) if deadline else "", since=timezone.localdate(asked.asked_at),
            in_working_days=deadline is not None and deadline.working_days is not None, inside=True,
            not_computable=_missing(deadline),
        )  # fmt: skip


def _approved(case: Application, conditions: Iterable[Condition]) -> Iterator[Dated]:
    if case.state != A.APPROVED_IN_PRINCIPLE:
        return
    decided = Decision.objects.filter(application=case, kind__in=("approve_in_principle", "extend"))
    moments = dict(decided.order_by("at").values_list("kind", "at"))
    since = {kind: timezone.localdate(at) for kind, at in moments.items()}
    unmet = [one for one in conditions if one.undone_at is None and one.verified_at is None]
    if case.expires_on:
        who = FIRM if any(one.owner == Condition.FIRM for one in unmet) else REGULATOR
        yield _dated(
            _("Approval in principle expires"), case.expires_on, who, set_in_the_case(),
            since=max(since.values(), default=None),
        )  # fmt: skip
    for condition in unmet:
        if condition.due_on:
            words = _("Condition %(number)s") % {"number": condition.number}
            who = FIRM if condition.owner == Condition.FIRM else condition.owner
            set_on = since.get("approve_in_principle")
            yield _dated(words, condition.due_on, who, set_in_the_case(), since=set_on)
