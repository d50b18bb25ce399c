"""The manager's pages. Whoever manages no regulator finds nothing here."""

import csv
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import SignedIn
from accounts.second_factor import confirmed_first
from applications.pipeline import exports, filters, periods, queries, services, tallies
from applications.pipeline.days import working_days
from applications.pipeline.figures import Overview
from applications.pipeline.periods import first_month
from applications.queries.passages import took
from applications.queries.tracks import notices_of
from applications.states import OPEN
from applications.states import ApplicationState as A
from regulators.rulebook import say

PAGE = 25
MOST_AWAITING = 10
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Cyrillic wrongly
TAGS = {A.RETURNED: "", A.GRANTED: "ok", A.REFUSED: "bad", A.NOT_ACCEPTED: "bad", A.LAPSED: "bad",
        A.WITHDRAWN: "done", A.RECOMMENDED: "act", A.REFUSAL_PROPOSED: "act"}  # fmt: skip

View = Callable[..., HttpResponse]


def for_managers(view: View) -> View:
    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        if not queries.managed_by(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


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
        "awaiting": [_row(case) for case in awaiting],
        "notices": notices_of(awaiting),
    }
    return render(request, "pipeline/overview.html", context, status=200 if form.is_valid() else 400)


@for_managers
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    found, more = form.page(PAGE)
    context = {
        "form": form,
        "rows": [_row(case) for case in found],
        "notices": notices_of(found),
        "next_url": form.url(after=str(found[-1].pk)) if more else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/cases.html", context, status=200 if form.is_valid() else 400)


@for_managers
@confirmed_first(gettext_lazy("Export the cases, with the names of their officers"))
@require_GET
def cases_csv(request: SignedIn) -> HttpResponse:
    form = _filter(request)
    if not form.is_valid():
        return render(request, "pipeline/cases.html", {"form": form, "now": timezone.now()}, status=400)
    today, chosen = timezone.localdate(), form.query().removeprefix("?")
    rows = [exports.as_row(case, today=today, filters=chosen) for case in form.narrowed().with_case()]
    services.record_export(actor=request.user, filters=chosen, rows=len(rows))
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pipeline-{today.isoformat()}.csv"'
    sheet = csv.writer(response)
    sheet.writerow(exports.COLUMNS)
    sheet.writerows(rows)
    return response


@for_managers
@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    form = filters.StepFilter(request.GET, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "pipeline/steps.html", {"form": form}, status=400)
    given = form.cleaned_data
    mine = queries.cases_of(request.user)
    found = queries.steps(form.narrowed(mine), given["period"]).filter(kind=given["act"])
    if given["stage"]:
        found = found.filter(data__stage=given["stage"])
    if given["after"]:
        found = found.filter(pk__gt=given["after"])
    events = list(found.order_by("pk")[: PAGE + 1])
    titles = filters.stage_titles()
    behind = queries.cases_behind(events[:PAGE], mine)
    context = {
        "form": form,
        "act": queries.STEPS[given["act"]],
        "stage": titles.get(given["stage"], ""),
        "of_stages": given["act"].startswith("stage."),
        "rows": [
            (event, behind[event.subject], titles.get(event.data.get("stage", ""), ""))
            for event in events[:PAGE]
        ],
        "notices": notices_of(behind.values()),
        "next_url": form.url(after=str(events[PAGE - 1].pk)) if len(events) > PAGE else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/steps.html", context)


@for_managers
@require_safe
def passages(request: HttpRequest) -> HttpResponse:
    form = filters.PassageFilter(request.GET, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "pipeline/passages.html", {"form": form}, status=400)
    given = form.cleaned_data
    mine = form.narrowed(queries.cases_of(request.user))
    found = queries.passages(mine, stage=given["stage"], period=given["period"])
    if given["after"]:
        last = Subquery(found.filter(pk=given["after"]).values("ended_on")[:1])
        found = found.filter(Q(ended_on__lt=last) | Q(ended_on=last, pk__lt=given["after"]))
    rows = list(found[: PAGE + 1])
    shown = took(rows[:PAGE])
    context = {
        "form": form,
        "title": filters.stage_titles().get(given["stage"]) or _("The whole case"),
        "rows": shown,
        "notices": notices_of([passage.application for passage in shown]),
        "next_url": form.url(after=str(rows[PAGE - 1].pk)) if len(rows) > PAGE else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/passages.html", context)


def _filter(request: HttpRequest) -> filters.CaseFilter:
    return filters.CaseFilter(
        request.GET,
        cases=queries.cases_of(request.user),
        regulators=queries.managed_by(request.user),
        today=timezone.localdate(),
    )


def _row(case: Any) -> dict[str, Any]:
    """What a line of a list shows of a case with its place."""
    age = working_days(timezone.localdate()).between(case.submitted_on, timezone.localdate())
    return {
        "case": case,
        "tag": TAGS.get(A(case.state), "look"),
        "licence_type": say(case.book.licence_type_title),
        "stage": filters.place_in_words(case.place),
        "waiting": filters.waiting_in_words(case.waiting),
        "age": age if case.state in OPEN else None,
    }
