"""The field that files are given in: what is taken, what was given, and a box to give more."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from applications.portal.files import ACCEPT, FileRow, rules
from documents.stores import PIECE


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """Any number of files, or the one that replaces another. The document store checks each by itself.

    The page sets ``rows`` and ``place``: the files given so far, and the address of what they are given for.
    """

    widget = FilesInput

    def __init__(self, *, many: bool = True, heading: int = 2, **kwargs: Any) -> None:
        widget = FilesInput({"accept": ACCEPT, **({"multiple": True} if many else {})})
        self.rules = rules() if many else rules()[:2]
        super().__init__(
            required=False,
            widget=widget,
            help_text=" ".join(self.rules),
            template_name="portal/parts/files.html",
            **kwargs,
        )
        self.many = many
        self.rows: list[FileRow] = []
        self.place = self.pick_url = ""
        self.heading, self.stay = heading, False
        self.done = self.replaces = ""  # of a new version: where to go with it, and what it replaces

    @property
    def most_bytes(self) -> int:
        return settings.DOCUMENT_MAX_BYTES

    @property
    def piece(self) -> int:
        """What is larger comes in pieces of so many bytes."""
        return PIECE

    @property
    def too_big(self) -> str:
        words = _("The file is larger than %(size)s. Split it or save it smaller, and upload it again.")
        return words % {"size": filesizeformat(self.most_bytes)}

    @property
    def together(self) -> str:
        """A page without its script sends all chosen files at once, which the proxy takes up to one limit."""
        words = _("Choose files of together %(size)s at most, upload them, then choose the next.")
        return words % {"size": filesizeformat(self.most_bytes)}
