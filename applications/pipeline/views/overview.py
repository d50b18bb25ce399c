"""The page that one opens in the morning."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models.tallies import Counted
from applications.pipeline import filters, named, periods, queries, tallies
from applications.pipeline.figures import Overview, address
from applications.pipeline.periods import RECENT, period_from
from applications.pipeline.views.guard import for_managers
from applications.pipeline.views.rows import row
from applications.queries.tracks import notices_of

MOST = 10  # of each list on the page


@for_managers
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = filters.OverviewFilter(request.GET, codes=queries.codes_managed_by(request.user), today=today)
    form.full_clean()
    counts = tallies.counted(
        queries.managed_by(request.user),
        what=(Counted.PLACE, Counted.ENDED, Counted.STEP),
        today=today,
        ended=(period_from(RECENT, today), form.chosen_period),
        steps=form.chosen_period,
    )
    figures = Overview(
        counts, period=form.chosen_period, today=today, types=form.types, url=address(form.scope)
    )
    cases = form.narrowed(queries.cases_of(request.user))
    awaiting = queries.awaiting_decision(cases, today, MOST)
    due = queries.nearly_due(cases, today, until=filters.soon(today), most=MOST)
    context = {
        "form": form,
        "figures": figures,
        "scopes": form.choices({one.licence_type for one in counts}),
        "periods": periods.choices(today),
        "now": timezone.now(),
        "awaiting": [row(case) for case in awaiting],
        "due": [row(case) for case in due.cases],
        "over": figures.of(due.over, due=named.OVERDUE),
        "soon": figures.of(due.coming, due=named.SOON),
        "notices": notices_of([*awaiting, *due.cases]),
    }
    return render(request, "pipeline/overview.html", context, status=200 if form.is_valid() else 400)
