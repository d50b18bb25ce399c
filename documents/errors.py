"""Why the store says no. Every message is for the person who asked, and says how to mend it."""

from typing import TYPE_CHECKING

from workflow.errors import Refused

if TYPE_CHECKING:
    from documents.models import Document


class DocumentError(Refused):
    def __init__(self, code: str, message: str) -> None:
        super().__init__([message])
        self.code = code
        self.message = message


class Rejected(DocumentError):  # noqa: N818
    """The upload was not taken; nothing of it was kept."""


class OutOfStep(DocumentError):  # noqa: N818
    """This is not the piece that comes next: ``came`` bytes are there."""

    def __init__(self, message: str, came: int) -> None:
        super().__init__("out_of_step", message)
        self.came = came


class NotUsable(DocumentError):  # noqa: N818
    """The document is kept, and may not be opened."""


class Active(DocumentError):  # noqa: N818
    """Something in ``document`` runs by itself: it is opened by who was warned of that."""

    def __init__(self, document: "Document") -> None:
        super().__init__("active", document.warning)
        self.document = document


class Kept(DocumentError):  # noqa: N818
    """The document may not be deleted."""
