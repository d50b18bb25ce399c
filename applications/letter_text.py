"""The words of a letter in one language, and its page as a PDF."""

import json
from datetime import date
from typing import Any

import typst
from django.http import HttpResponse
from django.utils import translation

from applications.models import Application, Correction, IssuedLetter
from applications.queries.corrections import confirmed
from applications.queries.letters import Facts, Point
from look import words
from regulators.letters import IN_LETTER
from regulators.rulebook import POLICY, Citation, Letter, Text

# Libertinus comes with typst and has every Kazakh letter: no font of the machine is looked at.
PAGE = b"""
#let it = json(bytes(sys.inputs.data))
#set document(title: it.title, date: auto)
#set text(font: "Libertinus Serif", size: 11pt, lang: it.language, hyphenate: false)
#set page(paper: "a4", margin: (x: 25mm, y: 22mm), numbering: "1 / 1")
#set par(leading: 0.7em, spacing: 1.1em)
#if it.notice != "" [#block(stroke: 0.6pt, inset: 8pt, width: 100%)[#it.notice]]
#heading(level: 1, it.title)
#for paragraph in it.paragraphs [
  #par(for (n, line) in paragraph.enumerate() [#if n > 0 [#linebreak()]#line])
]
#line(length: 40%, stroke: 0.4pt)
#text(size: 9.5pt)[
  #strong(it.rests_on)
  #for power in it.powers [#par[#strong(power.mark): #power.name]]
]
"""


def render(
    letter: Letter,
    facts: Facts,
    *,
    case: Application,
    language: str,
    wording: dict[str, str],
    until: date | None,
    day: date,
    officer: str,
) -> str:
    """The letter with the facts of the case. ``wording`` has what staff put into this language by hand.

    Raises KeyError for a name in the book's text that the desk does not fill.
    """
    with translation.override(language):
        points = [
            _point(point, wording.get(f"point_{number}", point.text), language)
            for number, point in enumerate(facts.points, start=1)
        ]
        numbered = [f"{number}. {text}" for number, text in enumerate(points, start=1)]
        return letter.body[language].format_map(
            {
                "regulator": _in(case.book.regulator_name, language),
                "day": words.day(day),
                "firm": case.firm.name,
                "case": case.reference or "",
                "licence_type": _in(case.book.licence_type_title, language),
                "points": "\n\n".join(numbered) or IN_LETTER["none"][language],
                "reason": wording.get("reason", facts.reason),
                "until": words.day(until) if until else "",
                "licence": facts.licence,
                "officer": officer,
            }
        )


def marked(citation: Citation, language: str) -> str:
    """Rule: act, provision."""
    return f"{IN_LETTER[citation.kind][language]}: {citation.act}, {citation.provision}"


def marked_powers(letter: IssuedLetter) -> list[dict[str, str]]:
    return [
        {
            "mark": IN_LETTER[power["mark"]][letter.language],
            # Our practice has its name in the letter's language; an act is cited as the book cites it.
            "name": letter.title if power["mark"] == POLICY else f"{power['act']}, {power['provision']}",
            "url": power["url"],
        }
        for power in letter.powers
    ]


def shown(letter: IssuedLetter) -> dict[str, Any]:
    """What a page of the letter shows, in the letter's language."""
    return {
        "letter": letter,
        "paragraphs": [part.split("\n") for part in letter.text.split("\n\n")],
        "rests_on": IN_LETTER["powers"][letter.language],
        "powers": marked_powers(letter),
    }


def corrected(letter: IssuedLetter) -> list[Correction]:
    """The slips in it that two people put right. The letter and its PDF stay as they were sent."""
    return confirmed(letter.application).get((Correction.LETTER, letter.pk), [])


def pdf(letter: IssuedLetter) -> bytes:
    """The letter as PDF/A-2b: the same bytes each time. A name or text with a character that the font lacks
    (an emoji, a Chinese name) makes a plain PDF with a box in its place, since PDF/A allows none.
    """
    page = shown(letter)
    data = {
        "title": letter.title,
        "language": letter.language,
        "notice": letter.notice,
        "paragraphs": page["paragraphs"],
        "rests_on": page["rests_on"],
        "powers": page["powers"],
    }
    given: dict[str, Any] = {
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False)},
        "timestamp": int(letter.at.timestamp()),
    }
    try:
        return bytes(typst.compile(PAGE, pdf_standards="a-2b", **given))
    except typst.TypstError:
        return bytes(typst.compile(PAGE, **given))


def pdf_response(letter: IssuedLetter) -> HttpResponse:
    """The letter as a download, kept by no cache."""
    response = HttpResponse(pdf(letter), content_type="application/pdf")
    name = f"{letter.application.reference}-{letter.code}-{letter.language}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _point(point: Point, text: str, language: str) -> str:
    title = _in(point.title, language) if point.title else ""
    due = ""
    if point.due_on:
        due = f" ({IN_LETTER['by'][language].format(day=words.day(point.due_on))})"
    cited = "\n".join(marked(citation, language) for citation in point.citations)
    return "\n".join(part for part in (title, f"{text}{due}" if text else "", cited) if part)


def _in(text: Text, language: str) -> str:
    return text.get(language) or text["en"]
