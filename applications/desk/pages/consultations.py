"""Pages of a consultation: ask, answer, finish without an answer, give to another specialist."""

from typing import Any

import rules
from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk import standing
from applications.desk.pages.base import INSIDE, Page
from applications.desk.picks import question_choices
from applications.models import Consultation
from applications.presses import newest, posted_seen
from applications.queries.conflicts import cannot_act, named
from applications.queries.consultations import silence_rests_on
from applications.services import consultations
from look import words
from look.fields import long_text
from regulators.calendars import YearNotInCalendarError, add_working_days
from regulators.last_day import LastDayField
from regulators.periods import in_words
from regulators.queries import people_with_role

CHOOSE = [("", gettext_lazy("Choose"))]


class SpecialistField(forms.ModelChoiceField):
    """Who can be asked; of whom it would be refused, the choice says so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), empty_label=gettext_lazy("Choose"), **kwargs)

    def offer(self, case: Any) -> None:
        asked = people_with_role(case.regulator_id, *consultations.ASKED_ROLES).order_by("full_name", "pk")
        why = cannot_act(case, asked)
        self.queryset = asked
        self.label_from_instance = lambda obj: named(obj, why)  # type: ignore[method-assign]
        self.choices = self.iterator(self)


class ConsultForm(forms.Form):
    specialist = SpecialistField(
        label=gettext_lazy("A specialist or reviewer of ours"),
        required=False,
        help_text=gettext_lazy("Answers in the desk, and takes the examining side of the case."),
    )
    body = forms.CharField(
        label=gettext_lazy("Or another body, by its name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("You record its answer."),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Stage that it is about"), required=False)
    requirements = forms.MultipleChoiceField(
        label=gettext_lazy("Questions of the rule book that it is about"),
        required=False,
        widget=forms.SelectMultiple({"size": 8}),
    )
    question = long_text(gettext_lazy("Question"))
    working_days = forms.IntegerField(
        label=gettext_lazy("Answer expected within, in working days"),
        min_value=1,
        max_value=250,
        required=False,
    )
    due_on = LastDayField(label=gettext_lazy("Or by this day"), required=False)
    silence = forms.ChoiceField(
        label=gettext_lazy("What no answer by then means"),
        choices=Consultation.SILENCE_RULES,
        widget=forms.RadioSelect,
        initial=Consultation.WAIT,
        error_messages={"required": gettext_lazy("Choose what no answer means.")},
    )

    def __init__(self, case: Any, data: Any = None) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["specialist"].offer(case)
        stages = [(code, standing.stage_title(case, code)) for code in case.book.stage_codes]
        fields["stage"].choices = [*CHOOSE, *stages]
        fields["requirements"].choices = question_choices(case, people=False)[1:]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        count = data.pop("working_days", None)
        if count and data.get("due_on"):
            self.add_error("due_on", _("Give working days or a day, not both."))
        elif count:
            try:
                data["due_on"] = add_working_days(timezone.localdate(), count)
            except YearNotInCalendarError:
                self.add_error("working_days", _("The calendar does not go so far: give a day instead."))
        if data.get("specialist") and data.get("body"):
            self.add_error("body", _("Name a specialist or another body, one of the two."))
        data["requirements"] = [key.partition("|")[0] for key in data.get("requirements", [])]
        return data


class ConsultPage(Page):
    name, path = "consultation_new", "consultations/new/"
    title, permission = gettext_lazy("Consult a specialist or another body"), "consult"
    button, done, intro = gettext_lazy("Ask"), gettext_lazy("Recorded."), INSIDE

    def form(self, data: Any = None) -> ConsultForm:
        return ConsultForm(self.case, data)

    def run(self, data: dict[str, Any]) -> Consultation:
        return consultations.consult(
            actor=self.user, case=self.case, seen=posted_seen(self.request.POST), **data
        )

    def seen(self) -> int:
        return newest(self.case.consultations.order_by("-pk")[:1])

    def context(self) -> dict[str, Any]:
        clock = self.case.book.clock("concurrence")
        law = [(_("Answer of another body, where you set no day"), in_words(clock))] if clock else []
        return {
            "facts": [*law, (_("Rules for silence"), _("They are our policy, unless the book cites law."))]
        }


class OfConsultation(Page):
    """A page about one consultation that waits; one treated as no objection takes a late answer."""

    waiting: tuple[str, ...] = (Consultation.OPEN,)

    def load(self) -> None:
        rows = self.case.consultations.select_related("specialist", "asked_by")
        found = rows.filter(pk=self.ids["pk_of"], outcome__in=self.waiting).first()
        if found is None:
            raise Http404
        found.application = self.case
        self.consultation: Consultation = found

    def context(self) -> dict[str, Any]:
        asked, case = self.consultation, self.case
        due = words.due_day(asked.due_on) if asked.due_on else _("no day")
        about = [standing.stage_title(case, asked.stage)] if asked.stage else []
        rule = f"{asked.get_silence_display()} ({silence_rests_on(asked)})"
        facts = [(_("Consulted"), asked.body), (_("Asked by"), asked.asked_by.full_name),
                 (_("About"), ", ".join([*about, *asked.requirements])), (_("Question"), asked.question),
                 (_("Answer expected by"), due), (_("If there is none"), rule)]  # fmt: skip
        return {"facts": [(name, value) for name, value in facts if value]}


class AnswerForm(forms.Form):
    answer = long_text(gettext_lazy("Answer"), rows=8)


class AnswerConsultationPage(OfConsultation):
    """Reviewers read the question of a specialist here; the answer is that specialist's alone."""

    name, path = "consultation", "consultations/<int:pk_of>/"
    title, permission = gettext_lazy("Answer the consultation"), "read_consultation"
    button, done = gettext_lazy("Record the answer"), gettext_lazy("The answer is recorded.")
    intro = INSIDE
    waiting = (Consultation.OPEN, Consultation.SILENT)

    def get(self) -> HttpResponse:
        may = rules.has_perm("applications.answer_consultation", self.user, self.consultation)
        return self.render(self.form() if may else None)

    def form(self, data: Any = None) -> AnswerForm:
        return AnswerForm(data)

    def run(self, data: dict[str, Any]) -> Consultation:
        return consultations.answer_consultation(actor=self.user, consultation=self.consultation, **data)


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        choices=[
            (Consultation.WITHDRAWN, gettext_lazy("The question is withdrawn")),
            (Consultation.SILENT, gettext_lazy("Silence is treated as no objection, as its rule lets us")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how the consultation ends.")},
    )
    reason = long_text(gettext_lazy("Reason, as the file will show it"))


class CloseConsultationPage(OfConsultation):
    name, path = "consultation_close", "consultations/<int:pk_of>/close/"
    title, permission = gettext_lazy("Finish without an answer"), "consult"
    button, done = gettext_lazy("Finish"), gettext_lazy("The consultation is finished.")
    intro = INSIDE

    def form(self, data: Any = None) -> CloseForm:
        return CloseForm(data)

    def run(self, data: dict[str, Any]) -> Consultation:
        return consultations.close_consultation(actor=self.user, consultation=self.consultation, **data)


class GiveForm(forms.Form):
    specialist = SpecialistField(
        label=gettext_lazy("A specialist or reviewer of ours"),
        error_messages={"required": gettext_lazy("Choose who is asked.")},
    )

    def __init__(self, case: Any, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["specialist"]
        field.offer(case)


class GiveConsultationPage(OfConsultation):
    name, path = "consultation_give", "consultations/<int:pk_of>/give/"
    title, permission = gettext_lazy("Ask another specialist"), "consult"
    button, done = gettext_lazy("Ask"), gettext_lazy("Another specialist is asked.")
    intro = INSIDE

    def form(self, data: Any = None) -> GiveForm:
        return GiveForm(self.case, data)

    def run(self, data: dict[str, Any]) -> Consultation:
        return consultations.give_consultation(actor=self.user, consultation=self.consultation, **data)
