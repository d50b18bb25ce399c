"""The notice centre: what was told to this person by mail, in the words of the mail."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.portal.access import page
from notifications.queries import notices_of, references_of, unread_count
from notifications.services import mark_all_read, mark_read

SIZE = 20


@page("GET")
def notices(request: SignedIn) -> HttpResponse:
    """Newest first, of one case or of all, a page at a time from the last notice that was shown."""
    _not_for_staff(request)
    about, before = _reference(request.GET), request.GET.get("before", "")
    found = notices_of(request.user)
    if about:
        found = found.filter(subject_ref=about)
    if before.isascii() and before.isdigit() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found.defer("body_text", "body_html", "context")[: SIZE + 1])
    context = {
        "rows": rows[:SIZE],
        "older": rows[SIZE - 1].pk if len(rows) > SIZE else None,
        "about": about,
        "references": references_of(request.user),
        "unread": unread_count(request.user),
    }
    return render(request, "portal/notices.html", context)


@page("GET")
def notice(request: SignedIn, notice: UUID) -> HttpResponse:
    """One notice. Its page changes nothing: it has a button that marks it as read."""
    _not_for_staff(request)
    found = notices_of(request.user).filter(uuid=notice).first()
    if found is None:
        raise Http404
    path = found.url.removeprefix(settings.BASE_URL)
    context = {"notice_read": found, "path": path, "unread": unread_count(request.user)}
    return render(request, "portal/notice.html", context)


@page("POST")
def read(request: SignedIn) -> HttpResponse:
    """Marks one notice as read, or those of one case, or all."""
    _not_for_staff(request)
    one = request.POST.get("notice", "")
    if one:
        if not (one.isascii() and one.isdigit() and len(one) < 18):
            raise Http404
        mark_read(user=request.user, pk=int(one))
        return redirect("portal:notices")
    mark_all_read(user=request.user, subject_ref=_reference(request.POST))
    messages.success(request, _("The notices are marked as read."))
    return redirect("portal:notices")


def _reference(data: QueryDict) -> str:
    return data.get("case", "").replace("\0", "")[:100]


def _not_for_staff(request: SignedIn) -> None:
    if request.user.is_staff:
        raise Http404
