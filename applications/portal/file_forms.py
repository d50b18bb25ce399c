"""Forms about one file: what it is, and a newer version of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import DocumentFacts
from applications.portal.file_field import FilesField
from applications.portal.forms import DateField, PlainForm
from applications.queries.files import facts_of, pages_of
from applications.services.files import nonsense, read_pages
from documents.models import Document
from regulators.rulebook import Slot

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

    def __init__(
        self,
        document: Document,
        data: Any = None,
        *,
        of_question: bool = False,
        filled: Mapping[str, Any] | None = None,
    ) -> None:
        """``filled`` is shown where nothing is said yet: of the version before, to be checked and saved."""
        self.document = document
        facts = facts_of(document)
        said = (
            {name: getattr(facts, name) for name in (*DocumentFacts.SAID, "version")}
            if facts
            else {"version": 0}
        )
        said |= {"pages": pages_of(document)}
        super().__init__(data, initial=said | {n: v for n, v in (filled or {}).items() if not said.get(n)})
        if not of_question:
            del self.fields["pages"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        said = {name: found.get(name) for name in DocumentFacts.SAID if name in found}
        wrong = nonsense(DocumentFacts(**said))
        if pages := read_pages(found.get("pages", ""), self.document)[1]:
            wrong["pages"] = pages
        for name, text in wrong.items():
            self.add_error(name, text)
        return found

    def carried(self) -> list[str]:
        """What came over from the version before and was not looked at yet, by the names of its fields."""
        facts = facts_of(self.document)
        said = DocumentFacts.CARRIED if facts and not facts.version else ()
        return [str(self.fields[name].label) for name in said if getattr(facts, name)]

    def facts(self) -> dict[str, Any]:
        """For the service; call it on a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return said | {"expected_version": self.cleaned_data["version"]}

    def stand_on(self, facts: DocumentFacts) -> None:
        """The form that is shown again stands on what is stored now; what was typed stays."""
        self.data = {**dict(self.data.items()), "version": str(facts.version)}


class ReplaceForm(PlainForm):
    """``here`` is the address of what the file was given for; ``done`` where one goes afterwards."""

    def __init__(
        self,
        document: Document,
        here: str,
        done: str,
        data: Any = None,
        files: Any = None,
        *,
        slot: Slot,
        sheet: str = "",
    ) -> None:
        super().__init__(data, files)
        field = FilesField(label=_("Choose the file"), slot=slot, many=False)
        field.place, field.done, field.replaces = here, done, str(document.pk)
        field.form_url = sheet
        self.fields["files"] = field

    def clean_files(self) -> list[Any]:
        given: list[Any] = self.cleaned_data["files"]
        if not given:
            raise forms.ValidationError(_("Choose the file that takes its place."))
        return given
