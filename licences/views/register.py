"""The register of this service, open to everybody."""

import csv

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from licences import exports, queries

PAGE = 25
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Cyrillic wrongly


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[: queries.LONGEST_SEARCH]
    page = Paginator(queries.search(words), PAGE).get_page(request.GET.get("page"))
    return render(request, "register/list.html", {"q": words, "page": page})


@require_safe
def entry(request: HttpRequest, number: str) -> HttpResponse:
    licence = queries.with_history().filter(number=number).first()
    if licence is None:
        raise Http404
    return render(request, "register/entry.html", {"licence": licence})


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    licences = [exports.as_record(licence) for licence in queries.with_history()]
    return JsonResponse({"licences": licences}, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="register.csv"'
    sheet = csv.writer(response)
    sheet.writerow(exports.COLUMNS)
    sheet.writerows(exports.as_row(licence) for licence in queries.register())
    return response
