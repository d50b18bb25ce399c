"""What is typed and not saved yet: kept while one types, and thrown away where it is not wanted."""

from http import HTTPStatus

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedIn
from accounts.sessions import passive
from applications.portal.access import page
from applications.portal.typed import clock, is_own, read_mark, typed_fields
from applications.services.typed import TooMuch, keep_typed
from workflow.errors import Gone

A_MINUTE = 60
PER_MINUTE = 60  # for one person, all their pages together


@passive
@csrf_exempt
@never_cache
@require_POST
def typed(request: HttpRequest) -> HttpResponse:
    """Keeps the fields of a page, for the script that sends them while one types. No activity of a person.

    The mark in the form proves that it is a page of ours and whose, so no token is asked for, which would be
    another one after each sign-in. 401 where the session has ended: the text is kept all the same.
    """
    mark = read_mark(request)
    person = User.objects.filter(pk=mark.user_id).first() if mark else None
    if mark is None or person is None or (request.user.is_authenticated and not is_own(request, mark)):
        raise Http404
    if _too_often(mark.user_id):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(A_MINUTE)})
    try:
        kept = keep_typed(
            actor=person, case_id=mark.case_id, path=mark.path, fields=typed_fields(request.POST)
        )
    except Gone as gone:
        raise Http404 from gone
    except TooMuch as refusal:
        return JsonResponse({"why": str(refusal)}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    status = HTTPStatus.OK if request.user.is_authenticated else HTTPStatus.UNAUTHORIZED
    return JsonResponse({"at": clock(kept.at)}, status=status)


@page("POST")
def typed_away(request: SignedIn) -> HttpResponse:
    """Back to the page as it is stored; what was typed on it goes, as after every act of its form."""
    mark = read_mark(request)
    if mark is None or not is_own(request, mark):
        raise Http404
    return redirect(mark.path)


def _too_often(user_id: int) -> bool:
    """Counted in the cache; where that is away, nobody is held up."""
    minute = int(timezone.now().timestamp()) // A_MINUTE
    key = f"typed:{user_id}:{minute}"
    try:
        caches["quick"].add(key, 0, A_MINUTE * 2)
        return caches["quick"].incr(key) > PER_MINUTE
    except Exception:
        return False
