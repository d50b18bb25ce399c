"""What the desk's own history says of its open cases."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.pipeline import filters, named, queries
from applications.pipeline.figures import address
from applications.pipeline.forecast import decisions, journeys, outlook, reading
from applications.pipeline.forecast.drawing import of_decisions, percent
from applications.pipeline.forecast.kept import KEPT_FOR, forecast_of
from applications.pipeline.forecast.outlook import Risk
from applications.pipeline.views.guard import for_managers
from applications.queries.tracks import notices_of
from regulators.rulebook import say


@for_managers
@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = filters.ForecastFilter(request.GET, codes=queries.codes_managed_by(request.user), today=today)
    if not form.is_valid():
        return render(request, "pipeline/forecast.html", {"form": form}, status=400)
    seed = form.cleaned_data["seed"]
    if seed is None:
        seed = outlook.seed_of(today)
    kept = forecast_of(queries.managed_by(request.user), chosen=form.types, seed=seed, today=today)
    found = kept.outlook
    cases = queries.cases_of(request.user).select_related("firm", "rulebook")
    by_key = cases.in_bulk([risk.spot.case for risk in found.risks]) if found.risks else {}
    titles = named.type_titles()
    context = {
        "form": form,
        "found": found,
        "ahead": kept.ahead,
        "bases": [(titles.get(one.code, one.code), one) for one in found.bases],
        "scopes": form.choices(found.types),
        "is_mixed": len(found.bases) > 1,
        "rows": [_row(risk, by_key[risk.spot.case]) for risk in found.risks if risk.spot.case in by_key],
        "chart": of_decisions(found) if found.used else None,
        "notices": notices_of(by_key.values()),
        "another": address(form.scope)("forecast", seed=str((seed + 1) % filters.LARGEST_SEED)),
        "least": outlook.LEAST,
        "newest": reading.NEWEST,
        "journeys": journeys.NUMBER,
        "draws": decisions.DRAWS,
        "minutes": KEPT_FOR // 60,
        "now": kept.at,
    }
    return render(request, "pipeline/forecast.html", context)


def _row(risk: Risk, case: Any) -> dict[str, Any]:
    return {
        "case": case,
        "licence_type": say(case.book.licence_type_title),
        "place": named.place_in_words(risk.spot.place),
        "spot": risk.spot,
        "chance": percent(risk.chance.value),
        "low": percent(risk.chance.low),
        "high": percent(risk.chance.high),
        "cases": risk.chance.cases,
    }
