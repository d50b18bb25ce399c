"""Who is the case officer: named on a page, taken and given back by one press on the case page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk.pages.base import Page, posted_version
from applications.models import Application
from applications.queries.conflicts import cannot_act, named
from applications.services.assigning import assign_case_officer, release_case
from regulators.queries import people_with_role
from workflow.errors import Conflict


class AssignForm(forms.Form):
    officer = forms.ModelChoiceField(
        label=gettext_lazy("Case officer"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose")
    )


class AssignPage(Page):
    name, path = "assign", "officer/"
    title, permission = gettext_lazy("Name the case officer"), "assign_case"
    button, done = gettext_lazy("Name"), gettext_lazy("The case officer is named.")

    def form(self, data: Any = None) -> AssignForm:
        form = AssignForm(data, initial={"officer": self.case.case_officer_id})
        field: Any = form.fields["officer"]
        field.queryset = people_with_role(self.case.regulator_id, "case_officer")
        why = cannot_act(self.case, field.queryset)
        field.label_from_instance = lambda user: named(user, why)
        return form

    def run(self, data: dict[str, Any]) -> Application:
        version = posted_version(self.request.POST)
        return assign_case_officer(
            actor=self.user, case=self.case, officer=data["officer"], expected_version=version
        )

    def context(self) -> dict[str, Any]:
        return {"facts": [(_("On record now"), self.case.case_officer or _("Nobody yet"))]}


class TakePage(Page):
    """The case page posts here; opened by itself, or refused, it asks with its button."""

    name, path = "take", "officer/take/"
    title, permission = gettext_lazy("Take the case"), "assign_case"
    button, done = gettext_lazy("Take the case"), gettext_lazy("The case is yours.")

    @property
    def wanted(self) -> User | None:
        return self.user

    def run(self, data: dict[str, Any]) -> Application:
        """A second press finds the case as the first one left it: that is done too."""
        try:
            return self.act(posted_version(self.request.POST))
        except Conflict as refusal:
            now: Any = refusal.current
            if now is None or now.case_officer_id != (self.wanted.pk if self.wanted else None):
                raise
            return now

    def act(self, version: int) -> Application:
        return assign_case_officer(
            actor=self.user, case=self.case, officer=self.user, expected_version=version
        )

    def context(self) -> dict[str, Any]:
        return {"facts": [(_("On record now"), self.case.case_officer or _("Nobody yet"))]}


class ReleasePage(TakePage):
    name, path = "release", "officer/release/"
    title = button = gettext_lazy("Give the case back")
    done = gettext_lazy("The case is given back: it is nobody’s now.")
    wanted = None

    def act(self, version: int) -> Application:
        return release_case(actor=self.user, case=self.case, expected_version=version)
