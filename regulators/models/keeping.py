"""How long a regulator keeps the documents of a case that has ended."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulators.models.period import Entered, known_human, two_people
from regulators.models.regulator import Regulator

MOST_YEARS = 100


class KeepingPeriod(Entered):
    """The regulator's own figure, on what it rests; the latest one that is confirmed and in effect counts.
    Never changed: a new figure is a new row. Without one, documents are kept and nothing is due.
    """

    regulator = models.ForeignKey(
        Regulator, models.PROTECT, related_name="keeping_periods", verbose_name=_("regulator")
    )
    years = models.PositiveSmallIntegerField(_("years"))
    valid_from = models.DateField(_("in effect from"))
    act = models.CharField(_("act"), max_length=200)
    provision = models.CharField(_("provision"), max_length=100)
    url = models.URLField(_("address of the text"), max_length=500, blank=True)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("period for keeping documents")
        verbose_name_plural = _("periods for keeping documents")
        ordering = ["regulator", "-valid_from", "-pk"]
        constraints = [
            *two_people("keepingperiod"),
            known_human("keepingperiod"),
            models.CheckConstraint(
                condition=Q(years__gte=1, years__lte=MOST_YEARS), name="regulators_keepingperiod_years"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regulator} {self.years}"

    @property
    def basis(self) -> str:
        return f"{self.act}, {self.provision}"
