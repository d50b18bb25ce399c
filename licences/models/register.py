"""The public history of a licence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from licences.models.licence import Licence
from licences.states import Change, LicenceState


class RegisterEntry(models.Model):
    """One line of a licence's public history. Written once."""

    append_only = True

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="history", verbose_name=_("licence"))
    what = models.CharField(_("what changed"), max_length=20, choices=Change)
    from_state = models.CharField(_("from"), max_length=20, blank=True)
    to_state = models.CharField(_("to"), max_length=20, choices=LicenceState)
    at = models.DateTimeField(_("date"))
    text = models.TextField(_("public note"), blank=True)
    changes = models.JSONField(_("changes"), default=dict, blank=True)  # as a variation made them
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        ordering = ["licence_id", "pk"]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.what}"
