"""Pages that belong to no room: the start page, health, the language switch."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.i18n import set_language as django_set_language

from accounts.services import choose_language
from applications.portal import typed
from kzcustody_site import health
from regulators import books, periods
from regulators.rulebook import OUTCOMES, Book, say

__all__ = ["health_of_all", "healthz", "help_page", "home", "readyz", "set_language"]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Before sign-in: who may apply, what to have ready, how long it takes, what it costs, who signs."""
    kinds = [book.licence_type for book in books.all_books()]
    tracks = [books.current(kind) for kind in dict.fromkeys(kinds)]
    tracks.sort(key=lambda book: OUTCOMES.index(book.outcome))
    return render(request, "site/home.html", {"tracks": [(book, times_of(book)) for book in tracks]})


def times_of(book: Book) -> list[tuple[str, str]]:
    """Each period of the book in words, with whether it is law."""
    return [(say(clock.title), periods.in_words(clock)) for clock in book.clocks]


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503: a web server that can go on is left in its place."""
    ready = health.is_ready()
    return JsonResponse({"database": ready}, status=200 if ready else 503)


@require_GET
def health_of_all(request: HttpRequest) -> HttpResponse:
    """200 when every part lives, else 503."""
    state = health.reading()
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def set_language(request: HttpRequest) -> HttpResponse:
    """The language of the pages, kept in the browser and with the account. A form that is sent along with the
    choice is kept and shown again on the same page.
    """
    mark = typed.read_mark(request) if request.method == "POST" else None
    if mark and typed.is_own(request, mark) and typed.keep(request, mark):
        request.session[typed.QUIET] = mark.path
        typed.say_files(request)
    response: HttpResponse = django_set_language(request)
    if request.user.is_authenticated and settings.LANGUAGE_COOKIE_NAME in response.cookies:
        choose_language(user=request.user, language=response.cookies[settings.LANGUAGE_COOKIE_NAME].value)
    return response
