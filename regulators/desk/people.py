"""Inviting colleagues, and appointing them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import language_of_invitation
from accounts.identifiers import check_papers
from accounts.mails import send_staff_invitation
from accounts.models import StaffInvitation, User
from look import words
from regulators import rules, services
from regulators.desk.base import ConfirmPage, DeskForm, EndPage, Page, PeriodForm
from regulators.models import Regulator, Role, Staff
from regulators.queries import administered_by, colleagues


class InviteForm(DeskForm):
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    language = language_of_invitation()
    citizenship = forms.CharField(
        label=gettext_lazy("Citizenship"),
        max_length=2,
        initial="KZ",
        help_text=gettext_lazy("Two-letter code of the country, for example KZ."),
    )
    iin = forms.CharField(
        label=gettext_lazy("IIN"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Copy it from the person's papers. A citizen of Kazakhstan always has one."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )
    passport = forms.CharField(
        label=gettext_lazy("Passport number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Of a person without an IIN; best given beside an IIN too. Only keyed hashes of the numbers are "
            "kept: by any of them, two accounts of one person are found out."
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean(self) -> None:
        typed = {name: self.cleaned_data.get(name, "") for name in ("citizenship", "iin", "passport")}
        if typed["citizenship"]:
            check_papers(**typed)


class InvitePage(Page):
    name, label = "invite", gettext_lazy("Invite a colleague")
    title, button = gettext_lazy("Invite a colleague"), gettext_lazy("Send the invitation")
    intro = gettext_lazy(
        "The person gets an e-mail with a link to choose a password. The link works once, for three days. "
        "The new account has no role until you appoint the person."
    )

    def form(self, data: Any = None) -> InviteForm:
        return InviteForm(data)

    def run(self, data: dict[str, Any]) -> tuple[StaffInvitation, bool]:
        invitation, token = services.invite_colleague(actor=self.user, **data)
        return invitation, send_staff_invitation(invitation, token)

    def tell(self, result: tuple[StaffInvitation, bool]) -> None:
        invitation, is_sent = result
        if not is_sent:
            messages.error(
                self.request, _("The e-mail could not be sent. Invite the person again in a few minutes.")
            )
            return
        end = words.moment(invitation.expires_at)
        messages.success(
            self.request,
            _("Invitation sent to %(email)s. The link works once, until %(end)s.")
            % {"email": invitation.email, "end": end},
        )


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name}, {obj.email}"


class AppointForm(PeriodForm):
    user = PersonField(
        queryset=User.objects.none(),
        label=gettext_lazy("Person"),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("Somebody who is missing here has to be invited, and to accept, first."),
    )
    regulator = forms.ModelChoiceField(
        queryset=Regulator.objects.none(), label=gettext_lazy("Regulator"), empty_label=None
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", gettext_lazy("Choose")), *Role.choices],
        help_text=gettext_lazy("It counts only when another administrator has confirmed it."),
    )
    field_order = ("user", "regulator", "role", "valid_from", "valid_until")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine, fields = administered_by(user), vars(self)["fields"]
        fields["user"].queryset = colleagues(mine).filter(is_active=True)
        fields["regulator"].queryset = Regulator.objects.filter(pk__in=mine)


class AppointPage(Page):
    fresh_factor = True
    name, label = "appoint", gettext_lazy("Appoint")
    title, button = gettext_lazy("Appoint a member of staff"), gettext_lazy("Appoint")
    done = gettext_lazy("The appointment is on record. It counts once another administrator confirms it.")

    def form(self, data: Any = None) -> AppointForm:
        return AppointForm(data, user=self.user)

    def run(self, data: dict[str, Any]) -> Staff:
        return services.appoint_staff(actor=self.user, **data)


class AppointmentPage(Page):
    fresh_factor = True
    regulator = "regulator"

    def facts(self) -> list[tuple[str, Any]]:
        row: Staff = self.row
        return [
            (_("Person"), row.user),
            (_("Regulator"), row.regulator.name),
            (_("Role"), row.get_role_display()),
            (_("First day"), words.day(row.valid_from)),
            (_("Last day"), words.day(row.valid_until) if row.valid_until else _("open")),
            (_("Appointed by"), row.granted_by or _("the shell of the server")),
        ]


class ConfirmAppointmentPage(ConfirmPage, AppointmentPage):
    title, button = gettext_lazy("Confirm an appointment"), gettext_lazy("Confirm the appointment")
    done = gettext_lazy("The appointment is confirmed. It counts on its days.")
    intro = gettext_lazy(
        "You are the second pair of eyes: you neither made this appointment nor are you the person appointed."
    )

    @classmethod
    def may_see(cls, user: Any, row: Any) -> bool:
        return super().may_see(user, row) or cls.may_use(user, row)

    @classmethod
    def may_use(cls, user: Any, row: Any) -> bool:
        return bool(rules.may_confirm(user, row.regulator))

    def run(self, data: dict[str, Any]) -> Staff:
        return services.confirm_appointment(actor=self.user, appointment=self.row)


class EndAppointmentPage(EndPage, AppointmentPage):
    title, button = gettext_lazy("End an appointment"), gettext_lazy("End the appointment")
    done = gettext_lazy("The last day of the appointment is on record.")

    def run(self, data: dict[str, Any]) -> Staff:
        return services.end_appointment(actor=self.user, appointment=self.row, **data)
