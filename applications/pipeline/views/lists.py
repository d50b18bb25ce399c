"""The lists behind the numbers."""

from django.db.models import Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.pipeline import case_filter, filters, named, queries
from applications.pipeline.views.guard import for_managers
from applications.pipeline.views.rows import row
from applications.queries.passages import took
from applications.queries.tracks import notices_of

PAGE = 25


@for_managers
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    form = _filter(request)
    found, more = form.page(PAGE)
    context = {
        "form": form,
        "rows": [row(case) for case in found],
        "notices": notices_of(found),
        "next_url": form.url(after=str(found[-1].pk)) if more else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/cases.html", context, status=200 if form.is_valid() else 400)


@for_managers
@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    form = filters.StepFilter(
        request.GET, codes=queries.codes_managed_by(request.user), today=timezone.localdate()
    )
    if not form.is_valid():
        return render(request, "pipeline/steps.html", {"form": form}, status=400)
    given = form.cleaned_data
    mine = queries.cases_of(request.user)
    found = queries.steps(form.narrowed(mine), given["period"], act=given["act"], stage=given["stage"])
    if given["after"]:
        found = found.filter(pk__gt=given["after"])
    events = list(found[: PAGE + 1])
    titles = named.stage_titles()
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
    form = filters.PassageFilter(
        request.GET, codes=queries.codes_managed_by(request.user), today=timezone.localdate()
    )
    if not form.is_valid():
        return render(request, "pipeline/passages.html", {"form": form}, status=400)
    given = form.cleaned_data
    found = queries.passages(request.user, types=form.types, stage=given["stage"], period=given["period"])
    if given["after"]:
        last = Subquery(found.filter(pk=given["after"]).values("ended_on")[:1])
        found = found.filter(Q(ended_on__lt=last) | Q(ended_on=last, pk__lt=given["after"]))
    rows = list(found[: PAGE + 1])
    shown = took(rows[:PAGE])
    context = {
        "form": form,
        "title": named.stage_titles().get(given["stage"]) or _("The whole case"),
        "rows": shown,
        "notices": notices_of([passage.application for passage in shown]),
        "next_url": form.url(after=str(rows[PAGE - 1].pk)) if len(rows) > PAGE else "",
        "first_url": form.url() if "after" in request.GET else "",
        "now": timezone.now(),
    }
    return render(request, "pipeline/passages.html", context)


def _filter(request: HttpRequest) -> case_filter.CaseFilter:
    return case_filter.CaseFilter(
        request.GET,
        cases=queries.cases_of(request.user),
        regulators=queries.managed_by(request.user),
        today=timezone.localdate(),
    )
