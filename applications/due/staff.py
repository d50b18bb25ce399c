"""What has passed, or is about to, and is raised to staff: they decide, and never the timer."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, JSONObject, TruncDate
from django.utils.functional import lazy

from applications.due import waiting
from applications.due.batches import batches
from applications.due.found import CHUNK, Due, News, ToldOf, each, named
from applications.due.since import approved_on
from applications.due.spared import made
from applications.due.steps import OVERDUE, Steps
from applications.models import AnswerFile, Application, Condition, Consultation, Snapshot
from applications.queries.files import files_that_end
from applications.services.tell import case_url
from applications.states import ApplicationState as A
from regulators.calendars import YearNotInCalendarError, last_working_days
from regulators.models import Role
from regulators.rulebook import say

# What is over is raised to who manages cases, as the pipeline has it; administrators manage people.
LEADS = (Role.LEAD_REVIEWER,)
MANAGERS = (Role.LEAD_REVIEWER, Role.DECISION_MAKER)
ALARMS = (5, 3, 1)  # working days before silence counts as an answer: our policy
TO_ANSWER = (3, 0)  # working days before the answer to a consultation is due: our policy
TO_TAKE = 5  # working days that a stage may wait for a reviewer: our policy


def dates_of_staff(today: date) -> Iterator[Due]:
    """What staff are to be told of today and were not."""
    news, steps = News(today), Steps(today)
    yield from _lapses(news)
    yield from _silences(Steps(today, ALARMS))
    yield from _expired(news)
    yield from _periods(steps)
    yield from _consultations(Steps(today, TO_ANSWER))
    yield from _notices_over(news)
    yield from _conditions_of_staff(steps)
    yield from _conditions_over(news)
    yield from _stages(news)


def dates_of_officer(case: Application, today: date) -> Iterator[Due]:
    """What is near or over for the case officer of this case, and was told already, to whomever."""
    told = ToldOf(today, case)
    steps = Steps(today, wanted=told)
    for found in (_expired(told), _periods(steps), _conditions_of_staff(steps), _conditions_over(told)):
        yield from (due for due in found if case.case_officer_id in due.people)


def _lapses(news: News) -> Iterator[Due]:
    """Cases whose date has passed: to the decision makers, who confirm the lapse or do not."""
    today = news.today
    over = Q(state=A.RETURNED, return_by__lt=today) | Q(state=A.APPROVED_IN_PRINCIPLE, expires_on__lt=today)
    day = Case(When(state=A.RETURNED, then=F("return_by")), default=F("expires_on"))
    late = Application.objects.with_case().filter(over)
    rows = news.among(late, day=day, rule=Value("deadline passed"), subject=named("application"))
    for case in each(rows, late):
        returned = case.state == A.RETURNED
        kind = "internal_return_passed" if returned else "internal_approval_passed"
        yield _due(case, case, kind, roles=(Role.DECISION_MAKER,))


def _silences(steps: Steps) -> Iterator[Due]:
    """Periods at whose end the book lets silence count as an answer: to the decision makers and the lead
    reviewers at each step before it, and once it is over.
    """
    silent = waiting.silent_periods(steps.today)
    rows = steps.among(silent, day=F("ends_on"), since=F("starts_on"), subject=named("silence"))
    for deadline in each(rows, silent):
        over = deadline.at_step == OVERDUE
        left: dict[str, Any] = {} if over else {"working_days": steps.left(deadline.due_day)}
        kind = "internal_silence_over" if over else "internal_silence"
        roles = (Role.DECISION_MAKER, Role.LEAD_REVIEWER)
        yield _due(deadline, deadline.application, kind, roles=roles, **left)


def _expired(news: News) -> Iterator[Due]:
    """Files of submitted cases: to the case officer, or where there is none to the lead reviewers, who ask
    for a newer one or do not. However old: it may have ended long before it was submitted.
    """
    ended = files_that_end(news.today - timedelta(days=1), of_invited=True).filter(document__sealed=True)
    ended = ended.filter(answer__application__submitted_at__isnull=False)
    day = F("document__facts__expires_on")
    rows = news.among(
        ended, day=day, rule=Value("expired"), subject=named("submitted_file"), case="answer__application",
        however_old=True,
    )  # fmt: skip
    for files in batches(each(rows, waiting.files()), CHUNK):
        said = _said_in_submission(files)
        for file in files:
            if said[file.pk] in (None, file.due_day.isoformat()):
                yield _expired_file(file)


def _expired_file(file: Any) -> Due:
    case, requirement = file.answer.application, file.answer.requirement
    return _due(
        file, case, "internal_file_expired", people=_officer(case), roles=LEADS, requirement=requirement
    )


class _Given(Func):
    """What a snapshot says of a document; NULL where it is not in it."""

    function = "jsonb_path_query_first"
    arg_joiner = ", '$.questions[*].files[*] ? (@.document == $document)', "


def _said_in_submission(files: Sequence[AnswerFile]) -> dict[int, str | None]:
    """By file, until when it was said to be valid in the newest snapshot that it is in; empty where nothing
    was said, None where it is in none. Of another day that the firm has said since the desk knows nothing.
    """
    document = JSONObject(document=Cast(OuterRef("document_id"), TextField()))
    given = Snapshot.objects.filter(application=OuterRef("answer__application"))
    given = given.annotate(given=_Given("content", document, output_field=JSONField()))
    newest = given.filter(given__isnull=False).order_by("-number")
    said = Coalesce(KeyTextTransform("expires_on", "given"), Value(""), output_field=TextField())
    found = AnswerFile.objects.filter(pk__in=[file.pk for file in files])
    return dict(found.values_list("pk", Subquery(newest.values(said=said)[:1])))


def _periods(steps: Steps) -> Iterator[Due]:
    """The check of completeness, and the decision: to the case officer, or where there is none to the lead
    reviewers; what is overdue to the managers too.
    """
    running = waiting.periods(steps.today)
    rows = steps.among(running, day=F("ends_on"), since=F("starts_on"), subject=named("period"))
    for deadline in each(rows, running):
        what = "completeness" if deadline.code == waiting.COMPLETENESS else "decision"
        case = deadline.application
        yield _stepped(deadline, case, f"internal_{what}", people=_officer(case), roles=LEADS)


def _consultations(steps: Steps) -> Iterator[Due]:
    """Before the day, where a specialist is asked, to that one, or while there is none to whoever asked; then
    to whoever asked, and where the rule of the consultation says so to the lead reviewers.
    """
    asked = waiting.consultations().filter(Q(inside=True) | Q(due_on__lt=steps.today))
    subject = Concat(named("consultation", ":"), Coalesce(Cast("specialist", CharField()), Value("")))
    rows = steps.among(asked, day=F("due_on"), since=TruncDate("asked_at"), subject=subject)
    for one in each(rows, asked):
        over = one.at_step == OVERDUE
        raised = over and one.silence == Consultation.RAISE
        people = (one.asked_by_id,) if over or one.specialist_id is None else (one.specialist_id,)
        yield _due(
            one, one.application, "internal_consultation_overdue" if over else "internal_consultation",
            people=people, roles=LEADS, raised_to=LEADS if raised else (),
        )  # fmt: skip


def _notices_over(news: News) -> Iterator[Due]:
    """Periods for representations that have ended: to the decision makers, who can decide now."""
    over = waiting.notices().filter(representations_until__lt=news.today)
    day = F("representations_until")
    rows = news.among(over, day=day, rule=Value("over"), subject=named("notice_over"))
    for notice in each(rows, over):
        yield _due(notice, notice.application, "internal_notice_over", roles=(Role.DECISION_MAKER,))


def _conditions_of_staff(steps: Steps) -> Iterator[Due]:
    """Conditions that the regulator brings about: to whoever is named; overdue to the managers too."""
    rows = steps.among(
        waiting.conditions_of_staff(), day=F("due_on"), subject=named("staff_condition"),
        since=approved_on("application", steps),
    )  # fmt: skip
    for one in each(rows, waiting.conditions_of_staff()):
        case = one.application
        officers = one.owner == Condition.CASE_OFFICER
        yield _stepped(
            one, case, "internal_condition", people=_officer(case) if officers else (),
            roles=LEADS if officers else (one.owner,), number=one.number,
        )  # fmt: skip


def _conditions_over(news: News) -> Iterator[Due]:
    """Conditions of the firm whose day is over and that nobody verified: to the case officer, or where
    there is none to the lead reviewers.
    """
    over = waiting.conditions_of_firms().filter(due_on__lt=news.today)
    rows = news.among(over, day=F("due_on"), rule=Value("to verify"), subject=named("condition_over"))
    for one in each(rows, over):
        case = one.application
        yield _due(
            one, case, "internal_condition_over", people=_officer(case), roles=LEADS, number=one.number
        )


def _stages(news: News) -> Iterator[Due]:
    """Stages that nobody has taken: to the lead reviewers. The day is the one since which they wait."""
    try:
        since = last_working_days(news.today, TO_TAKE)
    except YearNotInCalendarError:
        return
    left = waiting_since(waiting.stages()).filter(since__lt=since)
    rows = news.among(left, day=F("since"), rule=Value("waits"), subject=named("stage"))
    for stage in each(rows, waiting.stages()):
        yield from made(stage.subject, partial(_stage, stage))


def _stage(stage: Any) -> Due:
    title = lazy(say, str)(stage.rule.title)  # each reader has it in their language
    return _due(stage, stage.application, "internal_stage", roles=LEADS, stage=title)


def waiting_since(stages: QuerySet[Any]) -> QuerySet[Any]:
    """Each with the day ``since`` which it can be taken."""
    return stages.annotate(since=TruncDate(Greatest("changed_at", "application__accepted_at")))


def _officer(case: Application) -> tuple[int, ...]:
    return (case.case_officer_id,) if case.case_officer_id else ()


def _stepped(row: Any, case: Application, kind: str, **to: Any) -> Due:
    if row.at_step == OVERDUE:
        return _due(row, case, f"{kind}_overdue", raised_to=MANAGERS, **to)
    return _due(row, case, kind, **to)


def _due(
    row: Any, case: Application, kind: str, *, people: tuple[int, ...] = (), roles: tuple[str, ...] = (),
    raised_to: tuple[str, ...] = (), **context: Any,
) -> Due:  # fmt: skip
    return Due(
        case=case, subject=row.subject, rule=row.at_step, due_on=row.due_day, kind=kind, context=context,
        url=case_url(case, internal=True), internal=True, people=people, roles=roles, raised_to=raised_to,
    )  # fmt: skip
