"""Two people saved one form: what stands now beside what the second of them typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from applications.models import Application
from audit.models import Event
from look import words

Row = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Clash:
    """``rows`` are label, what stands now, and what was typed here; those that are the same are left out."""

    who: str
    when: str
    rows: list[Row]


def clash_on(case: Application, typed: forms.Form, now: forms.Form | None) -> Clash:
    """``typed`` is valid; ``now`` is the form as it would be shown today, None where there is none any more.
    The last that happened in the case says who was faster.
    """
    last = Event.objects.filter(subject=case.audit_subject).order_by("-number").first()
    return Clash(
        who=last.actor_name if last else "",
        when=words.moment(last.at) if last else "",
        rows=differing(rows_of(typed, now)),
    )


def differing(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row[1] != row[2]]


def rows_of(typed: forms.Form, now: forms.Form | None) -> Iterator[Row]:
    for name, field in typed.fields.items():
        if field.widget.is_hidden:
            continue
        theirs = now.get_initial_for_field(now.fields[name], name) if now and name in now.fields else None
        yield str(typed[name].label), in_words(field, theirs), in_words(field, typed.cleaned_data.get(name))


def in_words(field: forms.Field, value: Any) -> str:
    """A value of a form as its page would say it."""
    if isinstance(field, forms.ModelChoiceField):
        among: Any = field.queryset
        found = among.filter(pk=getattr(value, "pk", value)).first() if value else None
        return field.label_from_instance(found) if found else ""
    if isinstance(value, list | tuple):
        return ", ".join(in_words(field, one) for one in value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(value, "")) if value else ""
    if isinstance(value, date):
        return words.day(value)
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield value, label
