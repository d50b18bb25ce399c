"""Before anybody signs in: which track is theirs, and what will be asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from applications import paper
from applications.portal.suitability import given_so_far, path_of
from regulators import books
from regulators.loader import RuleBookError
from regulators.rulebook import Book


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """A question at a time; then the track, or a page that says why this service is not for the plan."""
    answers, asked, outcome = path_of(request.GET)
    context = {
        "given": given_so_far(answers),
        "limbs": books.latest("afsa-custody").by_code["BP-02"],
        "outcome": outcome,
        "book": books.current(outcome.licence_type) if outcome and outcome.licence_type else None,
    }
    if outcome:
        return render(request, "before/outcome.html", context)
    assert asked is not None
    was_asked = request.GET.get("asked") == asked.name
    form = asked.form(request.GET if was_asked else None)
    context |= {"form": form, "asked": asked, "kept": [(n, v) for n, vs in answers.items() for v in vs]}
    return render(request, "before/question.html", context, status=422 if form.errors else 200)


@require_safe
def specimen(request: HttpRequest, code: str) -> HttpResponse:
    """Every question of the newest book that is in effect, without a case."""
    book = _book_or_404(code)
    made = paper.specimen(book, _language())
    return render(request, "before/specimen.html", {"book": book, "paper": made, "body": paper.html(made)})


@require_safe
def specimen_pdf(request: HttpRequest, code: str) -> HttpResponse:
    return paper.pdf_response(paper.specimen(_book_or_404(code), _language()))


def _book_or_404(code: str) -> Book:
    try:
        return books.current(books.latest(code).licence_type)
    except RuleBookError as error:
        raise Http404 from error


def _language() -> str:
    return (get_language() or "en")[:2]
