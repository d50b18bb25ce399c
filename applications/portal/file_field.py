"""The field that files are given in: what is taken, what was given, and a box to give more."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications import slots
from applications.portal.file_rules import accept, rules
from applications.portal.files import FileRow
from documents.kinds import empty
from documents.stores import PIECE
from look.words import decimal_point, size, size_units
from regulators.rulebook import Slot


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """Any number of files, or the one that replaces another. The document store checks each by itself.

    The page sets ``rows`` and ``place``: the files given so far, and the address of what they are given for.
    """

    widget = FilesInput

    def __init__(
        self, *, slot: Slot = slots.EVERY_FILE, many: bool = True, heading: int = 2, **kwargs: Any
    ) -> None:
        widget = FilesInput({"accept": accept(slot), **({"multiple": True} if many else {})})
        self.slot, self.rules = slot, rules(slot, many=many)
        super().__init__(
            required=False,
            widget=widget,
            help_text=" ".join(self.rules),
            template_name="portal/parts/files.html",
            **kwargs,
        )
        self.many = many
        self.rows: list[FileRow] = []
        self.place = self.pick_url = self.form_url = ""
        self.heading, self.stay = heading, False
        self.done = self.replaces = ""  # of a new version: where to go with it, and what it replaces

    @property
    def most_bytes(self) -> int:
        return slots.most_bytes(self.slot)

    @property
    def piece(self) -> int:
        """What is larger comes in pieces of so many bytes."""
        return PIECE

    @property
    def empty(self) -> str:
        return empty()

    @property
    def units(self) -> str:
        """Of sizes, from the smallest."""
        return " ".join(size_units())

    @property
    def decimal_point(self) -> str:
        return decimal_point()

    @property
    def wrong_kind(self) -> str:
        return slots.wrong_kind(self.slot)

    @property
    def too_big(self) -> str:
        words = _("The file is larger than %(size)s. Split it or save it smaller, and upload it again.")
        return words % {"size": size(self.most_bytes)}

    @property
    def together(self) -> str:
        """A page without its script sends all chosen files at once, which the proxy takes up to one limit."""
        words = _("Choose files of together %(size)s at most, upload them, then choose the next.")
        return words % {"size": size(slots.most_bytes(slots.EVERY_FILE))}
