"""A paper as HTML and as a tagged PDF."""

from dataclasses import asdict
from pathlib import Path

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from applications.paper.model import Paper
from look import pdf as a_pdf

TEMPLATE = Path(__file__).parent / "page.typ"


def html(paper: Paper) -> SafeString:
    """The body of a page, from the first heading of level 2 on, in the language of the paper."""
    with translation.override(paper.language):
        return render_to_string("paper/body.html", {"paper": paper})


def pdf(paper: Paper) -> bytes:
    """The same bytes for the same paper. Where the fonts lack a character, the first page says so."""
    data = asdict(paper)
    boxed = {"notes": [*data["notes"], paper.words["no_font"]]}
    return a_pdf.made(TEMPLATE, data, at=data["made_at"], boxed=boxed)


def pdf_response(paper: Paper) -> HttpResponse:
    return a_pdf.as_download(pdf(paper), paper.file_name)
