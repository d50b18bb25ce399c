"""Cases by what is consulted about them, and by what a conflict of interest left undone."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Consultation
from applications.states import DECIDED
from regulators.periods import footing


def view_asked(cases: QuerySet[Application], user: Any) -> QuerySet[Application]:
    """Cases in which this specialist's view is waited for."""
    return _with(cases, Consultation.objects.filter(specialist=user))


def answers_late(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Cases with a consultation whose last day is over."""
    return _with(cases, Consultation.objects.filter(due_on__lt=timezone.localdate()))


def silence_raised(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Cases with a silence that its rule raises to the lead reviewer."""
    late = Consultation.objects.filter(due_on__lt=timezone.localdate(), silence=Consultation.RAISE)
    return _with(cases, late)


def to_name_anew(cases: QuerySet[Application]) -> QuerySet[Application]:
    """Cases in which a conflict of interest left the case officer, or a consultation, to be named anew."""
    given_back = Consultation.objects.filter(inside=True, specialist=None, outcome="")
    left = Q(case_officer=None, conflicts__isnull=False) | Q(pk__in=given_back.values("application"))
    kept = cases.model._default_manager.filter(left).order_by().values("pk")
    return cases.exclude(state__in=DECIDED).filter(pk__in=kept)


def silence_rests_on(consultation: Consultation) -> str:
    """What its rule for silence rests on: law that the book cites for other bodies, else our policy."""
    clock = None if consultation.inside else consultation.application.book.clock("concurrence")
    if clock is None or consultation.silence != Consultation.NO_OBJECTION:
        return _("our policy")
    return footing(clock)


def _with(cases: QuerySet[Application], found: QuerySet[Consultation]) -> QuerySet[Application]:
    waiting = found.filter(outcome=Consultation.OPEN)
    return cases.exclude(state__in=DECIDED).filter(pk__in=waiting.values("application"))
