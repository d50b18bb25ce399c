"""Who wants the weekly report, and who has a pause."""

from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.models import ReportChoice
from applications.pipeline.services import account_of
from audit.services import record
from look.fields import DayMonthYearField


class ReportForm(forms.Form):
    wanted = forms.BooleanField(
        label=gettext_lazy("Send me the weekly report"),
        required=False,
        help_text=gettext_lazy("On the first working day of the week, from 8 in the morning in Almaty."),
    )
    paused_until = DayMonthYearField(
        label=gettext_lazy("Pause until this day, the day included"),
        required=False,
        help_text=gettext_lazy("Leave it empty for no pause."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_paused_until(self) -> date | None:
        day: date | None = self.cleaned_data["paused_until"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day is over. Choose a later day, or leave it empty."))
        return day


def choice_of(user: User) -> ReportChoice | None:
    return ReportChoice.objects.filter(user=user).first()


@transaction.atomic
def choose_report(*, user: User, wanted: bool, paused_until: date | None) -> bool:
    """Whether anything changed.

    Effects in order: lock the account; write the choice; append the audit event. Nothing where nothing
    changed. What waits to be sent is looked at when its turn comes.
    """
    User.objects.select_for_update().get(pk=user.pk)
    choice = choice_of(user) or ReportChoice(user=user)
    if (choice.wanted, choice.paused_until) == (wanted, paused_until):
        return False
    if wanted and not choice.wanted:
        choice.chosen_at = timezone.now()
    choice.wanted, choice.paused_until = wanted, paused_until
    choice.save()
    until = paused_until.isoformat() if paused_until else ""
    data = {"wanted": wanted, "paused_until": until}
    record(subject=account_of(user), kind="pipeline.choose_report", actor=user, data=data)
    return True
