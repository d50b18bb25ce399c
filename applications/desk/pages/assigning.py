"""The page on which the case officer is named."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk.pages.base import Page, posted_version
from applications.models import Application
from applications.queries.conflicts import cannot_act, named
from applications.services.assigning import assign_case_officer
from regulators.queries import people_with_role


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
