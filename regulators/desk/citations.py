"""Checks of what the rule books cite, and which of them are due."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from look import words
from look.fields import DayMonthYearField
from regulators import services
from regulators.desk.base import DeskForm, Page, text
from regulators.models import CitationCheck, Regulator
from regulators.queries import regulators_of, serving_as
from regulators.reference.provisions import GRACE, LOOK_AGAIN_MONTHS, due_checks, look_again, provisions_of
from regulators.services.citations import ROLES

YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
REFUSAL = gettext_lazy("Only a reviewer or specialist of the regulator may do this.")


def yes_no(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, widget=forms.RadioSelect)


class CheckForm(DeskForm):
    provision = forms.ChoiceField(label=gettext_lazy("Provision"))
    result = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=CitationCheck.RESULTS, widget=forms.RadioSelect
    )
    read_in_full = yes_no(gettext_lazy("Did you read the whole provision?"))
    applies = yes_no(gettext_lazy("Does it apply to custody of digital assets?"))
    url = forms.URLField(
        label=gettext_lazy("Address of the text that you read"), max_length=500, assume_scheme="https"
    )
    note = text(gettext_lazy("What you found"), most=2000)
    checked_on = DayMonthYearField(label=gettext_lazy("Checked on"), initial=timezone.localdate)
    look_again_on = DayMonthYearField(
        label=gettext_lazy("Look again on"),
        required=False,
        help_text=gettext_lazy("Left empty: 12 months after the check. That period is our own policy."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regulators = Regulator.objects.filter(pk__in=serving_as(user, ROLES))
        self.known = {
            key: (regulator, provision)
            for regulator in regulators
            for key, provision in provisions_of(regulator.code).items()
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, (regulator, provision) in self.known.items():
            groups.setdefault(f"{regulator}: {provision.act}", []).append((key, provision.name))
        vars(self)["fields"]["provision"].choices = [("", _("Choose")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if data.get("provision"):
            data["regulator"], provision = self.known[data.pop("provision")]
            data["act"], data["provision"] = provision.act, provision.name
        for name in ("read_in_full", "applies"):
            data[name] = data.get(name) == "yes"
        if data.get("checked_on") and data["checked_on"] <= timezone.localdate():
            data["look_again_on"] = data.get("look_again_on") or look_again(data["checked_on"])
        return data


class RecordCheckPage(Page):
    name, label = "record", gettext_lazy("Record a check")
    title, button = gettext_lazy("Record a check of a citation"), gettext_lazy("Record the check")
    done = gettext_lazy("The check is recorded. It counts once another person confirms it.")
    intro = gettext_lazy("Compare the provision with the published text, and write what you found.")
    roles, refusal, names_two = ROLES, REFUSAL, True

    def form(self, data: Any = None) -> CheckForm:
        initial = {"provision": self.request.GET.get("provision", "")}
        return CheckForm(data, user=self.user, initial=initial)

    def run(self, data: dict[str, Any]) -> CitationCheck:
        return services.record_check(actor=self.user, **data)


class ConfirmCheckPage(Page):
    name, label = "confirm", gettext_lazy("Confirm")
    title, button = gettext_lazy("Confirm a check of a citation"), gettext_lazy("Confirm the check")
    done = gettext_lazy("The check is confirmed. Letters and the page on the law stand on it.")
    intro = gettext_lazy("You are the second pair of eyes: read the provision yourself before you confirm.")
    regulator = "regulator"
    roles, refusal, names_two = ROLES, REFUSAL, True

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return row.confirmed_by_id is None and user.human != row.entered_human

    def run(self, data: dict[str, Any]) -> CitationCheck:
        return services.confirm_check(actor=self.user, check=self.row)

    def facts(self) -> list[tuple[str, Any]]:
        row: CitationCheck = self.row
        said = dict(YES_NO)
        return [
            (_("Act of law"), row.act),
            (_("Provision"), row.provision),
            (_("Result"), row.get_result_display()),
            (_("Did you read the whole provision?"), said["yes" if row.read_in_full else "no"]),
            (_("Does it apply to custody of digital assets?"), said["yes" if row.applies else "no"]),
            (_("Address of the text that you read"), row.url),
            (_("What you found"), row.note),
            (_("Checked on"), words.day(row.checked_on)),
            (_("Look again on"), words.day(row.look_again_on)),
            (_("Entered by"), row.entered_by),
        ]


def show_due(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The provisions of the regulators served whose check is due, the longest overdue first."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "HEAD"))
    may_record = serving_as(request.user, ROLES)
    record = reverse("admin:regulators_citationcheck_record")
    rows = [
        {
            "regulator": regulator,
            "due": due,
            "result": due.last.get_result_display() if due.last else "",
            "url": f"{record}?provision={due.provision.key}" if regulator.pk in may_record else "",
            "waiting_url": reverse("admin:regulators_citationcheck_change", args=[due.waiting.pk])
            if due.waiting
            else "",
        }
        for regulator in Regulator.objects.filter(pk__in=regulators_of(request.user))
        for due in due_checks(regulator.code, timezone.localdate())
    ]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Checks that are due"),
        "list_url": reverse("admin:regulators_citationcheck_changelist"),
        "rows": rows,
        "grace": GRACE.days,
        "months": LOOK_AGAIN_MONTHS,
    }
    return TemplateResponse(request, "admin/regulators/due.html", context)
