"""Charts of the pipeline, drawn on the server by Vega-Lite: no script, in the colours of the page, with links
on its marks. Each stands under a heading and a sentence, and beside a table with the same figures.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

import vl_convert
from django.utils.safestring import SafeString

from look import words

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
BASE = "https://vega.github.io/vega-datasets/"  # what it puts before an address of ours
ElementTree.register_namespace("", SVG.strip("{}"))
VEGA_LITE = "5.20"
KEPT = 32  # drawings that a process remembers: a page that is opened again draws nothing
WIDTH, HEIGHT = 640, 240  # of the plot, in units of the drawing
# Named like the variables of the style sheets, which give them their values in each scheme.
FIRST, SECOND, THIRD, FOURTH, OVER = (f"var(--chart-{n})" for n in range(1, 6))
SOFT, GRID, GROUND, INK, INK_2, LIMIT = (
    f"var(--{name})" for name in ("chart-soft", "chart-grid", "surface-2", "ink", "ink-2", "st-bad")
)
CONFIG: dict[str, Any] = {
    "background": None,
    "font": "inherit",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK_2, "titleColor": INK_2, "domainColor": GRID, "tickColor": GRID, "gridColor": GRID,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    },
    "text": {"color": INK, "fontSize": 12},
}  # fmt: skip


WHOLE = {"tickMinStep": 1}  # the axis of what is counted: no part of a case
NOTHING = SafeString()


class Figure(NamedTuple):
    """A cell of the table: what it says, and the list behind it where there is one."""

    text: str
    url: str = ""

    @property
    def is_count(self) -> bool:
        return bool(self.text) and not self.text.strip(f"0123456789,{words.NO_BREAK}")


def counted(number: int, url: str = "") -> Figure:
    """A page has hundreds of them, of which most are short."""
    return Figure(str(number) if number < 1000 else words.number(number), url)


class Key(NamedTuple):
    """What a colour or shape means. ``look`` is a class of the style sheet: c1 to c5, cs, mid or limit."""

    look: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """``name`` is its anchor. The first cell of a row of the table is what the row is about. ``drawing`` is
    empty where there is nothing to draw; ``summary`` says so then. One ``by_day`` opens at its last days,
    where it is wider than the screen.
    """

    name: str
    title: str
    summary: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Figure]]
    drawing: SafeString = NOTHING
    by_day: bool = False
    keys: Sequence[Key] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)


def drawn(spec: dict[str, Any], *, label: str) -> SafeString:
    """The SVG of a Vega-Lite specification without its config; ``label`` is what it shows, in words. A mark
    with a ``description`` says it when it is pointed at; one with a ``href`` is a link.
    """
    whole = {"width": WIDTH, "height": HEIGHT} | spec | {"config": CONFIG}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    if "\\" in text or not text.isprintable():  # JSON writes a control character with a backslash
        text = json.dumps(_printable(whole), sort_keys=True, ensure_ascii=False)
    return _drawn(text, _printable(label))


def _printable(value: Any) -> Any:
    """Without control characters in its texts: one that XML cannot hold ends the whole process, in Rust."""
    if isinstance(value, str):
        return "".join(letter if letter.isprintable() else " " for letter in value)
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list | tuple) else value


def one(**values: Any) -> dict[str, Any]:
    """The data of a mark that is drawn once, as a line across the chart."""
    return {"values": [values]}


def by_day(name: str) -> dict[str, Any]:
    """An axis of days, given as in ISO 8601, with a month at each tick."""
    return {
        "field": name, "type": "temporal", "title": None, "scale": {"type": "utc"},
        "axis": {"labelExpr": "utcFormat(datum.value, '%m.%Y')", "tickCount": "month", "labelOverlap": True},
    }  # fmt: skip


def in_lines(letters: int) -> str:
    """The expression of a label in lines of about so many letters, broken between its words."""
    return f"split(replace(datum.label, /(.{{1,{letters}}})( |$)/g, '$1|'), '|')"


@lru_cache(maxsize=KEPT)
def _drawn(spec: str, label: str) -> SafeString:
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    return SafeString(_for_the_page(ElementTree.fromstring(svg), label))  # noqa: S314 - our own, from data as text


def _for_the_page(root: ElementTree.Element, label: str) -> str:
    for name in ("width", "height"):
        del root.attrib[name]
    root.attrib |= {"class": "chart drawn", "role": "group", "aria-label": label}
    for element in list(root.iter())[1:]:
        for name in ("role", "aria-roledescription"):
            element.attrib.pop(name, None)
        if said := element.attrib.pop("aria-label", None):
            ElementTree.SubElement(element, f"{SVG}title").text = said
        if element.tag == f"{SVG}a":
            # Not a stop of the keyboard: the table beside it leads to the same lists.
            element.set("tabindex", "-1")
            element.set("href", element.attrib.pop(XLINK).removeprefix(BASE))
    return ElementTree.tostring(root, encoding="unicode")
