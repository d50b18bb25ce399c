"""Pages of a clerical correction: proposing it, and confirming or declining what another person proposed."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page
from applications.models import Correction, CorrectionAnswer
from applications.presses import newest, posted_seen
from applications.queries.corrections import text_of
from applications.services import corrections
from look.fields import long_text


class CorrectionForm(forms.Form):
    old = long_text(gettext_lazy("Words as they stand, copied from the text"), rows=2)
    new = long_text(gettext_lazy("Words as they should be"), rows=2)
    reason = long_text(gettext_lazy("Why it is a slip"), rows=3)


class ProposePage(Page):
    name, path = "correction_new", "corrections/<slug:record>/<int:pk_of>/new/"
    title, permission = gettext_lazy("Correct a slip"), "correct_record"
    button = gettext_lazy("Propose the correction")
    done = gettext_lazy("The correction is proposed. Another person has to confirm it.")
    intro = gettext_lazy(
        "What was written stays as it is. The correction stands beside it for ever, with your names. It "
        "cannot change an outcome, a ground or a state: for that two people reopen or remit the case."
    )

    def load(self) -> None:
        text = text_of(self.case, self.ids["record"], self.ids["pk_of"])
        if text is None:
            raise Http404
        self.text: str = text

    def form(self, data: Any = None) -> CorrectionForm:
        return CorrectionForm(data)

    def seen(self) -> int:
        return newest(self.case.corrections.all())

    def run(self, data: dict[str, Any]) -> Correction:
        seen = posted_seen(self.request.POST)
        where = {"record": self.ids["record"], "pk": self.ids["pk_of"]}
        return corrections.propose_correction(actor=self.user, case=self.case, seen=seen, **where, **data)

    def context(self) -> dict[str, Any]:
        return {"facts": [(dict(Correction.RECORDS)[self.ids["record"]], self.text)]}


class AnswerForm(forms.Form):
    confirmed = forms.TypedChoiceField(
        label=gettext_lazy("Is it a slip?"),
        choices=[
            ("yes", gettext_lazy("Yes, I confirm the correction")),
            ("no", gettext_lazy("No, I decline it")),
        ],
        coerce=lambda text: text == "yes",
        error_messages={"required": gettext_lazy("Choose whether you confirm it")},
        widget=forms.RadioSelect,
    )


class AnswerPage(Page):
    name, path = "correction", "corrections/<int:pk_of>/"
    fresh_factor = True
    title, permission = gettext_lazy("Confirm a correction"), "correct_record"
    button, done = gettext_lazy("Record the answer"), gettext_lazy("The answer is recorded.")

    def load(self) -> None:
        found = self.case.corrections.filter(pk=self.ids["pk_of"], answer=None).select_related("proposed_by")
        correction = found.first()
        if correction is None:
            raise Http404
        self.correction: Correction = correction

    def form(self, data: Any = None) -> AnswerForm:
        return AnswerForm(data)

    def run(self, data: dict[str, Any]) -> CorrectionAnswer:
        return corrections.answer_correction(actor=self.user, correction=self.correction, **data)

    def context(self) -> dict[str, Any]:
        made = self.correction
        text = text_of(self.case, made.record, made.record_pk)
        return {
            "facts": [
                (made.get_record_display(), text),
                (Correction._meta.get_field("old").verbose_name, made.old),
                (Correction._meta.get_field("new").verbose_name, made.new),
                (Correction._meta.get_field("reason").verbose_name, made.reason),
                (gettext_lazy("Proposed by"), made.proposed_by.audit_name),
            ]
        }
