from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.zones import by_area
from notifications.choices import switched_off
from notifications.kinds import kinds_for


class MailsForm(forms.Form):
    zone = forms.ChoiceField(
        label=_("Time zone of the times in our mails"),
        help_text=_(
            "Each time is written with its zone. The day by which something is due is a day in Almaty."
        ),
        error_messages={
            "required": _("Choose a time zone of the list, for example Asia/Almaty."),
            "invalid_choice": _("Choose a time zone of the list, for example Asia/Almaty."),
        },
    )
    wanted = forms.MultipleChoiceField(
        label=_("Send me these by e-mail too"),
        help_text=_("They are among your notices in any case."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices, zone.initial = [*by_area()], user.zone
        self._offer_courtesies(user)

    def _offer_courtesies(self, user: User) -> None:
        courtesies = [kind for kind in kinds_for(is_staff=user.is_staff) if kind.courtesy]
        if not courtesies:
            del self.fields["wanted"]
            return
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.code, f"{kind.title}. {kind.why}") for kind in courtesies]
        field.error_messages["invalid_choice"] = _(
            "One of these cannot be chosen any more. Look at the list again, then save."
        )
        off = switched_off(user)
        field.initial = [kind.code for kind in courtesies if kind.code not in off]
