"""Five pages. The queries of each, after the session and the user: list 2, search 2, detail 3, approve 5,
dashboard 3.
"""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from bench.floor.models import Case, Event, Stage


@login_required
def case_list(request):
    cases = Case.objects.select_related("officer")
    page = Paginator(cases, 25).get_page(request.GET.get("page"))
    return render(request, "floor/list.html", {"page": page})


@login_required
def search(request):
    """By what no index helps with, as a first search is written."""
    words = request.GET["q"]
    cases = Case.objects.select_related("officer").filter(
        Q(reference__icontains=words) | Q(firm__icontains=words)
    )
    page = Paginator(cases, 25).get_page(request.GET.get("page"))
    return render(request, "floor/list.html", {"page": page})


@login_required
def detail(request, pk):
    case = get_object_or_404(Case.objects.select_related("officer"), pk=pk)
    context = {"case": case, "stages": case.stages.all(), "events": case.events.select_related("actor")}
    return render(request, "floor/detail.html", context)


@login_required
def dashboard(request):
    """Counted when the page is opened."""
    context = {
        "states": Case.objects.order_by().values("state").annotate(count=Count("pk")),
        "stages": Stage.objects.order_by().values("code", "state").annotate(count=Count("pk")),
        "events": Event.objects.order_by().values("kind").annotate(count=Count("pk")),
    }
    return render(request, "floor/dashboard.html", context)


@login_required
@require_POST
def approve(request, pk, stage):
    approve_stage(pk, stage, actor=request.user)
    return redirect("detail", pk)


def approve_stage(case_id, stage_id, *, actor):
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        stage = Stage.objects.get(pk=stage_id, case=case)
        stage.approve()
        stage.save(update_fields=["state"])
        case.version += 1
        case.save(update_fields=["version"])
        Event.objects.create(case=case, kind="stage.approve", actor=actor, at=timezone.now())
