"""Preliminary notices of acts against a firm, and what the firm said to them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licences.models.licence import Licence
from licences.states import Change

PERSON: dict[str, Any] = {
    "to": settings.AUTH_USER_MODEL,
    "on_delete": models.PROTECT,
    "related_name": "+",
}


class LicenceNoticeQuerySet(models.QuerySet["LicenceNotice"]):
    def open_for(self, act: str) -> "LicenceNoticeQuerySet":
        """Nobody has decided on it or withdrawn it: of each act one at most for a licence."""
        return self.filter(act=act, decided_at=None, withdrawn_at=None)


class LicenceNotice(models.Model):
    """That an act is proposed, in the words that the firm is served. It outlives its proposal: where the same
    act is proposed again in the same words, the notice and its service stand.

    ``about`` is what exactly was proposed; ``immediate`` is why the act does not wait for the firm.
    """

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="notices", verbose_name=_("licence"))
    act = models.CharField(_("act"), max_length=20, choices=Change)
    text = models.TextField(_("text of the notice"))
    about = models.JSONField(default=dict)
    immediate = models.TextField(_("why it takes effect at once"), blank=True)
    drawn_up_by = models.ForeignKey(**PERSON, verbose_name=_("drawn up by"))
    drawn_up_at = models.DateTimeField(_("drawn up"))
    served_on = models.DateField(_("served on"), null=True, blank=True)
    served_how = models.TextField(_("how it was served"), blank=True)
    until = models.DateField(_("last day for representations"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_why = models.TextField(_("why it was withdrawn"), blank=True)

    objects = LicenceNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("preliminary notice")
        verbose_name_plural = _("preliminary notices")
        ordering = ["licence_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(served_on=None, until=None) | Q(until__gt=models.F("served_on")),
                name="licences_notice_served_with_a_last_day",
            ),
            models.UniqueConstraint(
                fields=["licence", "act"],
                condition=Q(decided_at=None, withdrawn_at=None),
                name="licences_notice_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.act}"

    @property
    def is_open(self) -> bool:
        """Nobody has decided on it or withdrawn it."""
        return self.decided_at is None and self.withdrawn_at is None

    @property
    def may_be_answered(self) -> bool:
        """The firm can still say something to it, after an act with immediate effect too."""
        if self.withdrawn_at or self.until is None or (self.decided_at and not self.immediate):
            return False
        return timezone.localdate() <= self.until


class LicenceRepresentation(models.Model):
    """What the firm says to a notice, in the portal or in any other way, and the answer to it."""

    notice = models.ForeignKey(
        LicenceNotice, models.PROTECT, related_name="representations", verbose_name=_("preliminary notice")
    )
    text = models.TextField(_("what the firm says"))
    how = models.CharField(_("how it was made"), max_length=500, blank=True)
    made_on = models.DateField(_("made on"))
    recorded_by = models.ForeignKey(**PERSON, verbose_name=_("recorded by"))
    our_answer = models.TextField(_("our answer"), blank=True)
    accepted = models.BooleanField(_("accepted, at least in part"), null=True)
    answered_by = models.ForeignKey(**PERSON, null=True, blank=True, verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        ordering = ["notice_id", "pk"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.made_on}"
