"""The form of an approval in principle: its conditions, each with who, by when and what is shown."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Condition
from look.fields import DayMonthYearField, long_text
from regulators.last_day import LastDayField

CONDITIONS = 10
OPEN_AT_FIRST = 3
PARTS = ("text", "owner", "due_on", "wanted", "effect", "effect_text")


def _fields(number: int) -> dict[str, forms.Field]:
    told = {"number": number}
    return {
        f"text_{number}": long_text(_("Condition %(number)s") % told, rows=2, required=False),
        f"owner_{number}": forms.ChoiceField(
            label=_("Condition %(number)s: who brings it about") % told,
            choices=Condition.OWNERS,
            initial=Condition.FIRM,
            required=False,
        ),
        f"due_on_{number}": LastDayField(
            label=_("Condition %(number)s: to be met by") % told, required=False
        ),
        f"wanted_{number}": long_text(
            _("Condition %(number)s: evidence wanted") % told, rows=2, required=False
        ),
        f"effect_{number}": forms.ChoiceField(
            label=_("Condition %(number)s: if it is not met") % told,
            choices=Condition.EFFECTS,
            initial=Condition.LAPSE,
            required=False,
        ),
        f"effect_text_{number}": long_text(
            _("Condition %(number)s: what follows then, where it is something else") % told,
            rows=2,
            required=False,
        ),
    }


class InPrincipleForm(forms.Form):
    template_name_div = "admin/applications/conditions.html"

    expires_on = DayMonthYearField(label=gettext_lazy("The approval in principle expires on"))
    reason = long_text(gettext_lazy("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, forms.Field] = {}
        for number in range(1, CONDITIONS + 1):
            own |= _fields(number)
        self.fields = own | self.fields

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        for number in range(1, CONDITIONS + 1):
            bound = [self[f"{part}_{number}"] for part in PARTS]
            yield {"number": number, "fields": bound, "more": number == OPEN_AT_FIRST + 1}

    @property
    def tail(self) -> list[Any]:
        return [self[name] for name in ("expires_on", "reason", "departs") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        rows = [self._row(data, number) for number in range(1, CONDITIONS + 1)]
        conditions = [row for row in rows if row]
        if not conditions and not self.errors:
            self.add_error("text_1", _("Write at least one condition."))
        return {**data, "conditions": conditions}

    def _row(self, data: dict[str, Any], number: int) -> dict[str, Any]:
        """One condition; nothing where its text is empty, which is a mistake where more of it was written."""
        row = {part: data.pop(f"{part}_{number}", None) for part in PARTS}
        written = any(row[part] for part in ("due_on", "wanted", "effect_text"))
        if not row["text"]:
            if written:
                self.add_error(f"text_{number}", _("Write the condition that this belongs to."))
            return {}
        row["owner"], row["effect"] = row["owner"] or Condition.FIRM, row["effect"] or Condition.LAPSE
        if row["effect"] == Condition.OTHER and not row["effect_text"]:
            self.add_error(f"effect_text_{number}", _("Write what follows where the condition is not met."))
        return row
