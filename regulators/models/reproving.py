"""A member of staff who lost every second factor, and two administrators who saw to it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulators.models.period import Entered, known_human, two_people
from regulators.models.regulator import Regulator

OPEN_FOR = timedelta(days=3)  # our policy: who is asked later looks at the papers again


class Reproving(Entered):
    """One administrator has seen the person and their papers again; another one confirms within ``OPEN_FOR``,
    and then the person's second factors are gone. ``reason`` says how it was made sure who it is.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reprovings", verbose_name=_("person")
    )
    human = models.CharField(max_length=64, editable=False)
    regulator = models.ForeignKey(Regulator, models.PROTECT, related_name="+", verbose_name=_("regulator"))
    reason = models.TextField(_("how it was made sure who it is"))
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("lost second factor")
        verbose_name_plural = _("lost second factors")
        ordering = ["-pk"]
        constraints = [
            *two_people("reproving"),
            known_human("reproving"),
            models.CheckConstraint(
                condition=~Q(human=F("entered_human")) & ~Q(human=F("confirmed_human")),
                name="regulators_reproving_not_by_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {timezone.localdate(self.entered_at):%d.%m.%Y}"

    @property
    def is_open(self) -> bool:
        return self.confirmed_by_id is None and timezone.now() <= self.entered_at + OPEN_FOR
