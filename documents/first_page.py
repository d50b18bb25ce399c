"""Draws the first page of one file. It runs as a process of its own, by its path: ``first_page.py KIND
MEGABYTES SECONDS`` in a folder that holds the file as ``in``, and leaves there one PNG for each size.

Imports nothing of ours: it opens what strangers made, and knows no setting and no secret.
"""

import resource
import sys
from pathlib import Path

# Points of the page, and how many dots an inch has.
PAGE = (600, 850)
SIZES = {"large": 120, "small": 18}
MOST_BYTES = 8 * 1024 * 1024
DRAWING = """
#set page(width: auto, height: auto, margin: 0pt)
#let it(..size) = image("in", format: "{kind}", ..size)
#context {{
  let own = measure(it())
  let by = calc.min({width}pt / own.width, {height}pt / own.height, 1)
  it(width: own.width * by, height: own.height * by)
}}
"""


def limit(megabytes: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, MOST_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def draw(kind: str) -> None:
    import typst

    Path("drawing.typ").write_text(DRAWING.format(kind=kind, width=PAGE[0], height=PAGE[1]))
    for size, dots in SIZES.items():
        picture = typst.compile("drawing.typ", root=".", format="png", ppi=dots, ignore_system_fonts=True)
        Path(f"{size}.png").write_bytes(picture)


if __name__ == "__main__":
    limit(int(sys.argv[2]), int(sys.argv[3]))
    draw(sys.argv[1])
