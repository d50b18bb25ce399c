"""Forms of a request for information: the answer to a point, a question about it, more time."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.portal.file_field import FilesField
from applications.portal.forms import LONGEST_TEXT, DraftForm, LastDateField, PlainForm
from applications.queries.law import slot_of

LONGEST_QUESTION = 5_000


class PointForm(DraftForm):
    """The answer to one point of a request for information, and what the page showed before it was typed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, point: Any, data: Any = None, files: Any = None) -> None:
        slot = slot_of(point.request.application, point.requirement)
        shown = {"text": point.answer, "version": point.version}
        super().__init__(data, files, prefix=f"p{point.number}", initial=shown)
        self.fields["text"] = forms.CharField(
            label=format_lazy(_("Your answer to point {number}"), number=point.number),
            widget=forms.Textarea({"rows": 6}),
            max_length=LONGEST_TEXT,
            show_hidden_initial=True,
        )
        self.fields["files"] = FilesField(label=_("Choose files"), slot=slot, heading=3)

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    @property
    def typed(self) -> bool:
        """Whether the text is another one than the page showed."""
        return "text" in self.changed_data

    def stand_on(self, point: Any) -> None:
        """The form that is shown again stands on the answer as it is stored now; what was typed stays."""
        stored = {"version": str(point.version)}
        if not self.typed:
            stored["text"] = point.answer
        self.data = {
            **dict(self.data.items()),
            **{self.add_prefix(name): text for name, text in stored.items()},
            self.add_initial_prefix("text"): point.answer,
        }


class FirmPointForm(PointForm):
    """With a question to the reviewer beside the answer."""

    def __init__(self, point: Any, data: Any = None, files: Any = None) -> None:
        super().__init__(point, data, files)
        self.fields["ask"] = forms.CharField(
            label=format_lazy(_("Your question about point {number}"), number=point.number),
            help_text=_("The last day for the answer stays as it is while you wait for the reply."),
            widget=forms.Textarea({"rows": 3}),
            max_length=LONGEST_QUESTION,
        )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("version", "text", "files")]

    @property
    def question(self) -> str:
        """What is asked of the reviewer beside the answer."""
        return str(self.cleaned_data.get("ask", "")) if self.is_bound else ""


class ExtensionForm(PlainForm):
    """Stands within the form of the whole request, so its names have a prefix."""

    until = LastDateField(label=_("The last day you wish for"), help_text=_("For example, 27 3 2026"))
    reason = forms.CharField(
        label=_("Why you need more time"),
        widget=forms.Textarea({"rows": 3}),
        max_length=LONGEST_QUESTION,
        error_messages={"required": _("Say why you need more time")},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, prefix="more")

    @property
    def begun(self) -> bool:
        """Something is typed in it."""
        day, reason = self["until"].value() or [], self["reason"].value() or ""
        return bool(reason.strip()) or any(day)
