"""Lists as files: what is short comes at once, what is long is written in the background."""

import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.requests import SignedIn
from accounts.second_factor import confirmed_first
from applications.models import Export
from applications.pipeline import queries, services
from applications.pipeline.exports import sheets
from applications.pipeline.exports.lists import LISTS, Listed
from applications.pipeline.filters import StrictForm
from applications.pipeline.views.guard import for_managers
from workflow.errors import Refused

SHOWN = 30


@for_managers
@confirmed_first(gettext_lazy("Export a list of cases, with the names of their officers"))
@require_http_methods(["GET", "POST"])
def leave(request: SignedIn, what: str, form: str) -> HttpResponseBase:
    """The file, or where it is long a page that offers to write it in the background."""
    listed = LISTS[what]
    asked = listed.form(request.GET, request.user, timezone.localdate())
    if not asked.is_valid():
        page = {"form": asked, "now": timezone.now()}
        return render(request, f"pipeline/{what}.html", page, status=400)
    found = listed.found(asked, request.user)
    rows = found.order_by().count()
    if rows <= settings.EXPORT_ROWS_AT_ONCE:
        return _at_once(request, listed, form, asked, found)
    if request.method == "POST":
        return _in_background(request, listed, form, asked, rows)
    page = {
        "listed": listed,
        "format": form,
        "rows": rows,
        "words": listed.in_words(asked),
        "back": asked.url(),
        "too_long": form == Export.XLSX and rows > sheets.MOST_ROWS,
        "most": sheets.MOST_ROWS,
    }
    return render(request, "pipeline/export_ask.html", page)


def _at_once(request: SignedIn, listed: Listed, form: str, asked: Any, found: Any) -> HttpResponseBase:
    now, query = timezone.now(), listed.query(asked)
    about = sheets.About(
        title=listed.title,
        filters=query,
        in_words=listed.in_words(asked),
        by=request.user.full_name,
        as_at=now,
    )
    file = io.BytesIO()
    columns, read = listed.columns, listed.rows(found, request.user)
    rows = sheets.write(file, form, columns=columns, rows=read, about=about)
    services.record_export(actor=request.user, what=listed.code, form=form, filters=query, rows=rows)
    response = HttpResponse(file.getvalue(), content_type=sheets.TYPES[form])
    return _attached(response, sheets.file_name(listed.file, now, form))


def _in_background(request: SignedIn, listed: Listed, form: str, asked: Any, rows: int) -> HttpResponse:
    try:
        services.ask_for_export(
            owner=request.user,
            what=listed.code,
            form=form,
            query=listed.query(asked),
            words=listed.in_words(asked),
            rows=rows,
        )
    except Refused as refusal:
        return _exports(request, [str(reason) for reason in refusal.reasons], 409)
    messages.success(request, _("The list is being written. We write to you when it is ready."))
    return redirect("pipeline:exports")


@for_managers
@require_safe
def exports(request: SignedIn) -> HttpResponse:
    address = StrictForm(request.GET)
    return _exports(request, [], 200 if address.is_valid() else 400, form=address)


@for_managers
@confirmed_first(gettext_lazy("Open an export: a list of cases, with the names of their officers"))
@require_GET
def opened(request: SignedIn, export: int) -> HttpResponseBase:
    """The file, for the person who asked for it, as long as they manage all regulators that are in it."""
    found = get_object_or_404(Export, pk=export, owner=request.user)
    if found.status != Export.DONE or found.expires_at is None or found.expires_at <= timezone.now():
        return _exports(request, [_("This file is not there, or not any more. Export the list again.")], 410)
    if not set(found.regulators) <= queries.managed_by(request.user):
        return _exports(
            request, [_("This file has cases of a regulator that you do not manage any more.")], 403
        )
    services.record_opened(actor=request.user, export=found)
    pieces = found.pieces.values_list("content", flat=True).iterator(chunk_size=1)
    response = StreamingHttpResponse(map(bytes, pieces), content_type=sheets.TYPES[found.format])
    response["Content-Length"] = str(found.size)
    name = sheets.file_name(LISTS[found.what].file, found.ended_at or found.asked_at, found.format)
    return _attached(response, name)


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@for_managers
@require_POST
def retry(request: SignedIn, export: int) -> HttpResponse:
    try:
        services.retry_export(owner=request.user, export_id=export)
    except Export.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _exports(request, [str(reason) for reason in refusal.reasons], 409)
    return redirect("pipeline:exports")


def _exports(
    request: SignedIn, refused: list[str], status: int, *, form: StrictForm | None = None
) -> HttpResponse:
    """Their own, the newest first; those whose file is gone too, since they say what left the house."""
    found = list(Export.objects.filter(owner=request.user)[:SHOWN])
    page = {
        "rows": [{"export": one, "title": LISTS[one.what].title, "look": LOOKS[one.status]} for one in found],
        "waits": any(one.status in Export.WAITING for one in found),
        "refused": refused,
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "pipeline/exports.html", page, status=status)


LOOKS = {
    Export.QUEUED: "",
    Export.RUNNING: "work",
    Export.DONE: "ok",
    Export.FAILED: "bad",
    Export.EXPIRED: "done",
}
