"""Files as programs in use write them, which files made by hand do not show. Those in ``made`` hold a policy
of keys in a few lines: Chromium printed one, LibreOffice saved it as three kinds, and qpdf wrote its PDF
anew: for the web, with packed objects, with a password of the owner alone, and with one of the reader.
"""

from pathlib import Path

import pytest

from documents.errors import Rejected
from documents.examination import Content, examination
from documents.kinds import KINDS

MADE = Path(__file__).parent / "made"


def content_of(name: str) -> Content:
    with (MADE / name).open("rb") as file, examination(file, name=name) as found:
        return found()


@pytest.mark.parametrize(
    ("name", "headings", "is_filled"),
    [
        ("chromium.pdf", [], None),
        ("libreoffice.pdf", [], None),
        ("libreoffice.docx", [], None),
        ("libreoffice.xlsx", ["Key class", "Owner"], True),
        ("qpdf-linear.pdf", [], None),
        ("qpdf-objects.pdf", [], None),
    ],
)
def test_they_are_taken_and_run_nothing(name, headings, is_filled):
    assert content_of(name) == Content(KINDS[name.rpartition(".")[2]], [], headings, is_filled)


@pytest.mark.parametrize("name", ["qpdf-owner.pdf", "qpdf-locked.pdf"])
def test_locked_ones_are_told_so(name):
    with pytest.raises(Rejected) as caught:
        content_of(name)
    assert caught.value.code == "password"
