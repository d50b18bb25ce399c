"""What happens to a file after it was taken."""

from collections.abc import Iterable
from datetime import datetime

from accounts.actors import Actor
from documents.models import Document


def seal(documents: Iterable[Document]) -> None:
    raise NotImplementedError


def delete_unsealed(*, document: Document, actor: Actor) -> None:
    raise NotImplementedError


def verify_integrity(*, before: datetime, limit: int = 200) -> int:
    raise NotImplementedError


def sweep(*, before: datetime) -> int:
    raise NotImplementedError
