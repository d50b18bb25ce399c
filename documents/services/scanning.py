"""The virus check."""

from uuid import UUID


def scan(*, document_id: UUID | str) -> bool:
    raise NotImplementedError
