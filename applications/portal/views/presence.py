from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.sessions import passive
from applications.portal import presence as here
from applications.portal.access import case_or_404


@passive
@never_cache
@require_GET
def presence(request: Any, pk: UUID) -> HttpResponse:
    """Who else has a page of the case open, asked by the page every half minute. No activity of a person, and
    no way to the sign-in: the script would put that page into this one.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    case = case_or_404(request, pk)
    path = request.GET.get("page", request.path)
    if not path.startswith(reverse("portal:case", args=[case.pk])) or len(path) > 300:
        raise Http404
    if not request.user.has_perm("applications.edit_application", case):
        raise Http404
    context = {"colleagues": here.note(request.user, path, polled=True)}
    return render(request, "portal/parts/colleagues.html", context)
