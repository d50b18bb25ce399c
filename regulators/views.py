"""What everybody may read about the law behind this service: books, how far it was read, claims, words."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from regulators import books, marks
from regulators import rulebook as rb
from regulators.loader import RuleBookError
from regulators.queries import changes_of_type, last_checks
from regulators.reference import coverage as figures
from regulators.reference import texts
from regulators.sheets import XLSX, sheet_of

READ = {
    rb.READ_FULL: _("Read in full"),
    rb.READ_PART: _("Read in part"),
    rb.READ_TITLE: _("Heading only"),
    rb.READ_SECONDHAND: _("Second-hand"),
    rb.READ_NOTHING: _("Not seen"),
    "quotable": _("Quotable"),
}
SOURCE = {**marks.WORDS, "mandatory": _("Mandatory")}
KIND = {
    rb.RULE: marks.WORDS[rb.RULE],
    rb.GUIDANCE: marks.WORDS[rb.GUIDANCE],
    rb.POLICY: _("This desk's own practice"),
    rb.BENCHMARK: _("Practice elsewhere"),
}
STATUS = {
    "confirmed": ("ok", _("Confirmed")),
    "corrected": ("act", _("Corrected")),
    "unverified": ("look", _("Not verified")),
    "outdated": ("bad", _("Out of date")),
    "opinion": ("", _("Opinion")),
}
TRACK = {"afsa": _("AIFC and AFSA"), "national": _("Outside the AIFC")}


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    newest_first = sorted(books.all_books(), key=lambda book: book.effective_from, reverse=True)
    return render(request, "law/law.html", {"books": sorted(newest_first, key=lambda book: book.code)})


@require_safe
def coverage(request: HttpRequest, code: str, version: str) -> HttpResponse:
    try:
        book = books.get(code, version)
    except RuleBookError:
        raise Http404 from None
    context = {
        "book": book,
        "tables": [
            _table(_("Questions by stage"), _("Stage"), SOURCE, figures.by_stage(book)),
            _table(_("Provisions by act"), _("Act of law"), READ, figures.by_act(book)),
            _table(_("Provisions by kind of source"), _("Kind"), READ, figures.by_kind(book), names=KIND),
        ],
        "provisions": _provisions(book),
        "changes": changes_of_type(book.licence_type),
    }
    return render(request, "law/coverage.html", context)


@require_safe
def form(request: HttpRequest, code: str, version: str, requirement: str) -> HttpResponse:
    """The sheet that is filled in and uploaded as the answer to a question, in the reader's language."""
    try:
        rule = books.get(code, version).by_code.get(requirement)
    except RuleBookError:
        raise Http404 from None
    if rule is None or not rule.slot.form:
        raise Http404
    response = HttpResponse(sheet_of(rule), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{rule.code}.xlsx"'
    return response


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    groups = [
        (
            words,
            [
                (claim, *STATUS[claim.status], _answer_url(claim))
                for claim in texts.claims()
                if claim.source == track
            ],
        )
        for track, words in TRACK.items()
    ]
    return render(request, "law/claims.html", {"groups": groups})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    terms = sorted(texts.glossary(), key=lambda term: rb.say(term.term).casefold())
    return render(request, "law/glossary.html", {"terms": terms})


def _provisions(book: rb.Book) -> list[dict[str, object]]:
    """Each provision with how far it was read, and its last check by staff if there was one."""
    cited = figures.citations(book)
    checks = last_checks(book.regulator)
    return [
        {
            "citation": citation,
            "kind": KIND[citation.kind],
            "read": READ[citation.read],
            "check": checks.get((citation.act, citation.provision)),
        }
        for citation in cited
    ]


def _table(
    title: Any,
    first: Any,
    columns: dict[str, Any],
    rows: list[figures.Row],
    names: Mapping[str, Any] | None = None,
) -> dict[str, object]:
    return {
        "title": title,
        "head": [first, _("All"), *columns.values()],
        "rows": [
            (
                (names or {}).get(row.name, row.name),
                [row.total, *(row.counts.get(code, 0) for code in columns)],
            )
            for row in rows
        ],
    }


def _answer_url(claim: texts.Claim) -> str:
    """The page of the newest version of the book that answers the claim."""
    if not claim.book:
        return ""
    return reverse("law:coverage", args=[claim.book, books.latest(claim.book).version])
