"""Several cases at once: who takes them, or that they are given back. A preview first; then each case by
itself, in a transaction of its own, with its result beside it.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk import standing
from applications.desk.worklist.filters import KEPT, Filter
from applications.desk.worklist.frame import frame
from applications.desk.worklist.whose import filed, types_of
from applications.models import Application
from applications.queries.assigning import Officer, assigns_at, officers_for
from applications.services.assigning import assign_case_officer, release_case
from applications.services.several import Result, attempt, versions_of
from regulators.models import LicenceType
from regulators.queries import regulators_of

MOST = 500
TAKE, GIVE, RELEASE = "take", "give", "release"
TITLES = {
    TAKE: gettext_lazy("Take cases"),
    GIVE: gettext_lazy("Give cases to a case officer"),
    RELEASE: gettext_lazy("Give cases back"),
}


def show(model_admin: Any, request: Any) -> HttpResponse:
    """The cases come from the list, or from the preview with ``sure``."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    types = assignable_types(request.user)
    act = request.POST.get("act", "")
    act = act if act in TITLES else GIVE
    cases, versions = _chosen(request, types)
    officers = officers_for(list(cases), {t.regulator_id for t in types}) if act != RELEASE else []
    officers = [one for one in officers if act == GIVE or one.user.pk == request.user.pk]
    free = [one for one in officers if not one.conflicts]
    to = _officer(request, free, act)
    reasons = _reasons(request, cases, act, to, free)
    if request.POST.get("sure") and not reasons:
        results = [_done(request.user, case, versions[case.pk], to) for case in cases]
        return result_page(model_admin, request, str(TITLES[act]), results)
    context = {
        **frame(model_admin, request, str(TITLES[act])),
        "act": act,
        "rows": [row(case, versions[case.pk]) for case in cases],
        "free": free,
        "barred": [
            (one.user, [c for c in cases if c.pk in one.conflicts]) for one in officers if one.conflicts
        ],
        "chosen": to.pk if to else 0,
        "reasons": reasons if request.POST.get("sure") or not cases or not (free or act == RELEASE) else [],
    }
    status = 422 if context["reasons"] and request.POST.get("sure") else 200
    return TemplateResponse(request, "admin/applications/bulk.html", context, status=status)


def assignable_types(user: Any) -> list[LicenceType]:
    """Raises PermissionDenied for who names no case officer anywhere."""
    ours = assigns_at(user, regulators_of(user))
    types = [one for one in types_of(user) if one.regulator_id in ours]
    if not types:
        raise PermissionDenied
    return types


def _chosen(request: Any, types: list[LicenceType]) -> tuple[list[Application], dict[Any, int]]:
    """Up to MOST cases: all that the list showed, or those that are ticked, each as ``key:version``."""
    known = filed(types).select_related("firm", "rulebook", "case_officer").order_by("due_order", "pk")
    if request.POST.get("all") and not request.POST.get("sure"):
        asked = {name: request.POST[name] for name in KEPT if request.POST.get(name)}
        form = Filter(asked, user=request.user, types=types_of(request.user))
        cases = list(known.filter(pk__in=form.found().order_by("due_order", "pk").values("pk")[:MOST]))
        return cases, {case.pk: case.version for case in cases}
    versions = ticked(request)
    cases = list(known.filter(pk__in=list(versions)[:MOST]))
    return cases, versions


def ticked(request: Any) -> dict[Any, int]:
    """By key: the version that the page showed. What is not of this form is left out."""
    return versions_of(request.POST.getlist("case"))


def _officer(request: Any, free: list[Officer], act: str) -> User | None:
    wanted = str(request.user.pk) if act == TAKE else request.POST.get("to", "")
    return next((one.user for one in free if str(one.user.pk) == wanted), None)


def _reasons(
    request: Any, cases: list[Application], act: str, to: User | None, free: list[Officer]
) -> list[str]:
    if not cases:
        return [_("Choose at least one case in the list.")]
    if act == RELEASE or to:
        return []
    if not free:
        return [_("Nobody can be given all of these cases. Choose fewer.")]
    return [_("Choose who is given the cases.")]


def _done(actor: Any, case: Application, version: int, to: User | None) -> Result:
    def act() -> Any:
        if to is None:
            return release_case(actor=actor, case=case, expected_version=version)
        return assign_case_officer(actor=actor, case=case, officer=to, expected_version=version)

    return attempt(act, case, to)


def row(case: Application, version: int) -> dict[str, Any]:
    due = standing.due(case)
    return {"case": case, "value": f"{case.pk}:{version}", "due": due, "officer": case.case_officer}


def result_page(model_admin: Any, request: Any, title: str, results: list[Result]) -> HttpResponse:
    context = {
        **frame(model_admin, request, title),
        "done": [one for one in results if not one.why],
        "failed": [one for one in results if one.why],
    }
    return TemplateResponse(request, "admin/applications/bulk_done.html", context)
