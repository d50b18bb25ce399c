"""A meeting that a firm asks for before it applies. It is no part of a case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Firm
from regulators.models import LicenceType

USER = settings.AUTH_USER_MODEL


class MeetingRequest(models.Model):
    ASKED, OFFERED, DECLINED, WITHDRAWN = "asked", "offered", "declined", "withdrawn"
    STATUSES = [
        (ASKED, _("Asked for")),
        (OFFERED, _("Offered")),
        (DECLINED, _("Declined")),
        (WITHDRAWN, _("Withdrawn")),
    ]

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="meetings", verbose_name=_("firm"))
    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="meetings", verbose_name=_("licence type")
    )
    topics = models.TextField(_("what it is about"), max_length=4000)
    wished = models.CharField(_("days and times that suit the firm"), max_length=500)
    language = models.CharField(_("language of the meeting"), max_length=2, choices=settings.LANGUAGES)
    status = models.CharField(_("standing"), max_length=10, choices=STATUSES, default=ASKED)
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    meets_on = models.DateField(_("day of the meeting"), null=True, blank=True)
    meets_at = models.CharField(_("time and place"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("meeting before an application")
        verbose_name_plural = _("meetings before an application")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "licence_type"],
                condition=models.Q(status="asked"),
                name="applications_meeting_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm}, {self.licence_type}"
