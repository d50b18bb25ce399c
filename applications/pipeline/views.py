"""The manager's pages. Whoever manages no regulator finds nothing here."""

import csv
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import SignedIn
from accounts.second_factor import confirmed_first
from applications.pipeline import exports, filters, queries, services
from applications.pipeline.days import working_days
from applications.pipeline.figures import Figure, Overview
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
    today, cases = timezone.localdate(), queries.cases_of(request.user)
    groups = queries.tally(cases, today)
    types = {group.licence_type for group in groups}
    chosen = request.GET.get("type", "")
    if chosen:
        groups = [group for group in groups if group.licence_type == chosen]
        cases = cases.filter(licence_type__code=chosen)
    steps_taken = _steps_of_the_month(cases, today, chosen)
    awaiting = queries.awaiting_decision(cases, today, MOST_AWAITING)
    context = {
        "figures": Overview(groups, today=today, days=working_days(today), licence_type=chosen),
        "types": {code: title for code, title in filters.type_titles().items() if code in types},
        "chosen": chosen,
        "now": timezone.now(),
        "taken": [step for step in steps_taken if step["figure"].count],
        "not_taken": [step for step in steps_taken if not step["figure"].count],
        "awaiting": [_row(case) for case in awaiting],
        "notices": notices_of(awaiting),
    }
    return render(request, "pipeline/overview.html", context)


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
@confirmed_first(_("Export the cases, with the names of their officers"))
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
    form = filters.StepFilter(request.GET)
    if not form.is_valid():
        return render(request, "pipeline/steps.html", {"form": form}, status=400)
    mine = queries.cases_of(request.user)
    found = queries.steps(form.narrowed(mine), *queries.month_of(form.cleaned_data["month"]))
    found = found.filter(kind=form.cleaned_data["act"])
    if form.cleaned_data["after"]:
        found = found.filter(pk__gt=form.cleaned_data["after"])
    events = list(found.order_by("pk")[: PAGE + 1])
    behind = queries.cases_behind(events[:PAGE], mine)
    context = {
        "form": form,
        "act": queries.STEPS[form.cleaned_data["act"]],
        "rows": [(event, behind[event.subject]) for event in events[:PAGE]],
        "notices": notices_of(behind.values()),
        "next_url": form.url(after=str(events[PAGE - 1].pk)) if len(events) > PAGE else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/steps.html", context)


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


def _steps_of_the_month(cases: Any, today: date, licence_type: str) -> list[dict[str, Any]]:
    counts = queries.count_steps(cases, *queries.month_of(today))
    chosen = {"month": f"{today:%Y-%m}"} | ({"type": licence_type} if licence_type else {})
    found = []
    for kind, label in queries.STEPS.items():
        url = f"{reverse('pipeline:steps')}?{urlencode({'act': kind, **chosen})}"
        found.append({"kind": kind, "label": label, "figure": Figure(count=counts.get(kind, 0), url=url)})
    return found
