"""A paper as HTML and as a tagged PDF."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from applications.paper.model import Paper

# PDF/A-2a keeps for decades and PDF/UA-1 reads aloud; both want every character in an embedded font.
STANDARDS = ["a-2a", "ua-1"]


def html(paper: Paper) -> SafeString:
    """The body of a page, from the first heading of level 2 on, in the language of the paper."""
    with translation.override(paper.language):
        return render_to_string("paper/body.html", {"paper": paper})


def pdf(paper: Paper) -> bytes:
    """The same bytes for the same paper. Fonts come with typst; none of the machine is looked at.

    A character that the fonts lack (an emoji, a Chinese name) makes a tagged PDF of no standard, which shows
    a box in its place and says so on the first page.
    """
    data = asdict(paper)
    try:
        return _compiled(data, pdf_standards=STANDARDS)
    except typst.TypstError:
        return _compiled({**data, "notes": [*data["notes"], paper.words["no_font"]]})


def pdf_response(paper: Paper) -> HttpResponse:
    """The PDF as a download, kept by no cache and named by what it is, not by whom it is about."""
    response = HttpResponse(pdf(paper), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{paper.file_name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _compiled(data: dict[str, Any], **how: Any) -> bytes:
    plain = json.dumps(data, ensure_ascii=False, default=str)
    made: Any = data["made_at"]
    return bytes(
        typst.compile(
            _template(),
            ignore_system_fonts=True,
            sys_inputs={"data": plain},
            timestamp=int(made.timestamp()),
            **how,
        )
    )


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "page.typ").read_bytes()
