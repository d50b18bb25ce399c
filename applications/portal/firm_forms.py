"""Forms about the firm and whoever works for it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import language_of_invitation
from accounts.models import Role, User
from applications.portal.file_rules import accept, rules
from applications.portal.forms import DateField, PlainForm
from applications.queries.stages import titles
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


class AdviserForm(PlainForm):
    """Whom an owner invites to advise the firm, to do what, in which stages and for how long."""

    email = forms.EmailField(
        label=_("E-mail of the adviser"),
        error_messages={"required": _("Enter the e-mail of the adviser.")},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What the adviser may do"),
        choices=[
            (Role.VIEWER, _("Read, and comment inside the firm")),
            (Role.EDITOR, _("Read, comment, answer questions and upload files")),
        ],
        error_messages={"required": _("Choose what the adviser may do.")},
        widget=forms.RadioSelect,
    )
    scope = forms.MultipleChoiceField(
        label=_("In which stages"),
        help_text=_("In every application of the firm. The adviser sees nothing of the other stages."),
        error_messages={"required": _("Choose at least one stage.")},
        widget=forms.CheckboxSelectMultiple,
    )
    language = language_of_invitation()
    valid_from = DateField(label=_("First day"), help_text=_("For example, 27 3 2026"))
    until = DateField(
        label=_("Last day"), help_text=_("Access ends by itself at the end of this day. At most one year.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = list(titles().items())  # type: ignore[attr-defined]

    def clean_scope(self) -> list[str]:
        """All stages chosen is no limit, also for stages that a later book may have."""
        chosen: list[str] = self.cleaned_data["scope"]
        return [] if len(chosen) == len(titles()) else chosen


class AuthorityForm(PlainForm):
    file = forms.FileField(
        label=_("File of the power of attorney"),
        error_messages={"required": _("Choose the file.")},
        widget=forms.FileInput({"accept": accept()}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = " ".join(rules(many=False))
