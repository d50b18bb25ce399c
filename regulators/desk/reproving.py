"""Pages about a member of staff who lost every second factor."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.factors import factors_of
from look import words
from regulators import services
from regulators.desk.base import DeskForm, Page, text
from regulators.models import Reproving
from regulators.queries import administered_by, in_their_care


class ReproveForm(DeskForm):
    reason = text(gettext_lazy("How you made sure who it is: where you met, which papers you saw"), most=2000)


class ReprovePage(Page):
    fresh_factor = True
    regulator = "pk"  # of a colleague, whom the administrator knows by ``in_their_care``
    name, label = "reprove", gettext_lazy("Lost second factor")
    title, button = gettext_lazy("The second factor is lost"), gettext_lazy("Enter it")
    done = gettext_lazy("Entered. It takes effect once another administrator confirms it, within three days.")
    intro = gettext_lazy(
        "For somebody who lost the device and the recovery codes. Their passkeys, app and recovery codes "
        "stop counting, every session of theirs ends, and they set up a second factor anew at the next "
        "sign-in."
    )

    @classmethod
    def may_see(cls, user: Any, row: Any) -> bool:
        return cls.may_use(user, row)

    @classmethod
    def may_use(cls, user: Any, row: Any) -> bool:
        return in_their_care(administered_by(user)).filter(pk=row.pk).exists()

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return bool(row.human != user.human and factors_of(row).exists())

    def facts(self) -> list[tuple[str, Any]]:
        return [(_("Person"), self.row.full_name), (_("E-mail"), self.row.email)]

    def form(self, data: Any = None) -> ReproveForm:
        return ReproveForm(data)

    def run(self, data: dict[str, Any]) -> Reproving:
        return services.enter_reproving(actor=self.user, user=self.row, **data)


class ConfirmReprovingPage(Page):
    fresh_factor = True
    regulator = "regulator"
    name, label = "confirm", gettext_lazy("Confirm")
    title = gettext_lazy("Confirm that the second factor is lost")
    button = gettext_lazy("Remove the factors and end the sessions")
    done = gettext_lazy("The factors are removed and the sessions ended. The person is told by e-mail.")
    intro = gettext_lazy(
        "You are the second pair of eyes: make sure yourself that it is this person who asks. Whoever has "
        "the password can set up a second factor afterwards."
    )

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return bool(row.is_open and user.human not in (row.entered_human, row.human))

    def form(self, data: Any = None) -> forms.Form:
        return forms.Form(data)

    def facts(self) -> list[tuple[str, Any]]:
        row: Reproving = self.row
        return [
            (_("Person"), row.user.full_name),
            (_("E-mail"), row.user.email),
            (_("How it was made sure who it is"), row.reason),
            (_("Entered by"), row.entered_by),
            (_("Entered"), words.moment(row.entered_at)),
        ]

    def run(self, data: dict[str, Any]) -> Reproving:
        return services.confirm_reproving(actor=self.user, reproving=self.row)
