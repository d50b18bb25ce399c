"""Forms about a person's own part and consent. Those of the person's record are in ``typed_forms``."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.portal.file_rules import accept, rules
from applications.portal.forms import PlainForm
from look.fields import one_of_several

LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]


class InvitePersonForm(PlainForm):
    email = forms.EmailField(
        label=_("E-mail of the person"),
        help_text=_("Use an address that only this person reads."),
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the e-mail of the person"),
            "invalid": _("Enter an e-mail address, such as name@example.com"),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the person"),
        help_text=_("The invitation is written in it."),
        choices=LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of the person")},
    )


class HandBackForm(PlainForm):
    LEAVE, TAKE = "leave", "take"

    answers = forms.ChoiceField(
        label=_("What happens to your answers"),
        choices=[
            (LEAVE, _("The firm may read them and go on with them")),
            (TAKE, _("They stay private")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happens to your answers")},
    )


class OwnConsentForm(PlainForm):
    agreed = forms.BooleanField(
        label=_("I have read the notice above, and I agree"),
        error_messages={"required": _("Tick the box if you agree")},
    )


class PaperConsentForm(PlainForm):
    """The firm records what the person signed."""

    language = forms.ChoiceField(
        label=_("Language of the paper that the person signed"),
        choices=LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of the paper")},
    )
    paper = one_of_several(forms.FileField(label=_("The signed paper"), required=False))
    reference = one_of_several(
        forms.CharField(
            label=_("Or where the paper is kept"),
            help_text=_("For example: personnel file 14, safe of the company secretary."),
            max_length=250,
            required=False,
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].widget = forms.FileInput({"accept": accept()})
        self.fields["paper"].help_text = " ".join(
            [gettext("One of the two is needed: the signed paper, or where it is kept."), *rules(many=False)]
        )

    def clean(self) -> None:
        typed = self.cleaned_data
        if not self.errors and not typed.get("paper") and not typed.get("reference", "").strip():
            raise ValidationError({"paper": _("Add the signed paper, or say where it is kept.")})


class LetterForm(PlainForm):
    """The firm records that the person withdrew by letter."""

    letter = forms.CharField(
        label=_("Where the letter of the person is kept"),
        max_length=250,
        error_messages={"required": _("Say where the letter is kept.")},
    )
