"""The words of a letter in one language, and its page as a PDF."""

from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils import translation

from applications.models import Application, Correction, IssuedLetter
from applications.queries.corrections import confirmed
from applications.queries.letters import Facts, Point
from look import pdf as a_pdf
from look import words
from regulators.letters import IN_LETTER
from regulators.rulebook import POLICY, Citation, Letter, Text

TEMPLATE = Path(__file__).parent / "paper" / "letter.typ"


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
                "until": words.due_day(until) if until else "",
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
    """The letter as PDF/A-2b: the same bytes each time."""
    page = shown(letter)
    data = {
        "title": letter.title,
        "language": letter.language,
        "notice": letter.notice,
        "paragraphs": page["paragraphs"],
        "rests_on": page["rests_on"],
        "powers": page["powers"],
    }
    return a_pdf.made(TEMPLATE, data, at=letter.at, standards=("a-2b",))


def pdf_response(letter: IssuedLetter) -> HttpResponse:
    name = f"{letter.application.reference}-{letter.code}-{letter.language}"
    return a_pdf.as_download(pdf(letter), name)


def _point(point: Point, text: str, language: str) -> str:
    title = _in(point.title, language) if point.title else ""
    due = ""
    if point.due_on:
        due = f" ({IN_LETTER['by'][language].format(day=words.due_day(point.due_on))})"
    cited = "\n".join(marked(citation, language) for citation in point.citations)
    return "\n".join(part for part in (title, f"{text}{due}" if text else "", cited) if part)


def _in(text: Text, language: str) -> str:
    return text.get(language) or text["en"]
