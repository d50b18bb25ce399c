"""The whole application to read and to keep: each submission, and the answers as they stand now."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.requests import SignedIn
from applications import paper as papers
from applications.models import Application, Snapshot
from applications.paper import Paper
from applications.portal.access import case_or_404, page, show
from applications.queries.files_of_case import files_of_case
from applications.queries.private import hidden_people
from applications.queries.submissions import newest_submission
from applications.services.archive import Archive
from applications.states import STAGES_WITH_THE_FIRM, WITH_THE_FIRM
from documents.http import archive as zip_response
from look.papers import language_of, pdf_links


@page("GET")
def paper(request: SignedIn, pk: UUID) -> HttpResponse:
    """The answers as they stand now; the last submission where the firm has nothing to write."""
    case = case_or_404(request, pk)
    if not _is_with_the_firm(case):
        return redirect("portal:submission", case.pk, _latest(case))
    return _shown(request, case, _draft(request, case), reverse("portal:paper_pdf", args=[case.pk]))


@page("GET")
def paper_pdf(request: SignedIn, pk: UUID) -> HttpResponse:
    case = case_or_404(request, pk)
    if not _is_with_the_firm(case):
        return redirect("portal:submission_pdf", case.pk, _latest(case))
    return papers.pdf_response(_draft(request, case))


@page("GET")
def submission(request: SignedIn, pk: UUID, number: int) -> HttpResponse:
    case = case_or_404(request, pk)
    made = _of_snapshot(request, case, number)
    return _shown(request, case, made, reverse("portal:submission_pdf", args=[case.pk, number]))


@page("GET")
def submission_pdf(request: SignedIn, pk: UUID, number: int) -> HttpResponse:
    return papers.pdf_response(_of_snapshot(request, case_or_404(request, pk), number))


@page("POST")
def archive(request: SignedIn, pk: UUID) -> HttpResponseBase:
    """All files, as last submitted, or of the draft as it stands, with the answers. Nothing of an invited
    person's own part.
    """
    case = case_or_404(request, pk)
    hidden = hidden_people(request.user, case)
    snapshot = newest_submission(case)
    made = _of_snapshot(request, case, snapshot.number) if snapshot else _draft(request, case)
    files = Archive(
        actor=request.user,
        case=case,
        files=files_of_case(case, hidden=hidden),
        papers=[(f"{made.file_name}.pdf", papers.pdf(made))],
    )
    return zip_response(files, case.reference or made.file_name)


def _shown(request: SignedIn, case: Application, made: Paper, pdf_url: str) -> HttpResponse:
    submissions = list(case.snapshots.defer("content").order_by("-number"))
    return show(
        request, "portal/paper.html", case, tab="check", paper=made,
        body=papers.html(replace(made, warning="")),  # the page has it above already
        pdfs=pdf_links(pdf_url), submissions=submissions,
    )  # fmt: skip


def _draft(request: SignedIn, case: Application) -> Paper:
    return papers.of_draft(case, language_of(request), hidden_people(request.user, case))


def _of_snapshot(request: SignedIn, case: Application, number: int) -> Paper:
    snapshot = case.snapshots.filter(number=number).first()
    if snapshot is None:
        raise Http404
    return papers.of_snapshot(snapshot, case, language_of(request), hidden_people(request.user, case))


def _is_with_the_firm(case: Application) -> bool:
    if case.submitted_at is None or case.state in WITH_THE_FIRM:
        return True
    return case.stages.filter(state__in=STAGES_WITH_THE_FIRM).exists()


def _latest(case: Application) -> int:
    latest: Snapshot = case.snapshots.defer("content").latest("number")
    return latest.number
