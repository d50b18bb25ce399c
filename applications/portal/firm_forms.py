"""Forms about the firm and whoever works for it."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.portal.forms import DateField, PlainForm


class DayForm(PlainForm):
    """The day that somebody asks about."""

    on = DateField(
        label=_("Who had access on this day?"), help_text=_("For example, 27 3 2026. Today is possible too.")
    )

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Enter a day that is not in the future."))
        return day
