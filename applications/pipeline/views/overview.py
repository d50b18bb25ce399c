"""The page that one opens in the morning."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.pipeline import filters, periods, queries, tallies
from applications.pipeline.days import working_days
from applications.pipeline.figures import Overview
from applications.pipeline.periods import first_month
from applications.pipeline.views.guard import for_managers
from applications.pipeline.views.rows import row
from applications.queries.tracks import notices_of

MOST_AWAITING = 10


@for_managers
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = filters.OverviewFilter(request.GET, today=today)
    form.full_clean()
    chosen, regulators, since = form.chosen_type, queries.managed_by(request.user), first_month(today)
    counts = tallies.counted(regulators, since=since, period=form.chosen_period)
    lasted = tallies.took(regulators, counts, since=since, chosen=chosen)
    figures = Overview(
        counts,
        lasted,
        period=form.chosen_period,
        today=today,
        days=working_days(today),
        licence_type=chosen,
    )
    types = {one.licence_type for one in counts}
    cases = queries.cases_of(request.user)
    if chosen:
        cases = cases.filter(licence_type__code=chosen)
    awaiting = queries.awaiting_decision(cases, today, MOST_AWAITING)
    steps_taken: list[dict[str, Any]] = [
        {"label": label, "figure": figures.steps(kind)} for kind, label in queries.STEPS.items()
    ]
    context = {
        "form": form,
        "figures": figures,
        "types": {code: title for code, title in filters.type_titles().items() if code in types},
        "chosen": chosen,
        "periods": periods.choices(today),
        "now": timezone.now(),
        "taken": [step for step in steps_taken if step["figure"].count],
        "not_taken": [step for step in steps_taken if not step["figure"].count],
        "awaiting": [row(case) for case in awaiting],
        "notices": notices_of(awaiting),
    }
    return render(request, "pipeline/overview.html", context, status=200 if form.is_valid() else 400)
