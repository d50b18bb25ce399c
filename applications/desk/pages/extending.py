"""The period for the decision is extended."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page
from applications.models import Application
from applications.queries.extension import extension_now
from applications.services.extension import extend_period
from look import words
from look.fields import long_text
from regulators.last_day import LastDayField
from regulators.periods import in_words
from regulators.rulebook import say


class ExtendForm(forms.Form):
    until = LastDayField(label=gettext_lazy("New last day of the period"))
    reason = long_text(gettext_lazy("Reason, as the firm will read it"))


class ExtendPeriodPage(Page):
    name, path = "extend_period", "period/extend/"
    fresh_factor = True
    title, permission = gettext_lazy("Extend the period for the decision"), "extend_period"
    button = gettext_lazy("Extend the period")
    done = gettext_lazy("The period is extended. The firm is told.")
    intro = gettext_lazy(
        "By this you decide on the case. You cannot examine it afterwards, from any account."
    )

    def load(self) -> None:
        self.found = extension_now(self.case)

    def get(self) -> HttpResponse:
        return self.render(None if self.found.refusal else self.form())

    def form(self, data: Any = None) -> ExtendForm:
        form = ExtendForm(data)
        until: Any = form.fields["until"]
        until.latest = self.found.latest
        return form

    def run(self, data: dict[str, Any]) -> Application:
        return extend_period(actor=self.user, case=self.case, **data)

    def context(self) -> dict[str, Any]:
        found = self.found
        facts = [(_("It cannot be extended now"), found.refusal)]
        if found.deadline and found.deadline.due_on:
            period = self.case.book.clock(found.deadline.code)
            facts += [
                (_("Period"), say(period.title) if period else found.deadline.code),
                (_("It ends now on"), words.due_day(found.deadline.due_on)),
            ]
        if found.clock:
            facts.append((say(found.clock.title), in_words(found.clock)))
        if found.latest and not found.refusal:
            facts.append((_("The new last day at most"), words.due_day(found.latest)))
        return {"facts": [(name, value) for name, value in facts if value]}
