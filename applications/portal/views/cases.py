"""The firm's cases: the list, a new one, and one case before and after its submission."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.queries import firm_roles, firms_of
from accounts.requests import SignedIn
from applications.mandates import ANY, mandate_for
from applications.models import Application, InformationRequest, RefusalNotice
from applications.portal import changeable, outline, standing
from applications.portal.access import case_or_404, may_read, page, show
from applications.queries import law
from applications.queries.advisers import advised_by
from applications.queries.dates import FIRM, dates_of
from applications.queries.drafts import load_draft
from applications.queries.inside import inside_of_case
from applications.queries.private import own_parts_of
from applications.queries.standing import parts_held, with_unread
from applications.services.drafting import draft_or_start
from applications.states import DECIDED, OPEN, WITH_THE_FIRM, WITHDRAWABLE
from applications.states import ApplicationState as A
from licences.queries import licences_of
from regulators import books
from regulators.models import LicenceType
from regulators.periods import footing
from regulators.rulebook import LICENCE, OUTCOMES, READINESS, REGISTRATION, Book, say
from workflow.errors import Refused, status_of

LATEST = 50  # cases looked at to find the one that somebody was last at work on


@page("GET")
def home(request: SignedIn) -> HttpResponse:
    return _home(request)


@page("GET")
def resume(request: SignedIn) -> HttpResponse:
    """Where a person goes on after signing in: the case they saved last, the only open one, or the list."""
    if request.user.is_staff:
        raise Http404
    open_cases = Application.objects.filter(firm__in=firms_of(request.user)).exclude(state__in=DECIDED)
    cases = list(open_cases.order_by("-saved_at").values_list("pk", "saved_by")[:LATEST])
    own = [pk for pk, saved_by in cases if saved_by == request.user.pk]
    if own:
        return redirect("portal:case", own[0])
    return redirect("portal:case", cases[0][0]) if len(cases) == 1 else redirect("portal:home")


@page("POST")
def start(request: SignedIn) -> HttpResponse:
    firm = _chosen(firms_of(request.user), request.POST.get("firm"))
    licence_type = _chosen(LicenceType.objects.all(), request.POST.get("licence_type"))
    language = (get_language() or "en")[:2]
    try:
        case, is_new = draft_or_start(
            actor=request.user, firm=firm, licence_type=licence_type, language=language
        )
    except Refused as refusal:
        return _home(request, refusal)
    if not is_new:
        words = _("%(firm)s has a draft for this already: here it is. To start afresh, discard it first.")
        messages.info(request, words % {"firm": firm.name})
    return redirect("portal:case", case.pk)


@page("GET")
def case(request: SignedIn, pk: UUID) -> HttpResponse:
    found = case_or_404(request, pk, to=ANY)
    if request.user.has_perm("applications.read_draft", found):
        return case_page(request, found)
    return _page_of_adviser(request, found)


def _page_of_adviser(request: SignedIn, case: Any) -> HttpResponse:
    """The stages of the mandate, and the names of the others; nothing of what follows the submission."""
    stages = list(case.stages.order_by("order"))
    for stage in stages:
        stage.application = case
    mine = [stage for stage in stages if may_read(request.user, case, stage.code)]
    outlines = outline.stages_of(
        case, load_draft(case, stages=[stage.code for stage in mine], reader=request.user), mine
    )
    shown = {one.stage.code: one for one in outlines}
    return show(
        request,
        "portal/case_of_adviser.html",
        case,
        mandate=mandate_for(request.user, case.firm_id),
        stages=[(say(stage.rule.title), shown.get(stage.code)) for stage in stages],
        state=standing.state_in_words(case, standing.served_notice(case)),
        inside_case=inside_of_case(request.user, case, stages),
    )


def case_page(request: SignedIn, case: Any, refusal: Refused | None = None) -> HttpResponse:
    """The task list, and from the submission on where the case stands."""
    stages = list(case.stages.order_by("order"))
    for stage in stages:
        stage.application = case
    # What the regulator has is shown as a whole, so the answers of those stages are not read.
    with_the_firm = [s.code for s in stages if not case.submitted_at or changeable.is_editable(s)]
    outlines = outline.stages_of(case, load_draft(case, stages=with_the_firm, reader=request.user), stages)
    later = law.newer(case) if case.state in WITH_THE_FIRM else ()
    held = parts_held(case, PARTS) if case.submitted_at else frozenset[str]()
    requests = standing.requests_of(case) if "requests" in held else []
    notice = standing.served_notice(case)
    return show(
        request,
        "portal/case.html",
        case,
        refusal=refusal,
        stages=outlines,
        progress=outline.progress(outlines),
        steps=outline.steps(outlines),
        inside_case=inside_of_case(request.user, case, stages),
        newest=later[-1] if later else None,
        must_move=bool(law.has_to_move(case)),
        turn=standing.turn_of(case, stages),
        state=standing.state_in_words(case, notice),
        requests=requests,
        served=notice,
        served_footing=footing(case.book.clock("representations")),
        may_copy=case.state != A.DRAFT and "editor" in firm_roles(request.user, case.firm_id),
        can_report=case.state in OPEN and request.user.has_perm("applications.notify_change", case),
        can_withdraw=case.state in WITHDRAWABLE
        and request.user.has_perm("applications.withdraw_application", case),
        can_discard=case.state == A.DRAFT and request.user.has_perm("applications.discard_application", case),
        waiting_for=[o for o in outlines if o.stage.state not in ("complete", "in_review", "approved")],
        **(_afterwards(case, held, requests, notice) if case.submitted_at else {}),
    )


PARTS = ("requests", "decisions", "conditions", "change_notices", "letters")


def _afterwards(
    case: Application, held: frozenset[str], requests: list[InformationRequest], notice: RefusalNotice | None
) -> dict[str, Any]:
    conditions = list(case.conditions.all()) if "conditions" in held else []
    dates = dates_of(case, requests=requests, notices=[notice] if notice else [], conditions=conditions)
    regulator = say(case.book.regulator_name)
    return {
        "dates": [(row, _("You") if row.who == FIRM else regulator) for row in dates.of_the_firm],
        "timeline": standing.timeline_of(case),
        "decisions": standing.decisions_of(case) if "decisions" in held else [],
        "conditions": conditions,
        "letters": case.letters.order_by("-at", "pk") if "letters" in held else [],
        "changes": case.change_notices.all() if "change_notices" in held else [],
    }


def _home(request: SignedIn, refusal: Refused | None = None) -> HttpResponse:
    firms = list(firms_of(request.user))
    if not firms and request.user.is_staff:
        raise Http404
    advised = advised_by(request.user)
    found = Application.objects.filter(firm__in=firms).with_case()
    rows = with_unread(found, request.user)
    cases: list[Any] = list(rows.order_by("firm__sort_key", "firm_id", "-created_at"))
    context = {
        "firms": firms,
        "own_parts": own_parts_of(request.user),
        "advised": [(one, _with_state(one.cases)) for one in advised],
        "cases": [
            (case, standing.state_in_words(case, case.until_now), standing.turn_of(case)) for case in cases
        ],
        "licences": licences_of(firms) if firms else [],
        "may_start": [firm for firm in firms if "editor" in firm_roles(request.user, firm.pk)],
        "tracks": _tracks(),
        "reasons": refusal.reasons if refusal else [],
        **({"unread": cases[0].unread} if cases else {}),
    }
    return render(request, "portal/home.html", context, status=status_of(refusal))


def _with_state(cases: Iterable[Application]) -> list[tuple[Application, tuple[str, str]]]:
    return [(case, standing.state_in_words(case, standing.served_notice(case))) for case in cases]


ENDS_IN = {
    LICENCE: gettext_lazy("The file ends in a licence, where it is granted."),
    REGISTRATION: gettext_lazy("The file ends in a registration, where it is granted."),
    READINESS: gettext_lazy("The file ends in a readiness record, which is no licence."),
}


def _tracks() -> list[tuple[LicenceType, Book, str]]:
    """What one can apply for, and what it ends in; licences first."""
    types = LicenceType.objects.select_related("regulator").order_by("regulator__code")
    found = [(licence_type, books.current(licence_type.code)) for licence_type in types]
    found.sort(key=lambda track: OUTCOMES.index(track[1].outcome))
    return [(licence_type, book, str(ENDS_IN[book.outcome])) for licence_type, book in found]


def _chosen(rows: Any, pk: str | None) -> Any:
    """The row of this id among those one may choose; a crafted id is a 404."""
    wanted = {str(row.pk): row for row in rows}
    if pk not in wanted:
        raise Http404
    return wanted[pk]
