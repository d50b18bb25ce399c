"""The page of saved views: keep one, rename it, share it, open with it, remove it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.desk.pages.base import posted_version
from applications.desk.worklist.filters import KEPT, known_only
from applications.desk.worklist.frame import frame
from applications.desk.worklist.whose import types_of
from applications.models import SavedView
from applications.queries.saved_views import regulators_to_choose, views_for
from applications.services import saved_views as services
from regulators.queries import regulators_of
from workflow.errors import Gone, NotReady, Reason, Refused, status_of


def show(model_admin: Any, request: Any) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if not regulators_of(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(model_admin, request)
    acts = {"save": _save, "change": _change, "remove": _remove, "first": _first, "none": _none}
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        return _page(
            model_admin, request, status=422, reasons=[Reason(_("Choose what to do with the view."))]
        )
    try:
        url, words = act(request)
    except Gone as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        return _page(model_admin, request, status=status_of(refusal), reasons=refusal.reasons)
    messages.success(request, words)
    return HttpResponseRedirect(url)


def _page(
    model_admin: Any, request: Any, *, status: int = 200, reasons: list[Reason] | None = None
) -> HttpResponse:
    """What was typed for a view that was not taken stands in the form again."""
    views = list(views_for(request.user).select_related("owner", "regulator"))
    failed = request.POST if reasons else {}
    typed = {
        "name": failed.get("view_name", ""),
        "shared": bool(failed.get("view_shared")),
        "regulator": failed.get("view_regulator", ""),
    }
    context = {
        **frame(model_admin, request, _("Saved views")),
        "own": [v for v in views if v.owner_id == request.user.pk],
        "others": [v for v in views if v.owner_id != request.user.pk],
        "reasons": reasons,
        "regulators": regulators_to_choose(request.user),
        "again": typed if failed.get("act") == "save" else None,
        "again_filters": _filters(request) if failed.get("act") == "save" else {},
    }
    return TemplateResponse(request, "admin/applications/views.html", context, status=status)


def _filters(request: Any) -> dict[str, str]:
    held = {name: request.POST[name] for name in KEPT if request.POST.get(name)}
    return known_only(held, user=request.user, types=types_of(request.user))[0]


def _name(request: Any) -> str:
    return str(request.POST.get("view_name", "")).replace("\0", "")[:60]


def _regulator(request: Any) -> int:
    """The one that this person serves; where there are several, the one that was chosen."""
    served = regulators_of(request.user)
    if len(served) == 1:
        return min(served)
    chosen = {str(pk): pk for pk in served}.get(request.POST.get("view_regulator", ""))
    if chosen is None:
        raise NotReady([_("Choose the regulator whose worklist this is.")])
    return chosen


def _save(request: Any) -> tuple[str, str]:
    made = services.save_view(
        actor=request.user,
        name=_name(request),
        filters=_filters(request),
        shared=bool(request.POST.get("view_shared")),
        regulator_id=_regulator(request),
    )
    return _url(made), _("The view is saved.")


def _change(request: Any) -> tuple[str, str]:
    services.change_view(
        actor=request.user,
        view=_view(request),
        expected_version=posted_version(request.POST),
        name=_name(request),
        shared=bool(request.POST.get("view_shared")),
    )
    return request.path, _("The view is changed.")


def _remove(request: Any) -> tuple[str, str]:
    services.remove_view(actor=request.user, view=_view(request))
    return request.path, _("The view is removed.")


def _first(request: Any) -> tuple[str, str]:
    services.open_with(actor=request.user, view=_view(request))
    return request.path, _("The worklist opens with this view now.")


def _none(request: Any) -> tuple[str, str]:
    services.open_with(actor=request.user, view=None)
    return request.path, _("The worklist opens with your cases now.")


def _view(request: Any) -> SavedView:
    """Another's that is not shared with this person does not exist for them."""
    text = request.POST.get("view", "")
    known = views_for(request.user)
    found = (
        known.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 18 else None
    )
    if found is None:
        raise Gone
    return found


def _url(view: SavedView) -> str:
    return f"{reverse('admin:applications_application_changelist')}?view={view.pk}"
