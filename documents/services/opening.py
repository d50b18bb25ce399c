"""Handing a file out."""

from typing import IO

from accounts.actors import Actor
from documents.models import Document


def open_document(*, document: Document, actor: Actor, why: str, subject: str = "") -> IO[bytes]:
    raise NotImplementedError
