"""Certificates: what the register held of a licence at one moment, under a code that proves it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licences.models.licence import Licence


class Certificate(models.Model):
    """Written once. ``content`` is what the PDF states, in every language of the service; ``entries`` is how
    many lines of the public history it knows. The PDF is drawn from this row alone.
    """

    append_only = True

    licence = models.ForeignKey(
        Licence, models.PROTECT, related_name="certificates", verbose_name=_("licence")
    )
    code = models.CharField(_("code"), max_length=26, unique=True)
    made_at = models.DateTimeField(_("issued in this form"))
    entries = models.PositiveIntegerField()
    content = models.JSONField()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["licence_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{26}$"), name="licences_certificate_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.made_at:%Y-%m-%d}"

    @property
    def is_newest(self) -> bool:
        """No later certificate of the licence was made."""
        return not Certificate.objects.filter(licence=self.licence_id, pk__gt=self.pk).exists()
