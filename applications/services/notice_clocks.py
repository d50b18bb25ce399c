"""Clocks that start with a notice of one thing of the case: a consultation that is sent, a preliminary notice
that is served. A book calls each of these events a notice, so the thing says which of its clocks it starts.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.functional import lazy

from applications.models import Consultation, IndividualApproval, RefusalNotice
from applications.models.clocks import Deadline
from applications.services import clocks, tell
from regulators.calendars import Reach, reach
from regulators.periods import in_words
from regulators.rulebook import NOTICE

if TYPE_CHECKING:
    from applications.models import Application

CONSULTATION, REFUSAL, PERSON = "consultation", "refusal", "person"
REPRESENTATIONS, CONCURRENCE = "representations", "concurrence"
STARTED_BY = {
    CONSULTATION: (CONCURRENCE,),
    REFUSAL: (REPRESENTATIONS, "objection"),
    PERSON: (REPRESENTATIONS, "objection"),
}

OF_CASE = ("application__firm", "application__rulebook")
# Of each notice to a firm: the field of the last day for its reply, and where it reads it and replies.
TO_REPLY: dict[str, tuple[Any, str, Callable[[Any], str]]] = {
    REFUSAL: (RefusalNotice, "representations_until", tell.notice_url),
    PERSON: (IndividualApproval, "represent_until", tell.person_notice_url),
}


def about(kind: str, pk: Any) -> str:
    return f"{kind}:{pk}"


def start(case: "Application", kind: str, pk: Any, *, on: date | None = None) -> None:
    """Start the clocks of the book for a notice of this thing, from the day on which it was given."""
    clocks.start_about(case, about(kind, pk), codes=STARTED_BY[kind], cause=NOTICE, on=on)


def stop(case: "Application", kind: str, pk: Any, *, cause: str) -> None:
    """Answered, withdrawn, or no longer proposed."""
    clocks.stop_about(case, about(kind, pk), cause=cause)


def period_of_consultation(case: "Application") -> Reach:
    """The last day for the answer of another body that is asked today, where the book has a period for it."""
    return reach(case.book.clock(CONCURRENCE), timezone.localdate())


def least_until(case: "Application", served_on: date) -> date | None:
    """The earliest last day that the firm may be told for its representations, None where the book has none.
    Of a period that ends in a year which is not in the calendar that is known alone.
    """
    period = reach(case.book.clock(REPRESENTATIONS), served_on)
    return date(period.missing_year, 1, 1) if period.missing_year else period.day


def ask_again(case: "Application", *, cause: str) -> None:
    """A consultation that is still open when the case comes back, and whose clock had stopped with the case,
    has the period of the book anew.
    """
    waiting = {
        about(CONSULTATION, one.pk): one for one in case.consultations.filter(outcome=Consultation.OPEN)
    }
    met = case.deadlines.filter(about__in=waiting, code=CONCURRENCE, met_at__isnull=False)
    for key in met.values_list("about", flat=True):
        clocks.start_about(case, key, codes=STARTED_BY[CONSULTATION], cause=cause)
    follow(case.deadlines.filter(about__in=waiting, code=CONCURRENCE, met_at=None))


def follow(moved: Iterable[Deadline]) -> None:
    """After deadlines have moved: a consultation in the period of the book is due on its new day. The firm
    has at least the period of the book for its representations, and never less than it was told; where it has
    longer it is told so. What has no day, since a year is not in the calendar, leaves the days as they are.
    """
    for deadline in moved:
        kind, _colon, pk = deadline.about.partition(":")
        day = deadline.due_on
        if day is None:
            continue
        if kind == CONSULTATION:
            Consultation.objects.filter(pk=pk).update(due_on=day)
        elif deadline.code == REPRESENTATIONS and kind in (REFUSAL, PERSON):
            _give_time(kind, pk, day)


def _give_time(kind: str, pk: str, day: date) -> None:
    model, field, url_of = TO_REPLY[kind]
    notice = model.objects.filter(pk=pk, **{f"{field}__lt": day}).select_related(*OF_CASE).first()
    if notice is None:
        return
    setattr(notice, field, day)
    notice.save(update_fields=[field])
    case = notice.application
    basis = lazy(in_words, str)(case.book.clock(REPRESENTATIONS))  # in the language of each reader
    tell.firm(case, "notice_moved", key=f"{kind}_moved:{pk}:{day}", due=day, basis=basis, url=url_of(notice))
