"""A legal hold on a case is placed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import INSIDE, Page
from applications.models import LegalHold
from applications.services import holds
from look.fields import long_text


class HoldForm(forms.Form):
    reason = long_text(gettext_lazy("Why the documents of this case have to be kept"))


class HoldPage(Page):
    """It takes effect at once. Two people lift it."""

    name, path = "hold_new", "holds/new/"
    inside = True
    title, permission = gettext_lazy("Place a legal hold"), "place_hold"
    button = gettext_lazy("Place the legal hold")
    done = gettext_lazy("The legal hold stands: nothing of this case is destroyed until two people lift it.")
    intro = INSIDE

    def form(self, data: Any = None) -> HoldForm:
        return HoldForm(data)

    def run(self, data: dict[str, Any]) -> LegalHold:
        return holds.place_hold(actor=self.user, case=self.case, **data)
