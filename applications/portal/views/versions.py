"""What a newer version of the rule book changes for a draft, and the move to it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.portal.access import case_or_404, page, posted_version, show
from applications.portal.kept import kept_answers
from applications.queries import law
from applications.queries.drafts import load_draft
from applications.services.versions import move_draft
from applications.states import WITH_THE_FIRM
from regulators import differences
from regulators.rulebook import Book
from workflow.errors import Refused


@page("GET", "POST")
def version(request: SignedIn, pk: UUID) -> HttpResponse:
    """Old and new side by side; the move is a POST from this page, which says what it showed."""
    case = case_or_404(request, pk)
    refusal = None
    if request.method == "POST":
        shown = posted_version(request)
        try:
            moved = move_draft(
                actor=request.user,
                case=case,
                to_version=request.POST.get("to", ""),
                expected_version=shown,
            )
        except Refused as error:
            refusal = error
            case = case_or_404(request, pk)
        else:
            words = _("The application is under version %(version)s now.")
            messages.success(request, words % {"version": moved.rulebook.version})
            return redirect("portal:case", case.pk)
    later = law.newer(case)
    found = _differences(request, case, later[-1]) if later else {}
    return show(
        request,
        "portal/version.html",
        case,
        refusal=refusal,
        may_move=request.user.has_perm("applications.move_application", case),
        with_the_firm=case.state in WITH_THE_FIRM,
        demand=law.demand(later),
        **found,
    )


def _differences(request: SignedIn, case: Any, newest: Book) -> dict[str, Any]:
    found = differences.between(case.book, newest)
    draft = load_draft(case, stages={requirement.stage for requirement in found.removed}, reader=request.user)
    kept = [(requirement, kept_answers(requirement, draft)) for requirement in found.removed]
    return {"found": found, "kept": kept}
