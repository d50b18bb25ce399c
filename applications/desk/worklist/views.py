"""The worklist itself."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import ValidationError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.desk.worklist import bulk, cells, pages
from applications.desk.worklist.counts import narrowers
from applications.desk.worklist.filters import ME, Filter, known_only
from applications.desk.worklist.frame import frame
from applications.desk.worklist.whose import mine, mine_in_words, types_of
from applications.models import SavedView
from applications.queries.assigning import assigns_at
from applications.queries.saved_views import regulators_to_choose, views_for
from applications.queries.tracks import notices_of
from regulators.models import LicenceType
from regulators.queries import regulators_of


def show(model_admin: Any, request: Any) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not regulators_of(request.user):
        raise PermissionDenied
    user, types = request.user, types_of(request.user)
    views = list(views_for(user))
    data, view, lost = asked_for(request, types, views)
    form = Filter(data, user=user, types=types)
    leaf = _leaf(form)
    rows = [_row(case, types, user) for case in leaf.rows]
    context = {
        **frame(model_admin, request, _("Worklist")),
        "form": form,
        "rows": rows,
        "notices": notices_of(leaf.rows),
        "view": view,
        "views": views,
        "regulators": regulators_to_choose(user),
        "views_url": reverse("admin:applications_application_views"),
        "lost": lost,
        "mine": mine_in_words(user),
        "assigns": bool(assigns_at(user, regulators_of(user))),
        "most": bulk.MOST,
        "more_than": pages.MOST,
    }
    if not form.errors:
        keys = [(case.pk, case.state) for case in leaf.rows]
        found = pages.capped_keys(form.found()) if leaf.next or leaf.previous else keys
        context |= {
            "next_url": form.url(after=leaf.next) if leaf.next else "",
            "previous_url": form.url(before=leaf.previous) if leaf.previous else "",
            "first_url": form.url() if leaf.previous else "",
            "found": len(found),
            "narrowers": narrowers(form, found),
        }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/applications/worklist.html", context, status=status)


def asked_for(
    request: Any, types: list[LicenceType], views: list[SavedView]
) -> tuple[dict[str, str], SavedView | None, list[str]]:
    """What the address asks for: its own filters; those of the view that it names; without any, the view that
    this person opens with, else what is theirs. With the view, and the filters of it that exist no more.
    """
    data = {name: request.GET[name] for name in request.GET}
    named = data.get("view", "") if data.keys() <= {"view", "after", "before"} else ""
    chosen = [v for v in views if (str(v.pk) == named if named else not data and v.is_default)]  # type: ignore[attr-defined]
    if chosen:
        kept, lost = known_only(chosen[0].filters, user=request.user, types=types)
        return kept | {k: v for k, v in data.items() if k != "view"}, chosen[0], lost
    if not data and mine(request.user) is not None:
        data = {"whose": ME}
    return data, None, []


def _leaf(form: Filter) -> pages.Leaf:
    nothing = pages.Leaf(rows=[], next="", previous="")
    if not form.is_valid():
        return nothing
    cases = form.found().select_related("firm", "rulebook", "case_officer")
    try:
        return pages.leaf(cases, form)
    except ValidationError as error:
        form.add_error(None, error)
        return nothing


def _row(case: Any, types: list[LicenceType], user: Any) -> dict[str, Any]:
    case.licence_type = next(t for t in types if t.pk == case.licence_type_id)
    case.reader = user
    return {
        "case": case,
        "reference": cells.reference_cell(case),
        "firm": cells.firm_cell(case),
        "stage": cells.stage_cell(case),
        "waiting": cells.waiting_cell(case),
        "age": cells.age_cell(case),
        "officer": case.case_officer,
        "active": cells.active_cell(case),
    }
