"""Guidance tasks: asked for from the report, answered by whoever keeps the rule book."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import SignedIn
from applications.models import GuidanceTask
from applications.pipeline import guidance, queries
from applications.pipeline.filters import StrictForm
from applications.pipeline.friction.drawing import said
from applications.pipeline.friction.filters import FrictionFilter
from applications.pipeline.friction.report import BY, title_of
from applications.pipeline.named import type_titles
from applications.pipeline.periods import Period
from applications.pipeline.views.friction import report_of
from applications.pipeline.views.guard import View, for_managers
from workflow.errors import Reason, Refused, status_of

CLOSED = [outcome for outcome in GuidanceTask.OUTCOMES if outcome[0]]
TAGS = {GuidanceTask.OPEN: "look", GuidanceTask.DONE: "ok", GuidanceTask.DECLINED: "done"}


class TaskFilter(StrictForm):
    task = forms.IntegerField(
        label=gettext_lazy("Guidance task"), required=False, min_value=1, max_value=2**63 - 1
    )


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who keeps the rule book"), queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("An administrator or a lead reviewer of the regulator."),
    )  # fmt: skip

    def __init__(self, data: Any, *, regulator_id: int) -> None:
        super().__init__(data)
        field: Any = self.fields["owner"]
        field.queryset = guidance.possible_owners(regulator_id).order_by("full_name", "pk")
        field.label_from_instance = lambda user: user.full_name


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=CLOSED, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("What was changed, or why nothing is"), widget=forms.Textarea, max_length=4000,
        help_text=gettext_lazy("For example the version of the rule book that has the new guidance."),
    )  # fmt: skip


def for_keepers(view: View) -> View:
    """Whoever neither manages a regulator nor may keep its rule books finds nothing here."""

    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not guidance.looked_after(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def tasks(request: SignedIn) -> HttpResponse:
    """The tasks; with one of them in the address, it alone, with what can be done to it."""
    form = TaskFilter(request.GET)
    if not form.is_valid():
        return _page(request, {"form": form}, 400)
    task_id = form.cleaned_data["task"]
    if task_id is None:
        rows = [_row(task) for task in guidance.shown_to(request.user)]
        if request.method == "POST":
            refused = [Reason(_("Open one of the tasks, and choose there what to do with it."))]
            return _page(request, {"rows": rows, "refused": refused}, 400)
        return _page(request, {"rows": rows}, 200)
    task = guidance.seen_by(request.user).filter(pk=task_id).first()
    if task is None:
        raise Http404
    if request.method == "POST":
        return _posted(request, task)
    return _one(request, task, status=200)


def _posted(request: SignedIn, task: GuidanceTask) -> HttpResponse:
    act = request.POST.get("act")
    if act == "answer":
        form: forms.Form = AnswerForm(request.POST)
        run: Callable[..., Any] = guidance.close_task
        done = _("The task is closed.")
    elif act == "hand_over":
        form = OwnerForm(request.POST, regulator_id=task.licence_type.regulator_id)
        run, done = guidance.hand_over, _("The task is handed over.")
    else:
        refused = [Reason(_("Choose what to do with one of the buttons here."))]
        return _one(request, task, status=400, refused=refused)
    if not form.is_valid():
        return _one(request, task, status=400, **{act: form})
    try:
        run(actor=request.user, task_id=task.pk, **form.cleaned_data)
    except Refused as refusal:
        return _one(request, task, status=status_of(refusal), refused=refusal.reasons, **{act: form})
    messages.success(request, done)
    return redirect("pipeline:guidance")


def _one(request: SignedIn, task: GuidanceTask, *, status: int, **shown: Any) -> HttpResponse:
    regulator_id = task.licence_type.regulator_id
    manages, owns = regulator_id in queries.managed_by(request.user), task.owner_id == request.user.pk
    if task.outcome == GuidanceTask.OPEN and owns:
        shown.setdefault("answer", AnswerForm(None))
    if task.outcome == GuidanceTask.OPEN and (owns or manages):
        shown.setdefault("hand_over", OwnerForm(None, regulator_id=regulator_id))
    wrong = next(
        (form for name in ("answer", "hand_over") if (form := shown.get(name)) and form.errors), None
    )
    return _page(request, {"row": _row(task), "form": wrong, **shown}, status)


def _page(request: SignedIn, context: dict[str, Any], status: int) -> HttpResponse:
    context |= {"now": timezone.now(), "outsider": not queries.managed_by(request.user)}
    return render(request, "pipeline/guidance.html", context, status=status)


def _row(task: GuidanceTask) -> dict[str, Any]:
    code = task.licence_type.code
    period = Period(code=task.period, first=task.first, last=task.last)
    return {
        "task": task,
        "tag": TAGS[task.outcome],
        "title": title_of(code, task.requirement),
        "licence_type": type_titles().get(code, code),
        "period": period,
        "url": f"{reverse('pipeline:guidance')}?task={task.pk}",
    }


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """The worst ten, as the address chooses them, to be made into tasks."""
    chosen = FrictionFilter(
        request.GET, regulators=queries.managed_by(request.user), today=timezone.localdate()
    )
    found = report_of(chosen)
    licence_type = chosen.chosen_type if found else None
    if found is None or licence_type is None:
        return render(request, "pipeline/guidance_new.html", {"form": chosen}, status=400)
    form = OwnerForm(request.POST or None, regulator_id=licence_type.regulator_id)
    refused: list[Any] = []
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _made(request, chosen, form, [row.counts for row in found.worst])
            except Refused as refusal:
                refused, status = list(refusal.reasons), status_of(refusal)
    context = {
        "form": form,
        "report": found,
        "worst": [(row, said(row, found.by)) for row in found.worst],
        "measure": BY[found.by],
        "period": chosen.chosen_period,
        "licence_type": type_titles()[licence_type.code],
        "back": reverse("pipeline:friction") + chosen.query(),
        "refused": refused,
        "now": timezone.now(),
    }
    return render(request, "pipeline/guidance_new.html", context, status=status)


def _made(request: SignedIn, chosen: FrictionFilter, form: OwnerForm, worst: list[Any]) -> HttpResponse:
    made = guidance.ask_for_guidance(
        actor=request.user,
        licence_type=chosen.chosen_type,  # type: ignore[arg-type]  # there is a report
        owner=form.cleaned_data["owner"],
        period=chosen.chosen_period,
        worst=worst,
    )
    told = ngettext("%(count)s task was made.", "%(count)s tasks were made.", len(made))
    messages.success(request, told % {"count": len(made)})
    return redirect("pipeline:guidance")
