"""How long cases and stages took, and how long open ones stand where they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models.tallies import Counted
from applications.pipeline import filters, flow, periods, queries, tallies, times
from applications.pipeline.ages import Ages
from applications.pipeline.days import working_days
from applications.pipeline.figures import Overview, address
from applications.pipeline.periods import YEAR, first_month
from applications.pipeline.took import ended, took, took_by_month
from applications.pipeline.views.guard import for_managers

OF_A_WEEK = 2  # dots


@for_managers
@require_safe
def time(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = filters.TimeFilter(request.GET, codes=queries.codes_managed_by(request.user), today=today)
    form.full_clean()
    types = form.types
    regulators, since = queries.managed_by(request.user), first_month(today)
    counts = tallies.ages(regulators)
    lengths = took(regulators, since=since, types=types)
    found = ended(
        regulators, since=since, weeks=flow.weeks_from(since, today), stage=form.chosen_stage, types=types,
        each=OF_A_WEEK,
    )  # fmt: skip
    dots = times.dots_of(found, running=form.running)
    measure = Counted.RUNNING if form.running else Counted.TIME
    whole = next((one for one in lengths if one[:3] == (measure, form.chosen_stage, None)), None)
    url = address(form.scope)
    here = [one for one in counts if types is None or one.licence_type in types]
    days = working_days(today)
    stage = {"stage": form.chosen_stage} if form.chosen_stage else {}
    context = {
        "form": form,
        "scopes": form.choices({one.licence_type for one in counts}),
        "now": timezone.now(),
        "charts": [
            times.cycle(
                dots,
                whole,
                title=form.title(),
                url=url("passages", period=YEAR, **stage),
                each=OF_A_WEEK,
            ),
            times.ageing(times.standing(here, lengths, today=today, days=days), url=url),
        ],
        "times": times.table(lengths, url=url),
        "ages": Ages(here, today=today, days=days, url=url),
    }
    return render(request, "pipeline/time.html", context, status=200 if form.is_valid() else 400)


@for_managers
@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = filters.OverviewFilter(request.GET, codes=queries.codes_managed_by(request.user), today=today)
    form.full_clean()
    regulators, since = queries.managed_by(request.user), first_month(today)
    every = tallies.flows(regulators, since=min(flow.first_week(today), since))
    found = [one for one in every if form.types is None or one.licence_type in form.types]
    counts = tallies.counted(regulators, what=(Counted.STEP,), today=today, steps=form.chosen_period)
    lengths = took_by_month(regulators, months=periods.months(today), types=form.types)
    url = address(form.scope)
    acts = Overview(counts, period=form.chosen_period, today=today, types=form.types, url=url)
    steps = [(label, acts.steps(kind)) for kind, label in queries.STEPS.items()]
    context = {
        "form": form,
        "scopes": form.choices({one.licence_type for one in every}),
        "now": timezone.now(),
        "charts": [
            flow.cumulative(found, today, url),
            flow.throughput(found, today, url),
            flow.cohorts(found, lengths, today, url),
        ],
        "periods": periods.choices(today),
        "taken": [(label, figure) for label, figure in steps if figure.count],
        "not_taken": [(label, figure) for label, figure in steps if not figure.count],
    }
    return render(request, "pipeline/flow.html", context, status=200 if form.is_valid() else 400)
