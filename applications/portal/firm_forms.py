"""Forms about the firm and whoever works for it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.portal.forms import DateField, PlainForm
from applications.services.inside import LONGEST_COMMENT


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


class CommentForm(PlainForm):
    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_COMMENT,
        error_messages={"required": _("Write the comment.")},
        widget=forms.Textarea({"rows": 3}),
    )


class AssignForm(PlainForm):
    """Who is to do it, and by when."""

    to = forms.ChoiceField(
        label=_("Assign to"), error_messages={"required": _("Choose a person who acts for the firm.")}
    )
    due_on = DateField(
        label=_("By when"),
        help_text=_("The firm's own date, no legal deadline. For example, 27 3 2026."),
        required=False,
    )

    def __init__(self, people: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *((str(one.pk), one.full_name) for one in people)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
