"""Two people changed the same: what is saved now and what one typed, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from look import words
from workflow.errors import Conflict, Refused


@dataclass(frozen=True)
class Row:
    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Clash:
    rows: list[Row]
    who: str = ""
    at: datetime | None = None


def clash_of(refusal: Refused | None, form: forms.BaseForm, stored: Mapping[str, Any]) -> Clash | None:
    """Where the refusal says that somebody was faster: the fields of the form that differ from what is
    stored now, by the names of the fields.
    """
    if not isinstance(refusal, Conflict):
        return None
    current = refusal.current
    by = getattr(current, "saved_by", None) or getattr(current, "updated_by", None)
    at = getattr(current, "saved_at", None) or getattr(current, "updated_at", None)
    return Clash(_rows(form, stored), by.full_name if by else "", at)


def stands_on(form: forms.BaseForm, version: int) -> QueryDict:
    """The data of the form, which stands on this version from now on."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix("version")] = str(version)
    return data


def _rows(form: forms.BaseForm, stored: Mapping[str, Any]) -> list[Row]:
    found = []
    for name, field in form.fields.items():
        if field.widget.is_hidden or isinstance(field.widget, forms.FileInput):
            continue
        theirs = _shown(field, field.to_python(stored.get(name)))
        mine = _shown(field, form.cleaned_data.get(name))
        if theirs != mine:
            found.append(Row(str(field.label), theirs, mine))
    return found


def _shown(field: forms.Field, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple | set):
        return ", ".join(sorted(_shown(field, one) for one in value))
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Decimal):
        return words.number(value.normalize())
    choices = getattr(field, "choices", None)
    if choices:
        return str(dict(choices).get(value, value))
    return str(value).replace("\r\n", "\n").strip()
