"""Delegating acts to people, and the legal basis that licences are granted on."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from look import words
from regulators import services
from regulators.desk.base import ConfirmPage, EndPage, Page, PeriodForm, text
from regulators.models import Act, AuthorityBasis, Delegation, LicenceType, Role, Staff
from regulators.queries import administered_by


def period(row: Any) -> list[tuple[str, Any]]:
    return [
        (_("First day"), words.day(row.valid_from)),
        (_("Last day"), words.day(row.valid_until) if row.valid_until else _("open")),
    ]


class AppointmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.full_name}, {obj.get_role_display()}, {obj.regulator}"


class LicenceTypeField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({obj.regulator})"


class LicenceTypeForm(PeriodForm):
    licence_type = LicenceTypeField(
        queryset=LicenceType.objects.none(),
        label=gettext_lazy("Licence type"),
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine, fields = administered_by(user), vars(self)["fields"]
        ours = LicenceType.objects.filter(regulator__in=mine)
        fields["licence_type"].queryset = ours.select_related("regulator")


class DelegateForm(LicenceTypeForm):
    staff = AppointmentField(
        queryset=Staff.objects.none(),
        label=gettext_lazy("Appointment"),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("A lead reviewer can recommend; a decision maker can do the other acts."),
    )
    act = forms.ChoiceField(label=gettext_lazy("Act"), choices=[("", gettext_lazy("Choose")), *Act.choices])
    field_order = ("staff", "licence_type", "act", "valid_from", "valid_until")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        going_on = Q(valid_until=None) | Q(valid_until__gte=timezone.localdate())
        found = Staff.objects.filter(
            going_on,
            regulator__in=administered_by(user),
            role__in=(Role.LEAD_REVIEWER, Role.DECISION_MAKER),
        )
        vars(self)["fields"]["staff"].queryset = found.select_related("user", "regulator")


class DelegatePage(Page):
    fresh_factor = True
    name, label = "delegate", gettext_lazy("Delegate")
    title, button = gettext_lazy("Delegate an act"), gettext_lazy("Delegate")
    done = gettext_lazy("The delegation is on record. It counts once another administrator confirms it.")

    def form(self, data: Any = None) -> DelegateForm:
        return DelegateForm(data, user=self.user)

    def run(self, data: dict[str, Any]) -> Delegation:
        return services.delegate(actor=self.user, **data)


class DelegationPage(Page):
    fresh_factor = True
    regulator = "staff.regulator"

    def facts(self) -> list[tuple[str, Any]]:
        row: Delegation = self.row
        return [
            (_("Person"), row.staff.user),
            (_("Role"), row.staff.get_role_display()),
            (_("Licence type"), row.licence_type.title),
            (_("Delegated act"), row.get_act_display()),
            *period(row),
            (_("Delegated by"), row.granted_by or _("the shell of the server")),
        ]


class ConfirmDelegationPage(ConfirmPage, DelegationPage):
    title, button = gettext_lazy("Confirm a delegation"), gettext_lazy("Confirm the delegation")
    done = gettext_lazy("The delegation is confirmed. It counts on its days.")
    intro = gettext_lazy(
        "You are the second pair of eyes: you neither made this delegation nor are you the person empowered."
    )

    def run(self, data: dict[str, Any]) -> Delegation:
        return services.confirm_delegation(actor=self.user, delegation=self.row)


class EndDelegationPage(EndPage, DelegationPage):
    title, button = gettext_lazy("End a delegation"), gettext_lazy("End the delegation")
    done = gettext_lazy("The last day of the delegation is on record.")

    def run(self, data: dict[str, Any]) -> Delegation:
        return services.end_delegation(actor=self.user, delegation=self.row, **data)


class BasisForm(LicenceTypeForm):
    act = forms.CharField(
        label=gettext_lazy("Name of the act of law, with its number and day"), max_length=200
    )
    article = forms.CharField(label=gettext_lazy("Article"), max_length=100)
    scope = text(gettext_lazy("What it empowers the regulator to do"), most=500)
    field_order = ("licence_type", "act", "article", "scope", "valid_from", "valid_until")


class EnterBasisPage(Page):
    fresh_factor = True
    name, label = "enter", gettext_lazy("Enter a legal basis")
    title, button = gettext_lazy("Enter a legal basis"), gettext_lazy("Enter the legal basis")
    done = gettext_lazy("The legal basis is entered. It counts once another administrator confirms it.")
    intro = gettext_lazy(
        "The law by which the regulator grants this licence type. Copy it from the published text."
    )

    def form(self, data: Any = None) -> BasisForm:
        return BasisForm(data, user=self.user)

    def run(self, data: dict[str, Any]) -> AuthorityBasis:
        return services.enter_authority_basis(actor=self.user, **data)


class ConfirmBasisPage(Page):
    fresh_factor = True
    name, label = "confirm", gettext_lazy("Confirm")
    title, button = gettext_lazy("Confirm a legal basis"), gettext_lazy("Confirm the legal basis")
    done = gettext_lazy("The legal basis is confirmed. Licences can be granted on it.")
    intro = gettext_lazy(
        "You are the second pair of eyes: compare what is written here with the published text."
    )
    regulator = "licence_type.regulator"

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return row.confirmed_by_id is None and user.human != row.entered_human

    def run(self, data: dict[str, Any]) -> AuthorityBasis:
        return services.confirm_authority_basis(actor=self.user, basis=self.row)

    def facts(self) -> list[tuple[str, Any]]:
        row: AuthorityBasis = self.row
        return [
            (_("Licence type"), row.licence_type.title),
            (_("Act of law"), row.act),
            (_("Article"), row.article),
            (_("What it empowers the regulator to do"), row.scope),
            *period(row),
            (_("Entered by"), row.entered_by),
        ]
