"""What each requirement cost the firms, and the cases behind each number."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.pipeline import periods, queries
from applications.pipeline.friction import drawing
from applications.pipeline.friction.filters import WHAT, FrictionCasesFilter, FrictionFilter
from applications.pipeline.friction.lists import listed
from applications.pipeline.friction.report import BY, FEWEST, Report, report, title_of
from applications.pipeline.views.guard import for_managers
from applications.queries.tracks import notices_of

PAGE = 25


@for_managers
@require_safe
def friction(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = FrictionFilter(request.GET, regulators=queries.managed_by(request.user), today=today)
    form.full_clean()
    found = report_of(form)
    context: dict[str, Any] = {
        "form": form,
        "report": found,
        "chart": drawing.worst_ten(found, form.chosen_period) if found else None,
        "fewest": FEWEST,
        "types": [(form.query(type=code), code, title) for code, title in form.titles().items()],
        "periods": [(form.query(period=one.code), one) for one in periods.choices(today)],
        "orders": [(form.query(by=by), by, words) for by, words in BY.items()],
        "now": timezone.now(),
    }
    return render(request, "pipeline/friction.html", context, status=200 if form.is_valid() else 400)


def report_of(form: FrictionFilter) -> Report | None:
    """None where the form is refused, or there is no licence type."""
    chosen = form.chosen_type if form.is_valid() else None
    if chosen is None:
        return None
    return report(chosen, period=form.chosen_period, by=form.chosen_by, today=form.today)


@for_managers
@require_safe
def friction_cases(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = FrictionCasesFilter(request.GET, regulators=queries.managed_by(request.user), today=today)
    if not form.is_valid():
        return render(request, "pipeline/friction_cases.html", {"form": form}, status=400)
    given = form.cleaned_data
    rows = listed(
        queries.cases_of(request.user),
        form.types[given["type"]],
        requirement=given["requirement"],
        period=given["period"],
        what=given["what"],
        today=today,
        after=given["after"],
        most=PAGE + 1,
    )
    context = {
        "form": form,
        "requirement": f"{given['requirement']} {title_of(given['type'], given['requirement'])}",
        "what": WHAT[given["what"]],
        "choices": [(form.url(what=what), what, words) for what, words in WHAT.items()],
        "rows": rows[:PAGE],
        "notices": notices_of([row.case for row in rows[:PAGE]]),
        "next_url": form.url(after=str(rows[PAGE - 1].case.pk)) if len(rows) > PAGE else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/friction_cases.html", context)
