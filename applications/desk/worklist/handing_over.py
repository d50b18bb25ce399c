"""Handing over for absence: every open case of one case officer, to one colleague or spread among several."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.models import User
from applications.desk.worklist import bulk
from applications.desk.worklist.frame import frame
from applications.desk.worklist.whose import filed
from applications.models import Application
from applications.queries.assigning import Officer, officers_for, spread
from applications.services.assigning import assign_case_officer
from applications.services.several import Result, attempt
from applications.states import OPEN
from regulators.models import LicenceType

REASON = 300  # characters


def show(model_admin: Any, request: Any) -> HttpResponse:
    """First from whom; then to whom; then what would happen, case by case; then what did."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    types = bulk.assignable_types(request.user)
    asked = request.POST if request.method == "POST" else request.GET
    everybody = officers_for([], {one.regulator_id for one in types})
    giver = _named(everybody, asked.get("from", ""))
    cases = _cases_of(giver.user, types) if giver else []
    officers = officers_for(cases, {one.regulator_id for one in types}) if giver else []
    others = [one for one in officers if giver and one.user.pk != giver.user.pk]
    takers = [one for one in others if str(one.user.pk) in asked.getlist("to")]
    reason = " ".join(asked.get("reason", "").replace("\0", "").split())[:REASON]
    if request.method == "POST" and giver and asked.get("sure"):
        return bulk.result_page(model_admin, request, _title(), _run(request, cases, others, reason))
    context = {
        **frame(model_admin, request, _title()),
        "everybody": everybody,
        "giver": giver,
        "others": others,
        "takers": [one.user.pk for one in takers],
        "reason": reason,
        "plan": _plan(cases, takers),
        "cases": cases,
        "notes": sum(case.notes_written for case in cases),  # type: ignore[attr-defined]
        "dated": sum(case.next_due is not None for case in cases),
        "nobody": request.method == "POST" and bool(giver) and not takers,
    }
    status = 422 if context["nobody"] else 200
    return TemplateResponse(request, "admin/applications/hand_over.html", context, status=status)


def _title() -> str:
    return _("Hand over the cases of a colleague")


def _named(officers: list[Officer], text: str) -> Officer | None:
    return next((one for one in officers if str(one.user.pk) == text), None)


def _cases_of(officer: User, types: list[LicenceType]) -> list[Application]:
    mine = filed(types).filter(case_officer=officer, state__in=sorted(OPEN))
    counted = mine.annotate(notes_written=Count("notes", filter=Q(notes__author=officer)))
    read = counted.select_related("firm", "rulebook", "case_officer").order_by("due_order", "pk")
    return list(read[: bulk.MOST])


def _plan(cases: list[Application], takers: list[Officer]) -> list[dict[str, Any]]:
    """A row for each case; none before somebody is chosen."""
    rows = []
    for case, one in spread(cases, takers).items() if takers else ():
        key = one.user.pk if one else ""
        value = f"{case.pk}:{case.version}:{key}"
        rows.append({**bulk.row(case, case.version), "to": one, "value": value})
    return rows


def _run(request: Any, cases: list[Application], others: list[Officer], reason: str) -> list[Result]:
    """As the plan said it; a case that has gone elsewhere since is not asked about again."""
    versions, to = bulk.ticked(request), _targets(request)
    users = {str(one.user.pk): one.user for one in others}
    results = []
    for case in cases:
        officer = users.get(to.get(str(case.pk), ""))
        if officer is None:
            continue

        def act(case: Application = case, officer: User = officer) -> Any:
            return assign_case_officer(
                actor=request.user,
                case=case,
                officer=officer,
                expected_version=versions.get(case.pk, -1),
                reason=reason,
            )

        results.append(attempt(act, case, officer))
    return results


def _targets(request: Any) -> dict[str, str]:
    parts = (text.split(":") for text in request.POST.getlist("case"))
    return {found[0]: found[2] for found in parts if len(found) == 3}
