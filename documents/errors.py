"""Why the store says no. Every message is for the person who asked, and says how to mend it."""


class DocumentError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Rejected(DocumentError):
    """The upload was not taken; nothing of it was kept."""


class NotUsable(DocumentError):
    """The document is kept, and may not be opened."""


class Kept(DocumentError):
    """The document may not be deleted."""
