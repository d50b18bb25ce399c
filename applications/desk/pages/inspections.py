"""Evidence inspected where it is kept: the page that enters what was seen, and the second inspector's."""

import re
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk.pages.base import Page, corrected, page_url
from applications.models import Application, Inspection, InspectionConfirmed
from applications.presses import newest, posted_seen
from applications.queries.inspections import other_inspectors
from applications.services import inspections
from look import words
from look.fields import DayMonthYearField, long_text
from regulators.models import Role
from regulators.queries import people_with_role
from regulators.rulebook import INSPECTED, say

HASH = re.compile(r"([0-9a-fA-F]{64})(?: [ *]?(.+))?")


class InspectionForm(forms.Form):
    inspected_on = DayMonthYearField(label=gettext_lazy("Day"))
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write the place.")},
    )
    second = forms.ModelChoiceField(
        label=gettext_lazy("Second inspector, who confirms this"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose the second inspector.")},
    )
    shown = long_text(
        gettext_lazy("What was shown"),
        rows=4,
        help_text=gettext_lazy("Name it so that it can be found again. Copy nothing of its contents."),
    )
    hashes = long_text(
        gettext_lazy("Hashes of the files that were shown"),
        rows=4,
        required=False,
        help_text=gettext_lazy(
            "SHA-256 and name, one file a line, as the firm's machine gave them while you looked on."
        ),
    )
    found = long_text(gettext_lazy("What you found"), rows=6)

    def __init__(self, page: "InspectionPage", data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["second"].queryset = other_inspectors(page.case, page.user)
        fields["second"].label_from_instance = lambda user: user.full_name

    def clean_hashes(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["hashes"].splitlines() if line.strip()]
        found = [(line, HASH.fullmatch(line)) for line in lines]
        if wrong := [line for line, match in found if match is None]:
            text = _("“%(line)s” does not begin with a SHA-256, which has 64 digits and letters a to f.")
            raise forms.ValidationError(text % {"line": wrong[0][:80]})
        return [{"sha256": m[1].lower(), "name": (m[2] or "").strip()} for _line, m in found if m]


def second_is_missing(case: Application, user: Any) -> str:
    """Why none can be entered here, and who has to act; empty where there is a second inspector."""
    if other_inspectors(case, user).exists():
        return ""
    told = _(
        "An inspection on site takes two inspectors: one enters it, another confirms it. Nobody beside you "
        "may assess this case, so none can be entered. An administrator appoints another reviewer, "
        "specialist or lead reviewer first: %(administrators)s."
    )
    administrators = people_with_role(case.regulator_id, Role.ADMINISTRATOR)
    return told % {
        "administrators": ", ".join(one.full_name for one in administrators)
        or _("nobody holds this role now")
    }


class InspectionPage(Page):
    """``?corrects=`` begins with the entry of that number."""

    name, path = "inspection_new", "inspect/<slug:requirement>/"
    title, permission = gettext_lazy("Enter an inspection on site"), "assess_stage"
    button, done = (
        gettext_lazy("Enter"),
        gettext_lazy("The inspection is entered, and waits for the second inspector."),
    )
    inside = True
    intro = gettext_lazy(
        "Not visible to the firm. An entry stays as it is: a mistake is mended by a further one. The second "
        "inspector confirms it."
    )

    def load(self) -> None:
        rule = self.case.book.by_code.get(self.ids["requirement"])
        if rule is None or INSPECTED not in rule.evidence:
            raise Http404
        self.rule = rule
        entries = self.case.inspections.filter(requirement=rule.code)
        self.corrects: Inspection | None = corrected(self.request, entries)

    def heading(self) -> str:
        return f"{self.title}: {self.rule.code} {say(self.rule.title)}"

    def form(self, data: Any = None) -> InspectionForm:
        return InspectionForm(self, data, initial=self._begun())

    def _begun(self) -> dict[str, Any]:
        old = self.corrects
        if old is None:
            return {}
        names = ("inspected_on", "place", "second", "shown", "found")
        lines = [f"{one['sha256']}  {one['name']}".strip() for one in old.hashes]
        return {name: getattr(old, name) for name in names} | {"hashes": "\n".join(lines)}

    def run(self, data: dict[str, Any]) -> Inspection:
        return inspections.record_inspection(
            actor=self.user, case=self.case, requirement=self.rule.code, corrects=self.corrects,
            seen=posted_seen(self.request.POST), **data,
        )  # fmt: skip

    def context(self) -> dict[str, Any]:
        missing = second_is_missing(self.case, self.user)
        return {"intro": missing, "form": None} if missing else {}

    def seen(self) -> int:
        return newest(self.case.inspections.order_by("-pk")[:1])

    def done_url(self, result: Any) -> str:
        return page_url(self.case, "question", self.rule.stage, self.rule.code)


class ConfirmPage(Page):
    """For the second inspector alone, who sees all of the entry."""

    name, path = "inspection_confirm", "inspections/<int:number>/confirm/"
    title, permission = gettext_lazy("Confirm an inspection on site"), "assess_stage"
    button, done = gettext_lazy("I was there, and it was so"), gettext_lazy("The inspection is confirmed.")
    inside = True
    intro = gettext_lazy("Not visible to the firm. Where something is not as you saw it, enter a correction.")

    def load(self) -> None:
        found = self.case.inspections.filter(number=self.ids["number"])
        entry = found.select_related("written_by", "second").first()
        if entry is None:
            raise Http404
        self.entry: Inspection = entry

    def run(self, data: dict[str, Any]) -> InspectionConfirmed:
        return inspections.confirm_inspection(actor=self.user, inspection=self.entry)

    def context(self) -> dict[str, Any]:
        entry = self.entry
        files = "\n".join(f"{one['sha256']} {one['name']}" for one in entry.hashes)
        return {
            "facts": [
                (_("Requirement"), entry.requirement),
                (_("Entered by"), entry.written_by.audit_name),
                (_("Second inspector"), entry.second.audit_name),
                (_("Day"), words.day(entry.inspected_on)),
                (_("Place"), entry.place),
                (_("What was shown"), entry.shown),
                (_("Hashes of the files that were shown"), files or _("None")),
                (_("What was found"), entry.found),
            ]
        }

    def done_url(self, result: Any) -> str:
        rule = self.case.book.by_code[self.entry.requirement]
        return page_url(self.case, "question", rule.stage, rule.code)
