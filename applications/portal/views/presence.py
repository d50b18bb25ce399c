from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.sessions import passive
from applications.mandates import ANY
from applications.portal import presence as here
from applications.portal.access import case_or_404, may_read


@passive
@never_cache
@require_GET
def presence(request: Any, pk: UUID) -> HttpResponse:
    """Who else has a page of the case open, asked by the page every half minute. No activity of a person, and
    no way to the sign-in: the script would put that page into this one.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    case = case_or_404(request, pk, to=ANY)
    path = request.GET.get("page", request.path)
    if not path.startswith(reverse("portal:case", args=[case.pk])) or len(path) > 300:
        raise Http404
    user = request.user
    if not (user.has_perm("applications.edit_application", case) and _is_in_reach(user, case, path)):
        raise Http404
    context = {"colleagues": here.note(user, path, polled=True)}
    return render(request, "portal/parts/colleagues.html", context)


def _is_in_reach(user: Any, case: Any, path: str) -> bool:
    """All pages of the case for members of the firm; for an adviser those of the stages of the mandate."""
    if user.has_perm("applications.read_draft", case):
        return True
    try:
        return may_read(user, case, resolve(path).kwargs.get("stage"))
    except Resolver404:
        return False
