"""The dates that a firm is reminded of, each at its steps, and all of one person's of one day in one mail."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries import people_of
from applications import asked
from applications.models import Application, Condition, InformationRequest
from applications.queries.drafts import load_draft
from applications.queries.files import files_that_end
from applications.services.tell import case_url, name_for, question_url, request_url
from applications.states import DECIDED
from applications.states import ApplicationState as A
from notifications.choices import is_off
from notifications.models import Reminder
from notifications.services import first_reminder, tell_of
from regulators.calendars import working_days_between

AHEAD = timedelta(days=30)  # holds the first of the steps
STEPS = (10, 3, 0)  # working days before a day is due: our policy
IDLE = timedelta(days=14)  # a draft that nobody has saved for so long: our policy


@dataclass(frozen=True, kw_only=True)
class Due:
    """One date of a case at one of its steps. ``kind`` names its mail."""

    case: Any
    subject: str
    rule: str
    due_on: date
    kind: str
    url: str
    context: dict[str, Any] = field(default_factory=dict)


def dates_of_firms(today: date) -> Iterator[Due]:
    """What firms are to be reminded of today; whether they were already is asked when they are told."""
    yield from _requests(today)
    yield from _returned(today)
    yield from _conditions(today)
    yield from _idle(today)
    yield from _documents(today)


def remind_firms(found: Iterator[Due]) -> int:
    """Tell each person of a firm once of each date; several dates of one firm go in one mail. Returns how
    many dates were new.

    Effects in order, in one transaction: write a reminder for each new date; write one message for each
    person; wake the sender after commit.
    """
    due = list(found)
    with transaction.atomic():
        new = [
            (one, reminder)
            for one in due
            if (reminder := first_reminder(subject=one.subject, rule=one.rule, due_on=one.due_on))
        ]
        people: dict[tuple[User, Any], list[tuple[Due, Reminder]]] = defaultdict(list)
        for one, reminder in new:
            for user in {m.user_id: m.user for m in people_of(one.case.firm)}.values():
                people[user, one.case.firm_id].append((one, reminder))
        for (user, _firm), dates in people.items():
            _tell_apart(user, dates)
    return len(new)


def _tell_apart(user: User, dates: list[tuple[Due, Reminder]]) -> None:
    """What the person wants no e-mail of goes into no mail with others: it is a notice by itself."""
    off = {kind for kind in {one.kind for one, _reminder in dates} if is_off(user, kind)}
    for pair in dates:
        if pair[0].kind in off:
            _tell(user, [pair])
    if wanted := [pair for pair in dates if pair[0].kind not in off]:
        _tell(user, wanted)


def _tell(user: User, dates: list[tuple[Due, Reminder]]) -> None:
    if len(dates) == 1:
        [(one, reminder)] = dates
        template, context, url = one.kind, {"due": one.due_on, **one.context}, one.url
    else:
        dates = sorted(dates, key=lambda pair: pair[0].due_on)
        one, reminder = dates[0]
        rows = [_row(user, due, each) for due, each in dates]
        template, context = "digest", {"items": len(rows), "rows": rows}
        alone = len({due.case.pk for due, _reminder in dates}) == 1
        url = case_url(one.case, internal=False) if alone else "/applications/"
    tell_of(
        reminder, to=user, template=template, context=context, url=url,
        subject_ref=name_for(user, one.case), is_draft=not one.case.reference, firm=one.case.firm,
    )  # fmt: skip


def _row(user: User, due: Due, reminder: Reminder) -> dict[str, Any]:
    """One line of the mail. It knows its reminder: what stands no more when the mail goes is left out."""
    return {
        "ref": name_for(user, due.case), "kind": due.kind, "due": due.due_on, **due.context,
        "reminder": reminder.pk, "url": due.url, "is_draft": not due.case.reference,
    }  # fmt: skip


def step(today: date, due_on: date, since: date) -> str:
    """The newest step that has been reached since the day was set: a run that comes late sends one reminder,
    not three, and what was near already when it was set is not said twice.
    """
    if today > due_on:
        return "overdue"
    left, at_first = working_days_between(today, due_on), working_days_between(since, due_on)
    reached = [one for one in STEPS if left <= one < at_first]
    return f"due in {min(reached)}" if reached else ""


def _requests(today: date) -> Iterator[Due]:
    waiting = InformationRequest.objects.filter(status__in=InformationRequest.WITH_FIRM).select_related(
        "application__firm", "application__licence_type", "application__rulebook"
    )
    for request in waiting.exclude(application__state__in=DECIDED).iterator():
        since = request.due_set_at or request.sent_at or request.written_at
        rule = step(today, request.due_on, timezone.localdate(since))
        if rule:
            url = request_url(request, internal=False)
            yield _due(request.application, f"request:{request.pk}", rule, request.due_on, today, url)


def _returned(today: date) -> Iterator[Due]:
    cases = Application.objects.with_case().filter(state=A.RETURNED, return_by__isnull=False)
    for case in cases.iterator():
        assert case.return_by is not None
        check = case.completeness_checks.order_by("-checked_at").first()
        since = timezone.localdate(check.checked_at) if check else today
        rule = step(today, case.return_by, since)
        if rule:
            url = case_url(case, internal=False)
            subject = f"{case.audit_subject}:return"
            yield _due(case, subject, rule, case.return_by, today, url, kind="return_")


def _conditions(today: date) -> Iterator[Due]:
    open_ones = (
        Condition.objects.in_force()
        .filter(owner=Condition.FIRM, application__state=A.APPROVED_IN_PRINCIPLE)
        .filter(verified_at=None, due_on__isnull=False)
        .select_related("application__firm", "application__licence_type", "application__rulebook")
    )
    for condition in open_ones.iterator():
        assert condition.due_on is not None
        since = condition.application.decisions.filter(kind="approve_in_principle").last()
        rule = step(today, condition.due_on, timezone.localdate(since.at) if since else today)
        if rule:
            yield Due(
                case=condition.application, subject=f"condition:{condition.pk}", rule=rule,
                due_on=condition.due_on, kind="condition_reminder", context={"number": condition.number},
                url=f"{case_url(condition.application, internal=False)}#conditions",
            )  # fmt: skip


def _idle(today: date) -> Iterator[Due]:
    """Drafts that nobody has saved for two weeks; once for each such time."""
    last = today - IDLE
    drafts = Application.objects.with_case().filter(state=A.DRAFT, saved_at__date__lte=last)
    for case in drafts.iterator():
        assert case.saved_at is not None
        saved = timezone.localdate(case.saved_at)
        subject, rule = f"{case.audit_subject}:draft", "idle"
        if Reminder.objects.filter(subject=subject, rule=rule, due_on=saved + IDLE).exists():
            continue
        draft = load_draft(case)
        left = len(asked.missing(draft, asked.questions(draft)))
        yield Due(
            case=case, subject=subject, rule=rule, due_on=saved + IDLE, kind="draft_idle",
            context={"saved_on": saved, "left": left}, url=case_url(case, internal=False),
        )  # fmt: skip


def _documents(today: date) -> Iterator[Due]:
    """Files of open cases whose validity ends, but for those that the firm does not read."""
    for file in files_that_end(today + AHEAD):
        answer, until = file.answer, file.document.facts.expires_on
        assert until is not None
        rule = step(today, until, timezone.localdate(file.document.facts.updated_at))
        if rule:
            yield Due(
                case=answer.application, subject=f"file:{file.pk}", rule=rule, due_on=until,
                url=question_url(answer), kind="file_expired" if rule == "overdue" else "file_expires",
                context={"requirement": answer.requirement},
            )  # fmt: skip


def _due(case: Any, subject: str, rule: str, due_on: date, today: date, url: str, *, kind: str = "") -> Due:
    about: dict[str, Any] = {"case": case, "subject": subject, "rule": rule, "due_on": due_on, "url": url}
    if rule == "overdue":
        return Due(**about, kind=f"{kind}overdue")
    left = {"working_days": working_days_between(today, due_on)}
    return Due(**about, kind=f"{kind}reminder", context=left)
