"""What holds from one day to another, and what counts once a second person confirmed it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Period(models.Model):
    """In force from one day to another, both days included; an empty end is open."""

    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_period",
            )
        ]


class Confirmable(models.Model):
    """Counts once somebody other than its maker confirmed it; ``two_people`` holds that in the database."""

    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_human = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


class Entered(Confirmable):
    """Put on record by one person, to be confirmed by another."""

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_human = models.CharField(max_length=64, editable=False)

    class Meta:
        abstract = True


def two_people(name: str, entered: str = "entered_human") -> list[models.CheckConstraint]:
    """Confirmed by nobody yet, or by a known human other than the one who entered it."""
    nobody = Q(confirmed_by=None, confirmed_human="")
    another = Q(confirmed_by__isnull=False) & ~Q(confirmed_human="") & ~Q(confirmed_human=F(entered))
    return [models.CheckConstraint(condition=nobody | another, name=f"regulators_{name}_two_people")]


def known_human(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~Q(entered_human=""), name=f"regulators_{name}_known_human")
