"""The notice centre at the desk: what this member of staff was told by mail, in the words of the mail."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.queries.staff_notices import staff_notices, unread_of_staff
from notifications.centre import as_key, page_of, path_of
from notifications.services import mark_all_read, mark_read

READ = ("GET", "HEAD")


def urls(site: AdminSite) -> list[URLPattern]:
    views: list[tuple[str, str, Callable[..., HttpResponse]]] = [
        ("notices/", "notices", shown),
        ("notices/read/", "notices_read", read),
        ("notices/<uuid:notice>/", "notice", one),
    ]
    return [path(address, site.admin_view(partial(view, site)), name=name) for address, name, view in views]


def shown(site: AdminSite, request: SignedIn) -> HttpResponse:
    """Newest first, all or what is new, a page at a time from the last notice that was shown."""
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    found, new = staff_notices(request.user), "new" in request.GET
    if new:
        found = found.filter(read_at=None)
    context = page_of(found, before=request.GET.get("before", ""))
    context |= {"title": _("Notices"), "new": new, "new_notices": unread_of_staff(request.user)}
    return _page(site, request, "admin/notices.html", context)


def one(site: AdminSite, request: SignedIn, notice: UUID) -> HttpResponse:
    """One notice. Its page changes nothing: it has a button that marks it as read."""
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    found = staff_notices(request.user).filter(uuid=notice).first()
    if found is None:
        raise Http404
    context = {"title": found.subject, "notice_read": found, "path": path_of(found)}
    return _page(site, request, "admin/notice.html", context)


def read(site: AdminSite, request: SignedIn) -> HttpResponse:
    """Marks one notice as read, or all of those that the person sees."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if "notice" in request.POST:
        key = as_key(request.POST["notice"])
        if key is None:
            raise Http404
        mark_read(user=request.user, pk=key)
    else:
        mark_all_read(user=request.user)
        messages.success(request, _("The notices are marked as read."))
    return HttpResponseRedirect(reverse("admin:notices"))


def _page(site: AdminSite, request: SignedIn, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context})
