"""Taking a file in."""

from typing import IO

from accounts.actors import Actor
from documents.models import Document


def receive(*, upload: IO[bytes], name: str, actor: Actor, supersedes: Document | None = None) -> Document:
    raise NotImplementedError
