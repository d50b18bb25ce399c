"""From the check of the answers to the confirmation; and what ends a case from the firm's side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.models import Application
from applications.portal import files, outline
from applications.portal.access import case_or_404, page, posted_version, show
from applications.portal.answers import in_words
from applications.portal.forms import DeclareForm, ReasonForm
from applications.portal.kept import kept_of_before
from applications.queries.drafts import load_draft
from applications.services.drafting import discard_application
from applications.services.submission import (
    DeclarationChanged,
    mark_of,
    submit_application,
    withdraw_application,
)
from applications.states import WITH_THE_FIRM, WITHDRAWABLE
from regulators import periods
from regulators.rulebook import say
from workflow.errors import Reason, Refused
from workflow.queries import offers


@page("GET")
def check(request: SignedIn, pk: UUID) -> HttpResponse:
    """Every question that applies, with its answer, and a link to change it where it may be changed."""
    case = case_or_404(request, pk)
    stages = list(case.stages.order_by("order"))
    for stage in stages:
        stage.application = case
    draft = load_draft(case, reader=request.user)
    outlines = outline.stages_of(case, draft, stages)
    answered = [(one, [_shown(section) for section in one.sections]) for one in outlines]
    progress = outline.progress(outlines)
    return show(request, "portal/check.html", case, tab="check", answered=answered, progress=progress,
                kept=kept_of_before(case, draft))  # fmt: skip


def _shown(section: outline.SectionOutline) -> tuple[str, list[dict[str, Any]]]:
    rows = [
        {
            "row": row,
            "lines": in_words(row.question.requirement, row.given),
            "files": files.rows(row.given.documents),
        }
        for row in section.rows
    ]
    return section.title, rows


@page("GET", "POST")
def declare(request: SignedIn, pk: UUID) -> HttpResponse:
    """The declaration, word for word as it will be kept, and the submission."""
    case = case_or_404(request, pk)
    text = declaration_of(case)
    form = _declare_form(request, case, text, request.POST or None)
    refusal: Refused | None = None
    if form.is_valid():
        typed = form.cleaned_data
        try:
            submit_application(
                actor=request.user,
                case=case,
                expected_version=typed["version"],
                declaration=text,
                role=typed["role"],
                identifier=typed.get("identifier", ""),
                shown=typed["shown"],
            )
        except DeclarationChanged as error:
            return _changed_text(request, pk, error)
        except Refused as error:
            refusal = error
        else:
            return redirect("portal:submitted", case.pk)
    if case.state not in WITH_THE_FIRM and refusal is None:
        return redirect("portal:submitted" if case.submitted_at else "portal:case", case.pk)
    return _declare_page(request, case, form, text, refusal)


def _declare_form(request: SignedIn, case: Application, text: str, data: Any = None) -> DeclareForm:
    initial = {"version": case.version, "shown": mark_of(case, text)}
    return DeclareForm(data, initial=initial, identified=bool(request.user.human))


def declaration_of(case: Application) -> str:
    """The exact text that is shown, signed and kept in the snapshot."""
    words = _(
        "I declare for %(firm)s, to %(regulator)s: I am authorised to make this application for the firm. "
        "Its answers and documents are true and complete as far as the firm knows after careful enquiry, and "
        "nothing that matters to the decision was left out. The firm will report any change to them until a "
        "decision is made."
    )
    return words % {"firm": case.firm.name, "regulator": say(case.book.regulator_name)}


def _declare_page(
    request: SignedIn, case: Application, form: DeclareForm, text: str, refusal: Refused | None = None
) -> HttpResponse:
    return show(
        request, "portal/declare.html", case, refusal=refusal, form=form, declaration=text,
        missing=[] if refusal else _missing(request, case),
    )  # fmt: skip


def _missing(request: SignedIn, case: Application) -> list[Reason]:
    """What stands in the way; single questions only where no whole stage does."""
    offer = next((one for one in offers(case, request.user) if one.act.name == "submit"), None)
    reasons = offer.reasons if offer else []
    whole = [reason for reason in reasons if "#" not in reason.url]
    return whole or reasons


def _changed_text(request: SignedIn, pk: UUID, refusal: Refused) -> HttpResponse:
    """The declaration afresh, over the answers as they are now."""
    case = case_or_404(request, pk)
    text = declaration_of(case)
    return _declare_page(request, case, _declare_form(request, case, text), text, refusal)


@page("GET")
def submitted(request: SignedIn, pk: UUID) -> HttpResponse:
    """The confirmation; it can be opened again at any time."""
    case = case_or_404(request, pk)
    snapshot = case.snapshots.order_by("-number").first()
    if snapshot is None:
        raise Http404
    period = periods.in_words(case.book.clock("completeness"))
    return show(request, "portal/submitted.html", case, snapshot=snapshot, period=period)


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
    possible = case.state in WITHDRAWABLE
    return show(request, "portal/withdraw.html", case, refusal=refusal, form=form, possible=possible)


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
    return show(request, "portal/discard.html", case, refusal=refusal)
