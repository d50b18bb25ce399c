"""The whole application as one paper, for people to read and keep: as HTML and as a tagged PDF.

``specimen(book, language)``: the questions of a rule book without a case. ``of_draft`` and ``of_snapshot``:
those of a case with its answers. Each gives a ``Paper``: plain data in the words of one language. ``html``
and ``pdf`` make of it what is read. No file that was uploaded is ever part of it.
"""

from applications.paper.filing import of_draft, of_snapshot
from applications.paper.model import Paper
from applications.paper.page import html, pdf, pdf_response
from applications.paper.specimen import specimen

__all__ = ["Paper", "html", "of_draft", "of_snapshot", "pdf", "pdf_response", "specimen"]
