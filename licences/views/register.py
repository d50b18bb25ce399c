"""The register of this service, open to everybody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http import StreamingHttpResponse as Stream
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from licences import exports, queries, standing
from licences.models import Licence
from licences.states import LicenceState

PAGE = 25
AT_ONCE = 500  # licences read from the database at a time, with their history

Lines = Callable[[Iterable[Licence], datetime], Iterator[str]]


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[: queries.LONGEST_SEARCH]
    states, regulators = LicenceState.choices, queries.regulators_in_the_register()
    chosen = {
        "state": _one_of(request.GET.get("state"), states),
        "regulator": _one_of(request.GET.get("regulator"), regulators),
    }
    found = queries.search(words).filter(**{name: value for name, value in chosen.items() if value})
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "q": words,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "states": states,
        "regulators": regulators,
        "chosen": chosen,
        "narrowed": bool(words or any(chosen.values())),
        "kept": kept.urlencode(),
    }
    return render(request, "register/list.html", context)


@require_safe
def entry(request: HttpRequest, number: str) -> HttpResponse:
    licence = _licence_or_404(number)
    history = list(licence.history.all())
    context = {
        "licence": licence,
        "conditions": standing.conditions_of(licence, history),
        "history": standing.history_of(history),
    }
    return render(request, "register/entry.html", context)


@require_safe
def entry_json(request: HttpRequest, number: str) -> HttpResponse:
    record = exports.as_record(_licence_or_404(number))
    stamped = {"generated_at": timezone.now().isoformat(), **record}
    return JsonResponse(stamped, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _mark(request: HttpRequest) -> str:
    return queries.mark()


@require_safe
@condition(etag_func=_mark)
def as_json(request: HttpRequest) -> HttpResponseBase:
    return _whole(queries.with_history(), exports.json_lines, "application/json")


@require_safe
@condition(etag_func=_mark)
def as_csv(request: HttpRequest) -> HttpResponseBase:
    response = _whole(queries.register(), exports.csv_lines, "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="register.csv"'
    return response


def _whole(licences: QuerySet[Licence], lines: Lines, content_type: str) -> HttpResponseBase:
    """The whole register, a part at a time: its size is no matter for the memory of this process."""
    parts = lines(licences.iterator(chunk_size=AT_ONCE), timezone.now())
    return Stream(parts, content_type=content_type)


def _licence_or_404(number: str) -> Licence:
    licence = queries.with_history().filter(number=number).first()
    if licence is None:
        raise Http404
    return licence


def _one_of(value: str | None, choices: Iterable[tuple[Any, Any]]) -> str:
    """The chosen one, or "" where it is none of them."""
    return value if value in {str(code) for code, _name in choices} else ""
