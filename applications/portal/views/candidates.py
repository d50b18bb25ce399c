"""A person proposed for a function: the firm takes them back to name another, or answers a notice."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import SignedIn
from applications.models import IndividualApproval
from applications.portal import typed
from applications.portal.access import case_or_404, page, show
from applications.portal.forms import ReasonForm
from applications.portal.views.people import person_or_404
from applications.queries.individuals import approvals_of, replaceable
from applications.services.individuals import answer_notice, propose_another
from applications.states import IndividualState
from regulators import rulebook as rb
from regulators.periods import footing
from workflow.errors import Refused

NOTICED = (IndividualState.REFUSAL_PROPOSED, IndividualState.REFUSED)


class AnotherForm(forms.Form):
    """Each choice carries the version of the approval that the page showed."""

    approval = forms.ChoiceField(
        label=gettext_lazy("Function for which you propose another person"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the function.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, for the regulator to read"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": gettext_lazy("Say why another person is proposed.")},
    )

    def __init__(self, found: list[IndividualApproval], data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["approval"]
        field.choices = [(f"{one.pk}.{one.version}", one.title) for one in found]
        if len(found) == 1:
            field.initial = field.choices[0][0]


@page("GET", "POST")
def another(request: SignedIn, pk: UUID, person: UUID) -> HttpResponse:
    """Asks for the function and the reason; then the people can be named anew."""
    case = case_or_404(request, pk, kind=rb.PEOPLE)
    found = person_or_404(case, person)
    approvals = {str(one.pk): one for one in replaceable(case, found)}
    if not approvals or not request.user.has_perm("applications.replace_individual", case):
        raise Http404
    form = AnotherForm(list(approvals.values()), request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        key, _dot, version = form.cleaned_data["approval"].partition(".")
        try:
            propose_another(
                actor=request.user, approval=approvals[key], expected_version=int(version),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Taken back. Add the other person now, and answer what is asked."))
            return redirect(reverse("portal:people", args=[case.pk]))
    return show(
        request, "portal/person_another.html", case, tab="people", refusal=refusal, form=form, person=found
    )


@page("GET", "POST")
def notice(request: SignedIn, pk: UUID, person: UUID, function: str) -> HttpResponse:
    """The notice of a proposed refusal of a person: what the firm says to it, and our answer."""
    case = case_or_404(request, pk, kind=rb.PEOPLE)
    found = approvals_of(case, person=person, function=function, state__in=NOTICED)
    if not found or not found[-1].notice:
        raise Http404
    approval = found[-1]
    kept = typed.Page(request, case, path=f"{request.path}?notice={approval.notice_mark}")
    words = _("What do you want to say?"), _("Write what you want to say")
    form = kept.form(request, lambda data, _files: ReasonForm(*words, data))
    refusal = None
    if form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            answer_notice(
                actor=request.user, approval=approval, text=form.cleaned_data["text"],
                notice=request.POST.get("notice", approval.notice_mark),
                seen=approval.version if seen is None else seen,
            )  # fmt: skip
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Your representation is recorded."))
            return redirect("portal:person_notice", case.pk, person, function)
    return show(
        request, "portal/person_notice.html", case, tab="people", refusal=refusal, form=form,
        approval=approval, footing=footing(case.book.clock("representations")),
        typed_page=kept if approval.may_be_answered else None, typed_needs="applications.submit_application",
    )  # fmt: skip
