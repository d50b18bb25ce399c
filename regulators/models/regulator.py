"""The bodies that decide, and the licence types they decide on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Regulator(models.Model):
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("regulator")
        verbose_name_plural = _("regulators")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class LicenceType(models.Model):
    regulator = models.ForeignKey(
        Regulator, models.PROTECT, related_name="licence_types", verbose_name=_("regulator")
    )
    code = models.CharField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("licence type")
        verbose_name_plural = _("licence types")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
