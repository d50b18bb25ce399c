"""Pages of the review: notes, consultations, conflicts of interest, changes that the firm reported."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.act_forms import long_text
from applications.desk.pages.base import Page
from applications.desk.picks import question_choices
from applications.models import ChangeNotice, ConflictOfInterest, Consultation, Note
from applications.presses import newest, posted_seen
from applications.services import assessment
from look.fields import DayMonthYearField

INSIDE = gettext_lazy("Not visible to the firm.")


class NoteForm(forms.Form):
    text = long_text(gettext_lazy("Note, not visible to the firm"), rows=6)


class NotePage(Page):
    name, path = "note_new", "notes/new/"
    title, permission = gettext_lazy("Write a note"), "write_note"
    button, done, intro = gettext_lazy("Save the note"), gettext_lazy("The note is saved."), INSIDE

    def form(self, data: Any = None) -> NoteForm:
        return NoteForm(data)

    def run(self, data: dict[str, Any]) -> Note:
        seen = posted_seen(self.request.POST)
        return assessment.write_note(actor=self.user, case=self.case, text=data["text"], seen=seen)

    def seen(self) -> int:
        return newest(self.case.notes.order_by("-pk")[:1])


class ConsultForm(forms.Form):
    body = forms.CharField(label=gettext_lazy("Who is consulted"), max_length=200)
    question = long_text(gettext_lazy("Question"))
    due_on = DayMonthYearField(label=gettext_lazy("Answer expected by"), required=False)


class ConsultPage(Page):
    name, path = "consultation_new", "consultations/new/"
    title, permission = gettext_lazy("Consult another body"), "consult"
    button, done, intro = gettext_lazy("Record the consultation"), gettext_lazy("Recorded."), INSIDE

    def form(self, data: Any = None) -> ConsultForm:
        return ConsultForm(data)

    def run(self, data: dict[str, Any]) -> Consultation:
        return assessment.consult(
            actor=self.user, case=self.case, seen=posted_seen(self.request.POST), **data
        )

    def seen(self) -> int:
        return newest(self.case.consultations.order_by("-pk")[:1])


class AnswerForm(forms.Form):
    answer = long_text(gettext_lazy("Answer, or why there is none"))


class FinishConsultationPage(Page):
    name, path = "consultation", "consultations/<int:pk_of>/"
    title, permission = gettext_lazy("Finish the consultation"), "consult"
    button, done = gettext_lazy("Finish"), gettext_lazy("The consultation is finished.")

    def load(self) -> None:
        found = self.case.consultations.filter(pk=self.ids["pk_of"], finished_at=None).first()
        if found is None:
            raise Http404
        self.consultation: Consultation = found

    def form(self, data: Any = None) -> AnswerForm:
        return AnswerForm(data)

    def run(self, data: dict[str, Any]) -> Consultation:
        return assessment.finish_consultation(actor=self.user, consultation=self.consultation, **data)

    def context(self) -> dict[str, Any]:
        asked = self.consultation
        return {"facts": [(_("Consulted"), asked.body), (_("Question"), asked.question)]}


class ConflictForm(forms.Form):
    text = long_text(gettext_lazy("What the conflict is"))


class ConflictPage(Page):
    name, path = "conflict_new", "conflicts/new/"
    title, permission = gettext_lazy("Declare a conflict of interest"), "declare_conflict"
    button = gettext_lazy("Declare")
    done = gettext_lazy("Your conflict is on record. You take no further part in this case.")
    intro = gettext_lazy(
        "From then on nothing of yours is taken on this case, under any account. You cannot take it back."
    )

    def form(self, data: Any = None) -> ConflictForm:
        return ConflictForm(data)

    def run(self, data: dict[str, Any]) -> ConflictOfInterest:
        return assessment.declare_conflict(actor=self.user, case=self.case, text=data["text"])


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
