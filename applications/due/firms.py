"""The dates that a firm is reminded of, each at its steps."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from heapq import merge
from itertools import groupby
from typing import Any

from django.db.models import DateField, F, OuterRef, Value
from django.db.models.functions import Cast, Coalesce, TruncDate

from applications import asked
from applications.due import waiting
from applications.due.batches import batches
from applications.due.found import Due, News, by_firm, named
from applications.due.since import approved_on, day_of
from applications.due.spared import made, spared
from applications.due.steps import OVERDUE, Steps
from applications.models import CompletenessCheck
from applications.queries.drafts import load_drafts
from applications.queries.files import files_that_end
from applications.services.tell import (
    case_url,
    notice_url,
    person_notice_url,
    question_url,
    request_url,
)

IDLE = timedelta(days=14)  # a draft that nobody has saved for so long: our policy
TO_REPLY = (3, 0)  # working days before the period for representations ends: our policy
DRAFTS = 100  # read at a time


def dates_of_firms(today: date) -> Iterator[Due]:
    """What firms are to be reminded of today and were not; those of one firm together."""
    steps, replies = Steps(today), Steps(today, TO_REPLY)
    found = (
        _requests(steps), _returned(steps), _conditions(steps), _expiries(steps), _idle(today),
        _documents(steps), _notices(replies), _notices_of_people(replies),
    )  # fmt: skip
    yield from merge(*found, key=lambda due: due.case.firm_id)


def _requests(steps: Steps) -> Iterator[Due]:
    since = TruncDate(Coalesce("due_set_at", "sent_at", "written_at"))
    rows = steps.among(waiting.requests(), day=F("due_on"), since=since, subject=named("request"))
    for request in by_firm(rows, waiting.requests()):
        yield _due(request, request.application, steps, request_url(request, internal=False))


def _returned(steps: Steps) -> Iterator[Due]:
    checks = CompletenessCheck.objects.filter(application=OuterRef("pk")).order_by("-checked_at")
    since = day_of(checks, "checked_at", steps)
    subject = named("application", ":return")
    rows = steps.among(waiting.returned(), day=F("return_by"), since=since, subject=subject)
    for case in by_firm(rows, waiting.returned(), ""):
        yield _due(case, case, steps, case_url(case, internal=False), kind="return_")


def _conditions(steps: Steps) -> Iterator[Due]:
    since = approved_on("application", steps)
    rows = steps.among(
        waiting.conditions_of_firms(), day=F("due_on"), since=since, subject=named("condition")
    )
    for condition in by_firm(rows, waiting.conditions_of_firms()):
        yield Due(
            case=condition.application, subject=condition.subject, rule=condition.at_step,
            due_on=condition.due_on, context={"number": condition.number},
            kind="condition_overdue" if condition.at_step == OVERDUE else "condition_reminder",
            url=f"{case_url(condition.application, internal=False)}#conditions",
        )  # fmt: skip


def _expiries(steps: Steps) -> Iterator[Due]:
    """Approvals in principle before they end; that one has ended is raised to the decision makers."""
    since = approved_on("pk", steps, "extend")
    lasting = waiting.in_principle().filter(expires_on__gte=steps.today)
    subject = named("application", ":expiry")
    rows = steps.among(lasting, day=F("expires_on"), since=since, subject=subject)
    for case in by_firm(rows, lasting, ""):
        yield Due(
            case=case, subject=case.subject, rule=case.at_step, due_on=case.due_day,
            kind="period_ends", context={"working_days": steps.left(case.due_day)},
            url=f"{case_url(case, internal=False)}#conditions",
        )  # fmt: skip


def _idle(today: date) -> Iterator[Due]:
    """Drafts that nobody has saved for two weeks; once for each such time."""
    still = waiting.drafts().filter(saved_at__date__lte=today - IDLE)
    day = Cast(TruncDate("saved_at") + Value(IDLE), DateField())
    rows = News(today).among(still, day=day, rule=Value("idle"), subject=named("application", ":draft"))
    for cases in batches(by_firm(rows, still, ""), DRAFTS):
        yield from _idle_drafts(cases)


def _idle_drafts(cases: Sequence[Any]) -> Iterator[Due]:
    """What is open in them is read for all of a book at once; where that fails, for each by itself."""
    made: dict[Any, Due] = {}
    for _pin, of_book in groupby(sorted(cases, key=_pin_of), key=_pin_of):
        together = list(of_book)
        try:
            made |= _made_of(together)
        except Exception:
            for case in together:
                with spared(case.subject):
                    made |= _made_of([case])
    return (made[case.pk] for case in cases if case.pk in made)


def _pin_of(case: Any) -> int:
    pin: int = case.rulebook_id
    return pin


def _made_of(cases: Sequence[Any]) -> dict[Any, Due]:
    drafts = load_drafts(cases)
    return {case.pk: _idle_draft(case, drafts[case.pk]) for case in cases}


def _idle_draft(case: Any, draft: asked.Draft) -> Due:
    return Due(
        case=case, subject=case.subject, rule=case.at_step, due_on=case.due_day, kind="draft_idle",
        context={
            "saved_on": case.due_day - IDLE, "left": asked.left(draft),
        },
        url=case_url(case, internal=False),
    )  # fmt: skip


def _documents(steps: Steps) -> Iterator[Due]:
    """Files of open cases whose validity ends, but for those that the firm does not read."""
    last = steps.near[-1].day if steps.near else steps.today
    said = "document__facts"
    rows = steps.among(
        files_that_end(last), day=F(f"{said}__expires_on"), since=TruncDate(f"{said}__updated_at"),
        subject=named("file"),
    )  # fmt: skip
    for file in by_firm(rows, waiting.files(), "answer__application__"):
        yield from made(file.subject, partial(_document, file))


def _document(file: Any) -> Due:
    return Due(
        case=file.answer.application, subject=file.subject, rule=file.at_step, due_on=file.due_day,
        url=question_url(file.answer),
        kind="file_expired" if file.at_step == OVERDUE else "file_expires",
        context={"requirement": file.answer.requirement},
    )  # fmt: skip


def _notices(steps: Steps) -> Iterator[Due]:
    """Periods for representations of firms that have made none."""
    open_ones = waiting.unanswered_notices().filter(representations_until__gte=steps.today)
    rows = steps.among(
        open_ones, day=F("representations_until"), since=F("served_on"), subject=named("notice")
    )
    for notice in by_firm(rows, open_ones):
        yield _due(notice, notice.application, steps, notice_url(notice), kind="notice_")


def _notices_of_people(steps: Steps) -> Iterator[Due]:
    """The same of the notices that one person is to be refused."""
    open_ones = waiting.unanswered_notices_of_people().filter(represent_until__gte=steps.today)
    rows = steps.among(
        open_ones, day=F("represent_until"), since=TruncDate("noticed_at"), subject=named("person_notice")
    )
    for notice in by_firm(rows, open_ones):
        yield _due(notice, notice.application, steps, person_notice_url(notice), kind="notice_")


def _due(row: Any, case: Any, steps: Steps, url: str, *, kind: str = "") -> Due:
    over = row.at_step == OVERDUE
    return Due(
        case=case, subject=row.subject, rule=row.at_step, due_on=row.due_day, url=url,
        kind=f"{kind}overdue" if over else f"{kind}reminder",
        context={} if over else {"working_days": steps.left(row.due_day)},
    )  # fmt: skip
