"""Pages of the review: notes, and changes that the firm reported."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import INSIDE, Page
from applications.desk.picks import question_choices
from applications.models import ChangeNotice, Note
from applications.presses import newest, posted_seen
from applications.services import assessment
from look.fields import long_text


class NoteForm(forms.Form):
    text = long_text(gettext_lazy("Note, not visible to the firm"), rows=6)


class NotePage(Page):
    name, path = "note_new", "notes/new/"
    inside = keeps = True
    title, permission = gettext_lazy("Write a note"), "write_note"
    button, done, intro = gettext_lazy("Save the note"), gettext_lazy("The note is saved."), INSIDE

    def form(self, data: Any = None) -> NoteForm:
        return NoteForm(data)

    def run(self, data: dict[str, Any]) -> Note:
        seen = posted_seen(self.request.POST)
        return assessment.write_note(actor=self.user, case=self.case, text=data["text"], seen=seen)

    def seen(self) -> int:
        return newest(self.case.notes.order_by("-pk")[:1])


class ChangeForm(forms.Form):
    affected = forms.MultipleChoiceField(
        label=gettext_lazy("Findings that the change affects"),
        required=False,
        help_text=gettext_lazy("Choose none where it has no effect. Those you choose are assessed again."),
        widget=forms.SelectMultiple({"size": 12}),
    )
    resolution = long_text(gettext_lazy("What the change means for the case"))


class ChangePage(Page):
    name, path = "change_notice", "changes/<int:pk_of>/"
    title, permission = gettext_lazy("Resolve a reported change"), "resolve_change"
    button, done = gettext_lazy("Resolve"), gettext_lazy("The reported change is resolved.")
    intro = gettext_lazy("The firm reads what the change means for the case.")

    def load(self) -> None:
        found = self.case.change_notices.filter(pk=self.ids["pk_of"], resolved_at=None).first()
        if found is None:
            raise Http404
        self.change: ChangeNotice = found

    def form(self, data: Any = None) -> ChangeForm:
        form = ChangeForm(data)
        field: Any = form.fields["affected"]
        field.choices = question_choices(self.case, people=False)[1:]
        return form

    def run(self, data: dict[str, Any]) -> ChangeNotice:
        codes = [key.partition("|")[0] for key in data["affected"]]
        return assessment.resolve_change(
            actor=self.user, notice=self.change, resolution=data["resolution"], affected=codes
        )

    def context(self) -> dict[str, Any]:
        return {"facts": [(_("The firm reported"), self.change.text)]}
