"""What a case needs, as the worklist asks for it."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import InformationRequest, RefusalNotice, Stage
from applications.queries.consultations import answers_late, silence_raised, to_name_anew, view_asked
from applications.queries.standing import to_answer
from applications.states import ApplicationState as A
from applications.states import StageState as S

Cases = QuerySet[Any]


def late(cases: Cases) -> Cases:
    return cases.filter(next_due__lt=timezone.now())


def with_firm(cases: Cases) -> Cases:
    return _with_request(cases, InformationRequest.WITH_FIRM)


def answered(cases: Cases) -> Cases:
    return _with_request(cases, (InformationRequest.ANSWERED,))


def untaken(cases: Cases) -> Cases:
    stages = Stage.objects.filter(state=S.COMPLETE)
    return cases.filter(state=A.IN_REVIEW, pk__in=stages.values("application"))


def to_serve(cases: Cases) -> Cases:
    notices = RefusalNotice.objects.filter(served_on=None)
    return cases.filter(state=A.REFUSAL_PROPOSED, pk__in=notices.values("application"))


def paused(cases: Cases) -> Cases:
    return cases.filter(paused_since__isnull=False)


def _with_request(cases: Cases, statuses: tuple[str, ...]) -> Cases:
    requests = InformationRequest.objects.filter(status__in=statuses)
    return cases.filter(pk__in=requests.values("application"))


MY_VIEW = "my_view"
NEEDS: dict[str, tuple[str | Promise, Callable[[Cases], Cases]]] = {
    "late": (_("Past a date due"), late),
    "firm": (_("Waits on an answer of the firm"), with_firm),
    "answered": (_("Answers to read"), answered),
    "asked": (_("The firm asks something"), to_answer),
    "untaken": (_("A stage to take"), untaken),
    "notice": (_("A notice to serve"), to_serve),
    "silent": (_("A consultation past its day"), answers_late),
    "raised": (_("A silence that is raised to the lead"), silence_raised),
    "conflict": (_("Somebody to name after a conflict of interest"), to_name_anew),
    "paused": (_("The clock is paused"), paused),
}
WORDS: dict[str, str | Promise] = {
    **{code: words for code, (words, _made) in NEEDS.items()},
    MY_VIEW: _("My view is asked"),
}


def needing(cases: Cases, code: str, user: Any) -> Cases:
    return view_asked(cases, user) if code == MY_VIEW else NEEDS[code][1](cases)
