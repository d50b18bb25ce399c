"""The chart of who holds what: where each box and line lies, for a drawing without scripts.

The firm lies lowest; whoever holds a part of it above it, and so on upwards. What nobody is named for is a
box of its own. The same facts stand in the table beside the chart.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from applications.models import Entity, Holding
from look import words

WIDTH, HEIGHT, GAP, RISE = 190, 66, 20, 64  # of a box, between boxes, between rows
A_ROW, LETTERS = 5, 24  # boxes in a row, letters in a line
ALL = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Box:
    x: int
    y: int
    look: str  # firm, person, body, gap
    name: str
    lines: list[str]
    note: str

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def foot(self) -> int:
        return self.y + HEIGHT

    @property
    def note_at(self) -> int:
        return self.y + 22 + 17 * len(self.lines)

    @property
    def rows(self) -> list[tuple[int, str]]:
        return [(self.y + 20 + 16 * n, line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True, kw_only=True)
class Line:
    path: str
    x: int
    y: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    width: int
    height: int
    boxes: list[Box]
    lines: list[Line]


def chart_of(
    entities: Sequence[Entity], holdings: Sequence[Holding], rows: Iterable[dict[str, Any]]
) -> Chart:
    """``rows`` are those of ``structure_of``: what the holdings come to, for each holder in its order."""
    holders = [str(entity.pk) for entity in entities if not entity.is_applicant]
    comes_to = dict(zip(holders, rows, strict=False))  # groups come after the holders
    known = {str(entity.pk): entity for entity in entities}
    held = [_Held(str(h.owner_id), str(h.owned_id), h.economic, _how(h)) for h in holdings]
    gaps = _gaps(entities, held)
    held += gaps.values()
    firm = next(key for key, entity in known.items() if entity.is_applicant)
    rows_of_boxes = _rows(firm, [*known, *gaps], held)
    width = max(map(len, rows_of_boxes)) * (WIDTH + GAP) + GAP
    boxes = {}
    for at, row in enumerate(reversed(rows_of_boxes)):
        left = (width - len(row) * (WIDTH + GAP) + GAP) // 2
        for n, key in enumerate(row):
            place = {"x": left + n * (WIDTH + GAP), "y": GAP + at * (HEIGHT + RISE)}
            boxes[key] = _gap(gaps[key], place) if key in gaps else _box(known[key], comes_to.get(key), place)
    height = len(rows_of_boxes) * (HEIGHT + RISE) - RISE + 2 * GAP
    lines = [_line(boxes[one.owner], boxes[one.owned], one) for one in held]
    return Chart(width=width, height=height, boxes=list(boxes.values()), lines=lines)


class _Held(NamedTuple):
    owner: str
    owned: str
    part: Decimal  # percent
    how: str


def _how(holding: Holding) -> str:
    return "" if holding.kind == Holding.OWN else str(holding.get_kind_display())


def _gaps(entities: Sequence[Entity], held: list[_Held]) -> dict[str, _Held]:
    """What of a body nobody is named for, by the key of a box that stands for its owner."""
    rests = {str(entity.pk): ALL for entity in entities if not entity.person_id}
    for one in held:
        if one.owned in rests:
            rests[one.owned] -= one.part
    gaps = [_Held(f"gap-{key}", key, rest, "") for key, rest in rests.items() if rest > 0]
    return {gap.owner: gap for gap in gaps}


def _rows(firm: str, keys: list[str], held: list[_Held]) -> list[list[str]]:
    """From the firm upwards, at most A_ROW boxes in a row. Whoever holds nothing of the firm is on top."""
    level, left, rows = [firm], [key for key in keys if key != firm], []
    while level:
        rows += [level[n : n + A_ROW] for n in range(0, len(level), A_ROW)]
        above = {one.owner for one in held if one.owned in level}
        level = [key for key in left if key in above]
        left = [key for key in left if key not in above]
        if not level:
            level, left = left, []
    return rows


def _box(entity: Entity, row: dict[str, Any] | None, place: dict[str, int]) -> Box:
    look = "firm" if entity.is_applicant else "person" if entity.person_id else "body"
    note = _("applicant") if entity.is_applicant else _share(row)
    return Box(look=look, name=entity.name, lines=_wrapped(entity.name), note=note, **place)


def _gap(gap: _Held, place: dict[str, int]) -> Box:
    name = _("Owner not named")
    return Box(look="gap", name=name, lines=[name], note=_percent(gap.part), **place)


def _share(row: dict[str, Any] | None) -> str:
    """What it comes to, in a few words."""
    if row is None or row["economic"] is None:
        return ""
    part = {"percent": words.number(Decimal(row["economic"]))}
    return (_("%(percent)s %%, controls it") if row["control"] else _("%(percent)s %% of the firm")) % part


def _wrapped(name: str) -> list[str]:
    """At most two lines; the whole name is the title of the box."""
    lines = textwrap.wrap(name, LETTERS)
    return lines if len(lines) < 3 else [lines[0], f"{lines[1][: LETTERS - 2]}…"]


def _percent(part: Decimal) -> str:
    return f"{words.number(part.normalize())} %"


def _line(owner: Box, owned: Box, one: _Held) -> Line:
    text = f"{_percent(one.part)} {one.how}".strip()
    if owner.y < owned.y:
        turn = owned.y - RISE // 2
        path = f"M{owner.middle} {owner.foot}V{turn - 12}L{owned.middle} {turn + 12}V{owned.y}"
        return Line(path=path, x=owner.middle + 5, y=owner.foot + 15, text=text)
    over = min(owner.y, owned.y) - RISE // 3
    path = f"M{owner.middle} {owner.y}V{over}H{owned.middle}V{owned.y}"
    return Line(path=path, x=owner.middle + 5, y=over - 3, text=text)
