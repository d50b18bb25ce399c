"""The page on which staff declare a conflict of interest."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from applications.desk import viewing
from applications.desk.pages.base import Page
from applications.models import ConflictOfInterest
from applications.services import conflicts
from look.fields import long_text


class ConflictForm(forms.Form):
    text = long_text(gettext_lazy("What the conflict is"))


class ConflictPage(Page):
    """Open to whoever has a conflict already: a second press is answered like the first."""

    name, path = "conflict_new", "conflicts/new/"
    title, permission = gettext_lazy("Declare a conflict of interest"), "declare_conflict"
    open_in_conflict = True
    button = gettext_lazy("Declare")
    done = gettext_lazy("Your conflict is on record. You take no further part in this case.")
    intro = gettext_lazy(
        "From then on this case is closed to you, under any account. What you have in hand goes back, and "
        "the lead reviewers name others. You cannot take it back."
    )

    def form(self, data: Any = None) -> ConflictForm:
        return ConflictForm(data)

    def run(self, data: dict[str, Any]) -> ConflictOfInterest:
        declared = conflicts.declare_conflict(actor=self.user, case=self.case, text=data["text"])
        viewing.left(self.user, self.case)
        return declared

    def done_url(self, result: Any) -> str:
        return reverse("admin:applications_application_changelist")
