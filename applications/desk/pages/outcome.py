"""Pages of the road to the outcome: conditions, service of a notice, representations."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page
from applications.models import Condition, RefusalNotice, Representation
from applications.services import decisions
from licences.desk.forms import AnswerForm, ServiceForm
from look.fields import long_text
from regulators.periods import in_words


class ConditionForm(forms.Form):
    evidence = long_text(gettext_lazy("How the condition was shown to be met"))


class ConditionPage(Page):
    name, path = "condition", "conditions/<int:number>/"
    title, permission = gettext_lazy("Verify a condition"), "verify_condition"
    button, done = gettext_lazy("Record as met"), gettext_lazy("The condition is verified.")
    intro = gettext_lazy(
        "By this you examine the case. You cannot decide on it afterwards, from any account."
    )

    def load(self) -> None:
        found = self.case.conditions.in_force().filter(number=self.ids["number"]).first()
        if found is None:
            raise Http404
        self.condition: Condition = found

    def form(self, data: Any = None) -> ConditionForm:
        return ConditionForm(data)

    def run(self, data: dict[str, Any]) -> Condition:
        return decisions.verify_condition(actor=self.user, condition=self.condition, **data)

    def context(self) -> dict[str, Any]:
        return {
            "facts": [(_("Condition %(number)s") % {"number": self.condition.number}, self.condition.text)]
        }


class ServicePage(Page):
    name, path = "service", "notices/<int:pk_of>/service/"
    fresh_factor = True
    title, permission = gettext_lazy("Record the service of the notice"), "serve_notice"
    button, done = (
        gettext_lazy("Record the service"),
        gettext_lazy("The service is recorded. The firm is told."),
    )

    def load(self) -> None:
        found = self.case.refusal_notices.filter(pk=self.ids["pk_of"]).first()
        if found is None:
            raise Http404
        self.notice: RefusalNotice = found

    def form(self, data: Any = None) -> ServiceForm:
        return ServiceForm(data)

    def run(self, data: dict[str, Any]) -> RefusalNotice:
        return decisions.record_service(actor=self.user, notice=self.notice, **data)

    def context(self) -> dict[str, Any]:
        period = self.case.book.clock("representations")
        return {
            "facts": [
                (_("Notice"), self.notice.text),
                (_("Evidence"), self.notice.evidence),
                (_("Time for representations"), in_words(period)),
            ]
        }


class RepresentationPage(Page):
    name, path = "representation", "representations/<int:pk_of>/"
    fresh_factor = True
    title, permission = gettext_lazy("Answer a representation"), "answer_representation"
    button, done = gettext_lazy("Record the answer"), gettext_lazy("The answer is recorded.")

    def load(self) -> None:
        ours = Representation.objects.filter(notice__application=self.case, answered_at=None)
        found = ours.filter(pk=self.ids["pk_of"]).first()
        if found is None:
            raise Http404
        self.representation: Representation = found

    def form(self, data: Any = None) -> AnswerForm:
        return AnswerForm(data)

    def run(self, data: dict[str, Any]) -> Representation:
        return decisions.answer_representation(actor=self.user, representation=self.representation, **data)

    def context(self) -> dict[str, Any]:
        return {"facts": [(_("The firm says"), self.representation.text)]}
