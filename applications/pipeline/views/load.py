"""Who has how much in hand, and giving cases to another from there."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedIn
from applications.models.standing import APPROVED
from applications.pipeline import filters, giving, named, queries, work
from applications.pipeline.load import Load, Row, points_of
from applications.pipeline.load_chart import chart_of
from applications.pipeline.people import people_of
from applications.pipeline.views.guard import for_managers
from applications.pipeline.views.rows import row as shown
from regulators.models import Role


@for_managers
@require_safe
def load(request: HttpRequest) -> HttpResponse:
    form = filters.StrictForm(request.GET)
    if not form.is_valid():
        return render(request, "pipeline/load.html", {"form": form}, status=400)
    figures = _load(request)
    nobodys = figures.row(None)
    people = [row.person for row in figures.rows if row.person]
    context = {
        "form": form,
        "figures": figures,
        "nobodys": nobodys,
        "chart": chart_of(figures.rows, nobodys),
        "weights": [(title, points_of(place)) for place, title in _places().items()],
        "takers": [one for one in people if one.has(Role.REVIEWER, Role.LEAD_REVIEWER)],
        "specialists": [one for one in people if one.has(Role.SPECIALIST)],
        "now": timezone.now(),
    }
    return render(request, "pipeline/load.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: SignedIn) -> HttpResponse:
    """What one has in hand; from there cases to another: first what it would change, then done."""
    posted = request.method == "POST"
    if posted and not giving.may_give(request.user):
        raise PermissionDenied
    figures = _load(request)
    who = giving.WhoForm(request.GET, people=figures.people)
    if not who.is_valid():
        return render(request, "pipeline/load_person.html", {"form": who}, status=400)
    key = who.cleaned_data["who"]
    giver, takers = figures.row(key), giving.takers_of(figures.rows, key)
    form = giving.GiveForm(_typed(request), takers=takers) if posted else None
    if form and form.is_valid():
        return _give(request, form, key, giver)
    cases = list(giving.in_hands_of(key, request.user, timezone.localdate())[: giving.MOST + 1])
    context = {
        "form": form,
        "giver": giver,
        "parts": [part for part in giver.parts if part.figure.count],
        "takers": takers,
        "rows": [_line(case, form) for case in cases[: giving.MOST]],
        "more": len(cases) > giving.MOST,
        "may_give": giving.may_give(request.user),
        "now": timezone.now(),
    }
    return render(request, "pipeline/load_person.html", context, status=422 if form else 200)


def _give(request: SignedIn, form: giving.GiveForm, key: int | None, giver: Row) -> HttpResponse:
    """What giving these cases would change; or, where one is sure, what came of each."""
    versions, taker, today = form.cleaned_data["case"], form.taker, timezone.localdate()
    assert taker.person is not None
    sure = form.cleaned_data["sure"]
    known = giving.cases_of(request.user, today) if sure else giving.in_hands_of(key, request.user, today)
    cases = list(known.filter(pk__in=list(versions)))
    context: dict[str, Any] = {
        "form": form,
        "giver": giver,
        "taker": taker,
        "left_out": len(versions) - len(cases),
    }
    if sure:
        reason = form.cleaned_data["reason"]
        results = giving.give(cases, actor=request.user, to=taker.person, versions=versions, reason=reason)
        context["done"] = [one for one in results if not one.why]
        context["failed"] = [one for one in results if one.why]
        return render(request, "pipeline/load_given.html", context)
    barred = giving.barred(cases, request.user, taker.person.user)
    going = [case for case in cases if case.pk not in barred]
    context["rows"] = [_line(case, form) | {"barred": case.pk in barred} for case in cases]
    context["going"] = len(going)
    context["effects"] = giving.effects(going, giver, taker)
    return render(request, "pipeline/load_give.html", context)


def _load(request: HttpRequest) -> Load:
    regulators, today = queries.managed_by(request.user), timezone.localdate()
    counts = work.counted(regulators, today)
    return Load(counts, people_of(regulators, today), today=today)


def _places() -> dict[str, str]:
    return named.stage_titles() | {APPROVED: named.place_in_words(APPROVED)}


def _typed(request: HttpRequest) -> QueryDict:
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    return data


def _line(case: Any, form: giving.GiveForm | None) -> dict[str, Any]:
    """A row of a list, with what the form takes for the case."""
    chosen = form.cleaned_data.get("case", {}) if form else {}
    value = f"{case.pk}:{chosen.get(case.pk, case.version)}"
    return shown(case) | {"value": value, "points": points_of(case.place), "chosen": case.pk in chosen}
