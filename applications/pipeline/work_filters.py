"""What a list is narrowed to by the work that waits on people."""

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.pipeline import work
from regulators.models import Role, Staff


def name_of_staff(key: str, regulators: Collection[int]) -> str:
    """Empty for whoever never served one of the regulators."""
    if not re.fullmatch(r"[0-9]{1,18}", key):
        return ""
    posts = Staff.objects.filter(user=int(key), regulator__in=regulators)
    return posts.values_list("user__full_name", flat=True).first() or ""


class PersonField(forms.CharField):
    """The key of somebody who serves one of the regulators, or did once."""

    regulators: Collection[int] = ()
    name = ""

    def clean(self, value: Any) -> str:
        chosen = str(super().clean(value))
        if not chosen:
            return ""
        self.name = name_of_staff(chosen, self.regulators)
        if not self.name:
            raise forms.ValidationError(_("Nobody here has this number. Choose from the page of the load."))
        return chosen


class OfWork(forms.Form):
    """Fields of ``case_filter.CaseFilter``. An assessor and a stage in hand are of one stage together."""

    turn = forms.ChoiceField(label=gettext_lazy("Whose turn"), required=False)
    assessor = PersonField(label=gettext_lazy("Has a stage in hand"), required=False)
    in_hand = forms.ChoiceField(label=gettext_lazy("Stage in hand"), required=False)
    to_take = forms.ChoiceField(label=gettext_lazy("Stage to take"), required=False)
    asked = PersonField(label=gettext_lazy("Is asked for a view"), required=False)
    view_on = forms.ChoiceField(label=gettext_lazy("A view is asked on"), required=False)
    reads = PersonField(label=gettext_lazy("Has answers to read"), required=False)

    cleaned_data: dict[str, Any]

    def choose_of_work(self, stages: Collection[tuple[str, str]], regulators: Collection[int]) -> None:
        roles = [(role, Role(role).label) for role in work.WAITS_ON]
        for name, choices in (
            ("turn", roles),
            ("in_hand", stages),
            ("to_take", [(work.ANY, _("Any stage")), *stages]),
            ("view_on", stages),
        ):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.regulators = regulators

    def _by_turn(self, value: str) -> Q:
        return work.WAITS_ON[Role(value)]

    def _by_assessor(self, value: str) -> Q:
        return work.in_hand(person=value, stage=self.cleaned_data["in_hand"])

    def _by_in_hand(self, value: str) -> Q:
        return Q() if self.cleaned_data["assessor"] else work.in_hand(stage=value)

    def _by_to_take(self, value: str) -> Q:
        return work.to_take("" if value == work.ANY else value)

    def _by_asked(self, value: str) -> Q:
        return work.views(person=value)

    def _by_view_on(self, value: str) -> Q:
        return work.views(stage=value)

    def _by_reads(self, value: str) -> Q:
        return work.answers(value)
