"""Readiness records, which are no licences."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Firm
from regulators.models import LicenceType


class ReadinessRecord(models.Model):
    """That a firm's file was found complete where no law lets the body license it.

    It is no licence: it has no licence number and is in no register.
    """

    append_only = True

    reference = models.CharField(_("reference"), max_length=120, unique=True)
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="readiness_records", verbose_name=_("firm"))
    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="readiness_records", verbose_name=_("licence type")
    )
    regulator = models.CharField(_("regulator"), max_length=30)
    rulebook_version = models.CharField(_("rule book version"), max_length=100)
    content_hash = models.CharField(_("hash of the file"), max_length=64)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    recorded_by_name = models.CharField(_("recorded by"), max_length=250)

    class Meta:
        verbose_name = _("readiness record")
        verbose_name_plural = _("readiness records")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return self.reference

    @property
    def audit_subject(self) -> str:
        return f"readiness:{self.reference}"
