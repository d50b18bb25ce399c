"""What can be due: rows that wait, whatever their day. Read by the runs, and again when a mail goes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from applications.models import (
    AnswerFile,
    Application,
    Condition,
    Consultation,
    Deadline,
    IndividualApproval,
    InformationRequest,
    RefusalNotice,
    Stage,
)
from applications.services.clocks import ASSESSMENT
from applications.states import DECIDED, OPEN
from applications.states import ApplicationState as A
from applications.states import IndividualState as I
from applications.states import StageState as S
from regulators import books
from regulators.rulebook import Clock

COMPLETENESS = "completeness"
OF_CASE = ("application__firm", "application__licence_type", "application__rulebook")


def requests() -> QuerySet[InformationRequest]:
    """With the firm, to be answered."""
    waiting = InformationRequest.objects.filter(status__in=InformationRequest.WITH_FIRM)
    return waiting.exclude(application__state__in=DECIDED).select_related(*OF_CASE)


def returned() -> QuerySet[Application]:
    """To be submitted again by ``return_by``."""
    return Application.objects.with_case().filter(state=A.RETURNED, return_by__isnull=False)


def conditions() -> QuerySet[Condition]:
    """Of an approval in principle that stands, with a day, and not verified."""
    return (
        Condition.objects.in_force()
        .filter(application__state=A.APPROVED_IN_PRINCIPLE, verified_at=None, due_on__isnull=False)
        .select_related(*OF_CASE)
    )


def conditions_of_firms() -> QuerySet[Condition]:
    return conditions().filter(owner=Condition.FIRM)


def conditions_of_staff() -> QuerySet[Condition]:
    return conditions().exclude(owner=Condition.FIRM)


def in_principle() -> QuerySet[Application]:
    """Approvals in principle that end on ``expires_on``."""
    return Application.objects.with_case().filter(state=A.APPROVED_IN_PRINCIPLE, expires_on__isnull=False)


def drafts() -> QuerySet[Application]:
    return Application.objects.with_case().filter(state=A.DRAFT, saved_at__isnull=False)


def periods(today: date) -> QuerySet[Any]:
    """For the check of completeness, and for the decision, each with the day ``ends_on``."""
    of_staff = Deadline.objects.filter(code__in=(COMPLETENESS, *ASSESSMENT), met_at=None)
    return _that_end(of_staff, today)


def silent_periods(today: date) -> QuerySet[Any]:
    """Those at whose end the book lets silence count, each with the day ``ends_on``."""
    return _that_end(Deadline.objects.filter(_of_books(lambda clock: clock.silence), met_at=None), today)


def _that_end(deadlines: QuerySet[Deadline], today: date) -> QuerySet[Any]:
    """One that is paused ends on no day yet, unless no more of its pause counts: then it runs on."""
    paused = _of_books(lambda clock: clock.pausable) & Q(application__paused_since__isnull=False)
    runs_on = Q(spent_on__isnull=False, spent_on__lte=today)
    open_ones = deadlines.filter(application__state__in=OPEN).filter(~paused | runs_on)
    ends_on = Case(When(runs_on, then=F("spent_due_on")), default=F("due_on"))
    return open_ones.annotate(ends_on=ends_on).select_related(*OF_CASE)


def _of_books(which: Callable[[Clock], Any]) -> Q:
    """The deadlines of these clocks; none where no book has such a clock."""
    found = Q(pk__in=[])
    for book in books.all_books():
        codes = [clock.code for clock in book.clocks if which(clock)]
        if codes:
            pin = {"application__rulebook__code": book.code, "application__rulebook__version": book.version}
            found |= Q(code__in=codes, **pin)
    return found


def consultations() -> QuerySet[Consultation]:
    """Without an answer, in a case that is not decided, and with a last day for it."""
    asked = Consultation.objects.filter(outcome=Consultation.OPEN, due_on__isnull=False)
    return asked.exclude(application__state__in=DECIDED).select_related(*OF_CASE)


def notices() -> QuerySet[RefusalNotice]:
    """The notice of each refusal that is proposed and not decided, once it was served."""
    newer = RefusalNotice.objects.filter(
        application=OuterRef("application"), proposed_at__gt=OuterRef("proposed_at")
    )
    proposed = RefusalNotice.objects.filter(application__state=A.REFUSAL_PROPOSED)
    proposed = proposed.filter(~Exists(newer), representations_until__isnull=False)
    return proposed.select_related(*OF_CASE)


def unanswered_notices() -> QuerySet[RefusalNotice]:
    """Those to which the firm has said nothing."""
    return notices().filter(representations=None)


def unanswered_notices_of_people() -> QuerySet[IndividualApproval]:
    """That a person is to be refused, in an open case, to which the firm has said nothing."""
    proposed = IndividualApproval.objects.filter(state=I.REFUSAL_PROPOSED, represent_until__isnull=False)
    return proposed.filter(application__state__in=OPEN, representation="").select_related(*OF_CASE)


def files() -> QuerySet[AnswerFile]:
    """Every file of an answer, with its case; ``queries.files.files_that_end`` says which of them end."""
    return AnswerFile.objects.select_related(*(f"answer__{of}" for of in OF_CASE), "document__facts")


def stages() -> QuerySet[Stage]:
    """Complete, in a case in review, and to be taken by a reviewer."""
    complete = Stage.objects.filter(state=S.COMPLETE, application__state=A.IN_REVIEW)
    return complete.select_related(*OF_CASE)
