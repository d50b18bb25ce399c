"""The case officer's pages: completeness, fee, who has the case."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk.act_forms import long_text
from applications.desk.pages.base import Page, posted_version
from applications.desk.picks import Picked, question_choices
from applications.models import Application, CompletenessCheck
from applications.queries.conflicts import cannot_act, named
from applications.services import assigning, intake
from regulators.queries import people_with_role

GAPS = 12


class CompletenessForm(Picked):
    ROWS = GAPS
    TEXT = gettext_lazy("What is missing")

    outcome = forms.ChoiceField(
        label=gettext_lazy("Result of the check"),
        choices=[
            ("complete", gettext_lazy("The submission is complete")),
            ("gaps", gettext_lazy("Something is missing, as named below")),
        ],
        error_messages={"required": gettext_lazy("Choose the result of the check")},
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        if data["outcome"] == "gaps" and not data["rows"]:
            self.add_error("pick_1", _("Name at least one gap."))
        if data["outcome"] == "complete" and data["rows"]:
            self.add_error("outcome", _("You named gaps: choose that something is missing, or clear them."))
        return data


class CompletenessPage(Page):
    name, path = "completeness", "completeness/"
    title, permission = gettext_lazy("Check completeness"), "check_completeness"
    button, done = gettext_lazy("Record the check"), gettext_lazy("The completeness check is recorded.")
    intro = gettext_lazy(
        "Check that everything due at submission is there and can be read. Whether it is right comes later."
    )

    def form(self, data: Any = None) -> CompletenessForm:
        return CompletenessForm(data, choices=question_choices(self.case, people=False))

    def run(self, data: dict[str, Any]) -> CompletenessCheck:
        gaps: dict[str, str] = {}
        for code, _person, text in data["rows"]:
            gaps[code] = f"{gaps[code]}\n{text}" if code in gaps else text
        return intake.check_completeness(actor=self.user, case=self.case, gaps=gaps)


class FeeForm(forms.Form):
    fee = forms.ChoiceField(
        label=gettext_lazy("Fee"),
        choices=[choice for choice in Application.FEE if choice[0] != "due"],
        error_messages={"required": gettext_lazy("Choose how the fee stands")},
        widget=forms.RadioSelect,
    )
    reason = long_text(gettext_lazy("Reason, where it is waived"), rows=3, required=False)


class FeePage(Page):
    name, path = "fee", "fee/"
    title, permission = gettext_lazy("Record the fee"), "check_completeness"
    button, done = gettext_lazy("Record"), gettext_lazy("The fee is recorded.")

    def form(self, data: Any = None) -> FeeForm:
        return FeeForm(data, initial={"fee": self.case.fee})

    def run(self, data: dict[str, Any]) -> Application:
        version = posted_version(self.request.POST)
        return intake.record_fee(actor=self.user, case=self.case, expected_version=version, **data)

    def context(self) -> dict[str, Any]:
        return {"facts": [(_("On record now"), self.case.get_fee_display())]}


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
        return assigning.assign_case_officer(
            actor=self.user, case=self.case, officer=data["officer"], expected_version=version
        )

    def context(self) -> dict[str, Any]:
        return {"facts": [(_("On record now"), self.case.case_officer or _("Nobody yet"))]}
