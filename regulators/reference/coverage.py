"""How far the law behind a rule book was read, in figures: by stage, by act, by kind of source."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from regulators.rulebook import Book, Citation, say


@dataclass(frozen=True, kw_only=True)
class Row:
    """Counts of one stage or one act."""

    name: str
    total: int
    counts: dict[str, int]


def sources(book: Book) -> Counter[str]:
    """How many requirements rest on a rule, on guidance, or are asked without either."""
    return Counter(requirement.source for requirement in book.requirements)


def by_stage(book: Book) -> list[Row]:
    """Requirements of each stage by what they rest on; ``mandatory`` is counted beside."""
    rows = []
    for stage in book.stages:
        asked = book.requirements_of(stage.code)
        counts = Counter(requirement.source for requirement in asked)
        counts["mandatory"] = sum(requirement.mandatory for requirement in asked)
        rows.append(Row(name=say(stage.title), total=len(asked), counts=dict(counts)))
    return rows


def by_act(book: Book) -> list[Row]:
    """Citations of each act by how far the text was read; ``quotable`` is counted beside."""
    return _rows(citations(book), key=lambda citation: citation.act, count=lambda citation: citation.read)


def by_kind(book: Book) -> list[Row]:
    """Citations of each kind (rule, guidance, policy, benchmark) by how far the text was read."""
    return _rows(citations(book), key=lambda citation: citation.kind, count=lambda citation: citation.read)


def citations(book: Book) -> list[Citation]:
    """Each act and provision once, in the order of the book, wherever in the book it is cited."""
    parts: list[Iterable[Citation]] = [
        *((*item.citations, *item.slot.citations) for item in book.requirements),
        *(item.citations for item in book.functions),
        *(item.citations for item in book.clocks),
        *(item.citations for item in book.grounds),
        *(item.citations for item in book.values),
        *(item.citations for item in book.thresholds),
        *(item.citations for item in book.capital.lines),
        *(item.powers for item in book.letters),
        *(item.citations for item in book.authorities),
    ]
    found: dict[tuple[str, str], Citation] = {}
    for citation in (citation for part in parts for citation in part):
        found.setdefault((citation.act, citation.provision), citation)
    return list(found.values())


def _rows(
    found: Iterable[Citation], *, key: Callable[[Citation], str], count: Callable[[Citation], str]
) -> list[Row]:
    groups: dict[str, list[Citation]] = {}
    for citation in found:
        groups.setdefault(key(citation), []).append(citation)
    return [
        Row(
            name=name,
            total=len(group),
            counts={**Counter(map(count, group)), "quotable": sum(citation.quotable for citation in group)},
        )
        for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
