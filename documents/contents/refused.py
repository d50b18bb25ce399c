class Refused(Exception):  # noqa: N818
    """The file is not taken. ``code`` is one of documents.words.REFUSED."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
