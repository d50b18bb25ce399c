"""Intake at the desk: the ledger of the fee, and a completeness check that is not finished."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.submitted import Snapshot

USER = settings.AUTH_USER_MODEL


class FeeEntry(models.Model):
    """What became of the fee, as staff recorded it; the newest that is no correction of an earlier one says
    how the fee stands, or what corrects it.

    ``amount`` is text as it was typed, since amounts may not be on record. A wrong entry is corrected by a
    new one. Entries from before there was a ledger have no ``by``, and perhaps no day.
    """

    append_only = True

    DUE, INVOICED, PAID, WAIVED = "due", "invoiced", "paid", "waived"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="fee_entries")
    what = models.CharField(max_length=10, choices=Application.FEE)
    number = models.CharField(_("number of the invoice"), max_length=60, blank=True)
    amount = models.CharField(_("amount, as it stands on the paper"), max_length=60, blank=True)
    on = models.DateField(_("day"), null=True, blank=True)
    reference = models.CharField(_("reference of the payment"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.application} {self.what}"


class CompletenessDraft(models.Model):
    """The marks of a check that is under way: ``{code: {"mark": "there" | "gap" | "", "text": str}}``. One
    for each case; it goes when the check is recorded, and counts for its snapshot alone.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="completeness_draft"
    )
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    marks: Any = models.JSONField(default=dict)
    saved_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.application} {self.snapshot_id}"
