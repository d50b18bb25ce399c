"""Forms for acts."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.acts import Act

REASON = "reason"


def act_form(act: Act, own: dict[str, type[forms.Form]]) -> type[forms.Form]:
    """The act's own form, or one with a field for each thing that the act needs."""
    if act.name in own:
        return own[act.name]
    return type("ActForm", (forms.Form,), {name: _field(name) for name in act.needs})


def _field(name: str) -> forms.CharField:
    if name == REASON:
        return forms.CharField(label=_("Reason"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    return forms.CharField(label=name.replace("_", " ").capitalize(), max_length=1000)


def typed(form: Any, *, compare: bool = False) -> Iterator[tuple[str, str, str]]:
    """What somebody typed into a form that was not saved: label, typed text, and with ``compare`` what
    stands now.
    """
    for bound in form:
        if bound.is_hidden or (compare and bound.name not in form.changed_data):
            continue
        now = bound.initial if compare else ""
        yield str(bound.label), _text(bound.data), _text(now)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return "" if value is None else str(value)
