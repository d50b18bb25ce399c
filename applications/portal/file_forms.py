"""Forms about one file: what it is, and a newer version of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import DocumentFacts
from applications.portal.file_field import FilesField
from applications.portal.forms import DateField, PlainForm
from applications.queries.files import facts_of, pages_of
from documents.models import Document

NOTHING = ("", _("Not said"))


class FactsForm(PlainForm):
    title = forms.CharField(
        label=_("Name for readers"),
        help_text=_("For example, Charter of the firm. The file keeps its own name too."),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of document"), choices=[NOTHING, *DocumentFacts.KINDS], required=False
    )
    language = forms.ChoiceField(
        label=_("Language of the document"), choices=[NOTHING, *DocumentFacts.LANGUAGES], required=False
    )
    translated_by = forms.CharField(
        label=_("Translated by"),
        help_text=_("Where this is a translation of another document"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    certification = forms.ChoiceField(
        label=_("Certified"), choices=[NOTHING, *DocumentFacts.CERTIFIED], required=False
    )
    certified_on = DateField(label=_("Day of the certification"), required=False)
    issued_on = DateField(label=_("Date of issue"), help_text=_("For example, 27 3 2026"), required=False)
    expires_on = DateField(
        label=_("Valid until"), help_text=_("Where the document itself says so"), required=False
    )
    confidential = forms.BooleanField(
        label=_("We claim this document as confidential"),
        help_text=_(
            "At the regulator only the case officer, reviewers, who decides, and a specialist who is asked "
            "then open it. Your advisers do not."
        ),
        required=False,
    )
    confidential_why = forms.CharField(
        label=_("Why it is confidential"), max_length=300, required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    pages = forms.CharField(
        label=_("Pages that answer this question"),
        help_text=_("For example, 3-7, 12. Empty: all of it."),
        max_length=60, required=False, widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, document: Document, data: Any = None, *, of_question: bool = False) -> None:
        facts = facts_of(document)
        said = (
            {name: getattr(facts, name) for name in (*DocumentFacts.SAID, "version")}
            if facts
            else {"version": 0}
        )
        super().__init__(data, initial={**said, "pages": pages_of(document)})
        if not of_question:
            del self.fields["pages"]

    def facts(self) -> dict[str, Any]:
        """For the service; call it on a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return said | {"expected_version": self.cleaned_data["version"]}

    def stand_on(self, facts: DocumentFacts) -> None:
        """The form that is shown again stands on what is stored now; what was typed stays."""
        self.data = {**dict(self.data.items()), "version": str(facts.version)}


class ReplaceForm(PlainForm):
    """``here`` is the address of what the file was given for; ``done`` where one goes afterwards."""

    def __init__(self, document: Document, here: str, done: str, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        field = FilesField(label=_("Choose the file"), many=False)
        field.place, field.done, field.replaces = here, done, str(document.pk)
        self.fields["files"] = field

    def clean_files(self) -> list[Any]:
        given: list[Any] = self.cleaned_data["files"]
        if not given:
            raise forms.ValidationError(_("Choose the file that takes its place."))
        return given
