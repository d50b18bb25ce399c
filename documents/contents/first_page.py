"""Draws the first page of one file: ``first_page KIND`` in a folder that holds the file as ``in``. Leaves
there one PNG for each size, and as ``pages`` the number of pages of a PDF, where it is found.
"""

import re
from pathlib import Path

# Points of the page, and how many dots an inch has.
PAGE = (600, 850)
SIZES = {"large": 120, "small": 18}
DRAWING = """
#set page(width: auto, height: auto, margin: 0pt)
#let it(..size) = image("in", format: "{kind}", ..size)
#context {{
  let own = measure(it())
  let by = calc.min({width}pt / own.width, {height}pt / own.height, 1)
  it(width: own.width * by, height: own.height * by)
}}
"""
# There is no page of this number, and how many there are is in what the program then says.
NO_PAGE = '#image("in", format: "pdf", page: 1000000)'
THERE_ARE = re.compile(r"only has (\d+) page")


def main(kind: str) -> None:
    import typst  # who only wants to know SIZES needs none

    Path("drawing.typ").write_text(DRAWING.format(kind=kind, width=PAGE[0], height=PAGE[1]))
    for size, dots in SIZES.items():
        picture = typst.compile("drawing.typ", root=".", format="png", ppi=dots, ignore_system_fonts=True)
        Path(f"{size}.png").write_bytes(picture)
    if kind != "pdf":
        return
    Path("counting.typ").write_text(NO_PAGE)
    try:
        typst.compile("counting.typ", root=".", ignore_system_fonts=True)
    except typst.TypstError as error:
        if found := THERE_ARE.search(" ".join(error.hints)):
            Path("pages").write_text(found[1])
