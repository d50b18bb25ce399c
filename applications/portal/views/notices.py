"""The notice centre: what was told to this person by mail, in the words of the mail."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.portal.access import page
from notifications.centre import as_key, page_of, path_of
from notifications.queries import notices_of, references_of, unread_count
from notifications.services import mark_all_read, mark_read


@page("GET")
def notices(request: SignedIn) -> HttpResponse:
    """Newest first, of one case or of all, a page at a time from the last notice that was shown."""
    _not_for_staff(request)
    about, found = _reference(request.GET), notices_of(request.user)
    if about:
        found = found.filter(subject_ref=about)
    context = {
        **page_of(found, before=request.GET.get("before", "")),
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
    context = {"notice_read": found, "path": path_of(found), "unread": unread_count(request.user)}
    return render(request, "portal/notice.html", context)


@page("POST")
def read(request: SignedIn) -> HttpResponse:
    """Marks one notice as read, or those of one case, or all."""
    _not_for_staff(request)
    one = request.POST.get("notice", "")
    if one:
        key = as_key(one)
        if key is None:
            raise Http404
        mark_read(user=request.user, pk=key)
        return redirect("portal:notices")
    mark_all_read(user=request.user, subject_ref=_reference(request.POST))
    messages.success(request, _("The notices are marked as read."))
    return redirect("portal:notices")


def _reference(data: QueryDict) -> str:
    return data.get("case", "").replace("\0", "")[:100]


def _not_for_staff(request: SignedIn) -> None:
    if request.user.is_staff:
        raise Http404
