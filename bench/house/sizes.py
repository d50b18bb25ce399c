"""Versions of the rule book whose first stage has so many requirements, for drafts of those sizes."""

import dataclasses
from datetime import date

from regulators import books

COUNTS = (30, 120)
NEVER = date(2999, 1, 1)  # no case is started under them, and none is asked to move to them


def version(count):
    return f"bench.{count}"


def publish(code):
    """Beside the shipped books, in this process alone; before they are loaded."""
    base, shipped = books.latest(code), books.all_books()
    sized = tuple(_sized(base, count, number) for number, count in enumerate(COUNTS))
    books.all_books = lambda: (*shipped, *sized)


def _sized(base, count, number):
    """One requirement with each evidence of the book, over and over, in the first stage."""
    stage = base.stage_codes[0]
    section = base.sections_of(stage)[0].code
    free = [r for r in base.requirements if r.applies_when is None and not r.functions]
    samples = list({(r.evidence, r.per_person): r for r in free}.values())
    asked = tuple(
        dataclasses.replace(samples[n % len(samples)], code=f"X-{n:03d}", stage=stage, section=section)
        for n in range(count)
    )
    others = tuple(r for r in base.requirements if r.stage != stage and r.applies_when is None)
    return dataclasses.replace(
        base,
        version=version(count),
        requirements=others + asked,
        effective_from=NEVER.replace(day=1 + number),
        sha256=f"{count:064x}",
    )
