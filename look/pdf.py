"""PDFs, made by typst of a template and what it is told."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.http import HttpResponse

# PDF/A-2a keeps for decades and PDF/UA-1 reads aloud; both want every character in an embedded font.
TAGGED = ("a-2a", "ua-1")


def made(
    template: Path,
    data: dict[str, Any],
    *,
    at: datetime,
    standards: tuple[str, ...] = TAGGED,
    boxed: dict[str, Any] | None = None,
) -> bytes:
    """The same bytes for the same template, data and time. Fonts come with typst, and have every Kazakh
    letter; none of the machine is looked at. A character that they lack (an emoji, a Chinese name) makes a
    PDF of no standard with a box in its place, which is told ``boxed`` too.
    """
    try:
        return _compiled(template, data, at, pdf_standards=list(standards))
    except typst.TypstError:
        return _compiled(template, data | (boxed or {}), at)


def as_download(content: bytes, name: str) -> HttpResponse:
    """Kept by no cache. ``name`` is what the PDF is, without its ending, and not whom it is about."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _compiled(template: Path, data: dict[str, Any], at: datetime, **how: Any) -> bytes:
    return bytes(
        typst.compile(
            template.read_bytes(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
            timestamp=int(at.timestamp()),
            **how,
        )
    )
