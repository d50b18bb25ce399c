"""The declaration, and the submission that it makes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.contradictions import Contradiction, contradictions
from applications.models import Application
from applications.portal.access import case_or_404, page, show
from applications.portal.forms import DeclareForm
from applications.queries.content import Content, content_hash, content_of
from applications.queries.drafts import load_draft
from applications.queries.private import hidden_people
from applications.services.submission import DeclarationChanged, mark_of, submit_application
from applications.states import WITH_THE_FIRM
from regulators.rulebook import say
from workflow.errors import Reason, Refused
from workflow.queries import offers


@dataclass(frozen=True)
class Signed:
    """What is signed: the text, and everything that the firm has given, as it is now."""

    case: Application
    text: str
    hidden: frozenset[UUID]

    @cached_property
    def draft(self) -> Any:
        return load_draft(self.case)

    @cached_property
    def content(self) -> Content:
        return content_of(self.case, self.draft)

    @cached_property
    def sha256(self) -> str:
        return content_hash(self.content)

    @cached_property
    def found(self) -> list[Contradiction]:
        return contradictions(self.case, self.draft, self.content)

    @property
    def answers(self) -> int:
        return len(self.content["questions"])

    @property
    def files(self) -> int:
        return sum(len(question["files"]) for question in self.content["questions"])

    @property
    def files_to_read(self) -> list[Content]:
        """Without those that somebody gave privately."""
        hidden = {str(pk) for pk in self.hidden}
        questions = [q for q in self.content["questions"] if q["person"] not in hidden]
        return [file for question in questions for file in question["files"]]


@page("GET", "POST")
def declare(request: SignedIn, pk: UUID) -> HttpResponse:
    """The declaration, word for word as it will be kept, what it is about, and the submission."""
    case = case_or_404(request, pk)
    signed = _signed(request, case)
    if case.state not in WITH_THE_FIRM and request.method != "POST":
        return _afterwards(case)
    form = _form(request, signed, request.POST or None)
    refusal: Refused | None = None
    if form.is_valid():
        try:
            _submit(request, signed, form)
        except DeclarationChanged as error:
            return _changed(request, pk, error)
        except Refused as error:
            refusal = error
        else:
            return redirect("portal:submitted", case.pk)
    if case.state not in WITH_THE_FIRM and refusal is None:
        return _afterwards(case)
    return _page(request, signed, form, refusal)


def _signed(request: SignedIn, case: Application) -> Signed:
    return Signed(case, declaration_of(case), hidden_people(request.user, case))


def declaration_of(case: Application) -> str:
    """The exact text that is shown, signed and kept in the snapshot."""
    words = _(
        "I declare for %(firm)s, to %(regulator)s: I am authorised to make this application for the firm. "
        "Its answers and documents are true and complete as far as the firm knows after careful enquiry, and "
        "nothing that matters to the decision was left out. The firm will report any change to them until a "
        "decision is made."
    )
    return words % {"firm": case.firm.name, "regulator": say(case.book.regulator_name)}


def _form(request: SignedIn, signed: Signed, data: Any = None) -> DeclareForm:
    case = signed.case
    initial = {"version": case.version, "shown": mark_of(case, signed.text)}
    with_the_firm = case.state in WITH_THE_FIRM
    if with_the_firm:
        initial["content"] = signed.sha256
    open_ones = [one for one in signed.found if not one.blocks] if with_the_firm else []
    identified = bool(request.user.human)
    return DeclareForm(data, initial=initial, identified=identified, contradictions=open_ones)


def _submit(request: SignedIn, signed: Signed, form: DeclareForm) -> None:
    typed = form.cleaned_data
    submit_application(
        actor=request.user,
        case=signed.case,
        expected_version=typed["version"],
        declaration=signed.text,
        role=typed["role"],
        authority=typed["authority"],
        identifier=typed.get("identifier", ""),
        shown=typed["shown"],
        content_sha256=typed["content"],
        looked_at=form.looked_at,
    )


def _page(
    request: SignedIn, signed: Signed, form: DeclareForm, refusal: Refused | None = None
) -> HttpResponse:
    case = signed.case
    return show(
        request, "portal/declare.html", case, refusal=refusal, form=form, signed=signed,
        missing=[] if refusal else _missing(request, case),
    )  # fmt: skip


def _missing(request: SignedIn, case: Application) -> list[Reason]:
    """What stands in the way; single questions only where no whole stage does."""
    offer = next((one for one in offers(case, request.user) if one.act.name == "submit"), None)
    reasons = offer.reasons if offer else []
    whole = [reason for reason in reasons if "#" not in reason.url]
    return whole or reasons


def _changed(request: SignedIn, pk: UUID, refusal: Refused) -> HttpResponse:
    """The declaration afresh, over the answers as they are now; the box is not ticked again."""
    case = case_or_404(request, pk)
    signed = _signed(request, case)
    return _page(request, signed, _form(request, signed), refusal)


def _afterwards(case: Application) -> HttpResponse:
    return redirect("portal:submitted" if case.submitted_at else "portal:case", case.pk)
