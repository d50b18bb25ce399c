"""The paper by which an adviser acts for a firm."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.queries import adviserships
from documents.models import Document
from documents.queries import usable


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def in_force(self, user: Any) -> "AuthorityQuerySet":
        """By which this adviser may act today: the mandate runs, and its paper was checked clean."""
        return self.filter(
            usable("document"), replaced_at=None, membership__in=adviserships().filter(user=user.pk)
        )


class Authority(models.Model):
    """A power of attorney, given for one mandate. A newer one takes its place, and the row stays."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", verbose_name=_("mandate"))
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority of an adviser")
        verbose_name_plural = _("authorities of advisers")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(replaced_at=None),
                name="applications_authority_one_in_use",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.document_id}"
