"""From the check of the answers to the confirmation; and what ends a case from the firm's side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.mandates import ANY
from applications.models import Application, Deadline
from applications.portal import outline
from applications.portal.access import KINDS, case_or_404, may_read, page, posted_version, show
from applications.portal.checked import check_of
from applications.portal.forms import ReasonForm
from applications.portal.kept import kept_of_before
from applications.queries.drafts import load_draft
from applications.queries.law import home_of
from applications.queries.private import as_read, hidden_people
from applications.services.drafting import discard_application
from applications.services.submission import withdraw_application
from applications.states import WITHDRAWABLE
from look.papers import pdf_links
from regulators import periods
from regulators.rulebook import PEOPLE, say
from workflow.errors import Refused

AFTER_SUBMISSION = ("completeness", "decision")


@page("GET")
def check(request: SignedIn, pk: UUID, stage: str = "") -> HttpResponse:
    """Every question that applies, with its answer, and a link to change it where it may be changed."""
    case = case_or_404(request, pk, to=stage or ANY)
    stages = [one for one in case.stages.order_by("order") if may_read(request.user, case, one.code)]
    is_whole = request.user.has_perm("applications.read_draft", case)
    for one in stages:
        one.application = case
    if stage and stage not in {one.code for one in stages}:
        raise Http404
    draft = load_draft(case, stages=None if is_whole else [one.code for one in stages])
    hidden = hidden_people(request.user, case)
    may_edit = request.user.has_perm("applications.edit_application", case)
    people = home_of(case, PEOPLE)
    found = check_of(
        case, draft, stages, only=stage, hidden=hidden,
        may_edit=may_edit, is_whole=is_whole,
        closed=frozenset(kind for kind in KINDS if not may_read(request.user, case, home_of(case, kind))),
    )  # fmt: skip
    only = found.stages[0] if stage and found.stages else None
    kept = () if stage or not is_whole else kept_of_before(case, as_read(draft, hidden))
    return show(
        request, "portal/check.html", case, tab="check", check=found, only=only,
        progress=outline.progress(found.outlines), kept=kept,
        people_open=may_edit and any(o.stage.code == people and o.editable for o in found.outlines),
    )  # fmt: skip


@page("GET")
def submitted(request: SignedIn, pk: UUID) -> HttpResponse:
    """The confirmation; it can be opened again at any time."""
    case = case_or_404(request, pk)
    snapshot = case.snapshots.order_by("-number").first()
    if snapshot is None:
        raise Http404
    pdf = reverse("portal:submission_pdf", args=[case.pk, snapshot.number])
    return show(
        request, "portal/submitted.html", case, snapshot=snapshot, steps=_steps(case), pdfs=pdf_links(pdf),
        declaration=snapshot.content["declaration"],
    )  # fmt: skip


def _steps(case: Application) -> list[dict[str, Any]]:
    """What the regulator does next, with its period and what that rests on, and its day where it is known."""
    running = {deadline.code: deadline for deadline in case.deadlines.filter(about="", met_at=None)}
    clocks = [clock for code in AFTER_SUBMISSION if (clock := case.book.clock(code))]
    return [
        {"title": say(clock.title), "length": periods.in_words(clock), **_day_of(running.get(clock.code))}
        for clock in clocks
    ]


def _day_of(deadline: Deadline | None) -> dict[str, Any]:
    if deadline is None:
        return {}
    missing = deadline.missing_year
    return {"due": deadline.due_on, "not_computable": periods.not_computable(missing) if missing else ""}


@page("GET", "POST")
def withdraw(request: SignedIn, pk: UUID) -> HttpResponse:
    case = case_or_404(request, pk)
    form = ReasonForm(
        _("Why do you withdraw the application?"),
        _("Say why you withdraw the application"),
        request.POST or None,
        initial={"version": case.version},
    )
    refusal = None
    if form.is_valid():
        try:
            withdraw_application(
                actor=request.user,
                case=case,
                expected_version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["text"],
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("The application is withdrawn."))
            return redirect("portal:case", case.pk)
    return show(
        request, "portal/withdraw.html", case, refusal=refusal, form=form,
        possible=case.state in WITHDRAWABLE, submissions=case.snapshots.count(),
    )  # fmt: skip


@page("GET", "POST")
def discard(request: SignedIn, pk: UUID) -> HttpResponse:
    case = case_or_404(request, pk)
    refusal = None
    if request.method == "POST":
        version = posted_version(request)
        try:
            discard_application(actor=request.user, case=case, expected_version=version)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("The draft is discarded."))
            return redirect("portal:home")
    answers = case.answers.count()
    return show(request, "portal/discard.html", case, refusal=refusal, answers=answers)
