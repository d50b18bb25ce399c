"""Announced legislation, who follows it and how it was settled."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from look import words
from look.fields import DayMonthYearField
from regulators import services
from regulators.desk.base import DeskForm, Page, text
from regulators.desk.powers import LicenceTypeField
from regulators.models import LicenceType, PendingChange
from regulators.queries import serving, serving_as
from regulators.services.changes import ROLES

REFUSAL = gettext_lazy("Only an administrator or a lead reviewer of the regulator may do this.")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class OwnerForm(DeskForm):
    owner = PersonField(
        queryset=User.objects.none(),
        label=gettext_lazy("Followed by"),
        empty_label=gettext_lazy("Choose"),
    )
    in_force_on = DayMonthYearField(
        label=gettext_lazy("In force from, if it is known"),
        required=False,
        help_text=gettext_lazy("From this day nobody recommends on the licence type until it is settled."),
    )

    def __init__(self, *args: Any, regulators: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self)["fields"]["owner"].queryset = serving(regulators)


class AnnounceForm(OwnerForm):
    licence_type = LicenceTypeField(
        queryset=LicenceType.objects.none(),
        label=gettext_lazy("Licence type"),
        empty_label=gettext_lazy("Choose"),
    )
    title = forms.CharField(label=gettext_lazy("What changes"), max_length=300)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=300,
        help_text=gettext_lazy("Where it was announced: the act, draft or notice, with its number and day."),
    )
    url = forms.URLField(
        label=gettext_lazy("Address of the source, if there is one"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    announced_on = DayMonthYearField(label=gettext_lazy("Announced on"), initial=timezone.localdate)
    field_order = ("licence_type", "title", "source", "url", "announced_on", "in_force_on", "owner")

    def __init__(self, *args: Any, regulators: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, regulators=regulators, **kwargs)
        ours = LicenceType.objects.filter(regulator__in=regulators)
        vars(self)["fields"]["licence_type"].queryset = ours.select_related("regulator")


class SettleForm(DeskForm):
    how = text(gettext_lazy("How it was settled"), most=2000)


class AnnouncePage(Page):
    name, label = "enter", gettext_lazy("Enter an announced change")
    title = gettext_lazy("Enter an announced change of the law")
    button = gettext_lazy("Enter the change")
    done = gettext_lazy("The announced change is on record.")
    roles, refusal = ROLES, REFUSAL

    def form(self, data: Any = None) -> AnnounceForm:
        return AnnounceForm(data, regulators=serving_as(self.user, ROLES))

    def run(self, data: dict[str, Any]) -> PendingChange:
        return services.announce_change(actor=self.user, **data)


class OfAChange(Page):
    regulator = "licence_type.regulator"
    roles, refusal = ROLES, REFUSAL

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return row.settled_on is None

    def facts(self) -> list[tuple[str, Any]]:
        row: PendingChange = self.row
        return [
            (_("Licence type"), row.licence_type.title),
            (_("What changes"), row.title),
            (_("Source"), f"{row.source}\n{row.url}".strip()),
            (_("Announced on"), words.day(row.announced_on)),
            (_("In force from"), words.day(row.in_force_on) if row.in_force_on else _("not known")),
            (_("Followed by"), row.owner),
        ]


class HandOverPage(OfAChange):
    name, label = "hand_over", gettext_lazy("Change who follows it")
    title = gettext_lazy("Change who follows an announced change")
    button = gettext_lazy("Save")
    done = gettext_lazy("Who follows the change is on record.")

    def form(self, data: Any = None) -> OwnerForm:
        row: PendingChange = self.row
        initial = {"owner": row.owner_id, "in_force_on": row.in_force_on}
        return OwnerForm(data, initial=initial, regulators=frozenset({row.licence_type.regulator_id}))

    def run(self, data: dict[str, Any]) -> PendingChange:
        return services.hand_change_over(actor=self.user, change=self.row, **data)


class SettlePage(OfAChange):
    name, label = "settle", gettext_lazy("Settle")
    title, button = gettext_lazy("Settle an announced change"), gettext_lazy("Settle the change")
    done = gettext_lazy("The change is settled.")
    intro = gettext_lazy("Say which version of the rule book answers it, or why none has to.")

    def form(self, data: Any = None) -> SettleForm:
        return SettleForm(data)

    def run(self, data: dict[str, Any]) -> PendingChange:
        return services.settle_change(actor=self.user, change=self.row, **data)
