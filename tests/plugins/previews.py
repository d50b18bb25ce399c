"""A preview for a document of a test, drawn once a run and kept as the service keeps it."""

import io
from functools import cache

from documents.models import Document
from documents.preview import Pictures, pictures_of
from documents.services import previewing
from tests.plugins.files import real_pdf


def give_preview(document: Document) -> Document:
    previewing._keep(document, _drawn())
    document.refresh_from_db()
    assert document.has_preview
    return document


@cache
def _drawn() -> Pictures:
    return pictures_of(io.BytesIO(real_pdf()), extension="pdf")
