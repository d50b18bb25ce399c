"""A last day that a person types: a day off is refused, and what the calendar cannot tell is said."""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from look import words
from look.fields import DayMonthYearField
from regulators.calendars import YearNotInCalendarError, add_working_days, is_working_day, last_working_days


class NoDayOff(forms.Field):
    """Beside a field of a date. A day that is not ahead is left to the act, which refuses it by itself.

    ``latest``: the last day that the act takes, where there is one. ``unchecked``: the day of a bound form
    whose year is missing in the calendar; a form has fields of its own.
    """

    latest: date | None = None
    unchecked: date | None = None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if not value or value <= timezone.localdate():
            return
        off = is_day_off(value)
        self.unchecked = value if off is None else None
        if off:
            raise ValidationError(refusal(value, self.latest), code="day_off")


class LastDayField(NoDayOff, DayMonthYearField):
    """A day by which somebody has to answer or to have done something."""


def is_day_off(day: date) -> bool | None:
    """None where its year is missing in the calendar: nobody knows, and no act waits for it."""
    try:
        return not is_working_day(day)
    except YearNotInCalendarError:
        return None


def refusal(day: date, latest: date | None = None) -> str:
    """Names the next working day, as far as it is known; the last one before where the next is too late."""
    said = [_("%(day)s is a day off.") % {"day": words.due_day(day)}]
    try:
        following = add_working_days(day, 1)
    except YearNotInCalendarError as missing:
        told = _("The next working day is not known: the calendar of %(year)s is not entered.")
        return " ".join([*said, told % {"year": missing.year}])
    if latest and following > latest:
        before, told = last_working_days(day, 1), _("The last working day before it is %(day)s.")
        return " ".join([*said, told % {"day": words.due_day(before)}])
    told = _("The next working day is %(day)s.")
    return " ".join([*said, told % {"day": words.due_day(following)}])


def unchecked(form: forms.Form) -> list[str]:
    """Of each day in a cleaned form that could not be checked, since its year is missing: a sentence."""
    days = [field.unchecked for field in form.fields.values() if isinstance(field, NoDayOff)]
    told = _("Whether %(day)s is a day off could not be checked: the calendar of %(year)s is not entered.")
    return [told % {"day": words.due_day(day), "year": day.year} for day in days if day]


def warn(request: HttpRequest, form: forms.Form) -> None:
    """On the next page, beside what was done with the form."""
    for text in unchecked(form):
        messages.warning(request, text)
