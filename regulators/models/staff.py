"""Who serves a regulator, in which role, and with what powers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from regulators.models.period import Confirmable, Period, two_people
from regulators.models.regulator import LicenceType, Regulator


class Role(models.TextChoices):
    """What a member of staff does for a regulator."""

    CASE_OFFICER = "case_officer", _("Case officer")
    REVIEWER = "reviewer", _("Reviewer")
    SPECIALIST = "specialist", _("Specialist")
    LEAD_REVIEWER = "lead_reviewer", _("Lead reviewer")
    DECISION_MAKER = "decision_maker", _("Decision maker")
    ADMINISTRATOR = "administrator", _("Administrator")


# Of these roles no appointment ever counted before a second person confirmed it.
ALWAYS_CONFIRMED = (Role.DECISION_MAKER, Role.ADMINISTRATOR)


NOT_BY_ONESELF = Q(human="") | (~Q(human=F("granted_human")) & ~Q(human=F("confirmed_human")))


class Act(models.TextChoices):
    """What a member of staff may be empowered to do, beyond the role."""

    RECOMMEND = "recommend", _("Recommend")
    APPROVE_IN_PRINCIPLE = "approve_in_principle", _("Approve in principle")
    GRANT = "grant", _("Grant")
    REFUSE = "refuse", _("Refuse")
    SUSPEND = "suspend", _("Suspend a licence")
    REVOKE = "revoke", _("Revoke a licence")


class Staff(Confirmable, Period):
    """One role of one person at one regulator. It counts once a second administrator confirmed it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    regulator = models.ForeignKey(
        Regulator, models.PROTECT, related_name="staff", verbose_name=_("regulator")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    human = models.CharField(max_length=64, blank=True, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("appointed by"),
    )
    granted_human = models.CharField(max_length=64, blank=True, editable=False)
    # Made before every role took a second administrator; no new appointment has it.
    counts_unconfirmed = models.BooleanField(default=False, editable=False)

    class Meta(Period.Meta):
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["regulator", "user", "role"]
        constraints = [
            *Period.Meta.constraints,
            *two_people("staff", "granted_human"),
            models.UniqueConstraint(
                fields=["user", "regulator", "role"],
                condition=Q(valid_until=None),
                name="regulators_staff_one_open_appointment",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="regulators_staff_role"),
            models.CheckConstraint(
                condition=NOT_BY_ONESELF,
                name="regulators_staff_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(counts_unconfirmed=False) | ~Q(role__in=ALWAYS_CONFIRMED),
                name="regulators_staff_always_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regulator}: {self.user}, {self.get_role_display()}"

    @property
    def needs_confirmation(self) -> bool:
        return self.confirmed_by_id is None and not self.counts_unconfirmed


class Delegation(Confirmable, Period):
    """The power of a member of staff to do one act on one licence type. It counts once a second administrator
    confirmed it.
    """

    staff = models.ForeignKey(
        Staff, models.PROTECT, related_name="delegations", verbose_name=_("appointment")
    )
    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="delegations", verbose_name=_("licence type")
    )
    act = models.CharField(_("act"), max_length=30, choices=Act)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delegated by"),
    )
    human = models.CharField(max_length=64, blank=True, editable=False)
    granted_human = models.CharField(max_length=64, blank=True, editable=False)
    # Given before a delegation took a second administrator; no new one has it.
    counts_unconfirmed = models.BooleanField(default=False, editable=False)

    class Meta(Period.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["licence_type", "act", "staff"]
        constraints = [
            *Period.Meta.constraints,
            *two_people("delegation", "granted_human"),
            models.CheckConstraint(condition=Q(act__in=Act.values), name="regulators_delegation_act"),
            models.CheckConstraint(condition=NOT_BY_ONESELF, name="regulators_delegation_not_by_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.get_act_display()}"

    @property
    def needs_confirmation(self) -> bool:
        return self.confirmed_by_id is None and not self.counts_unconfirmed
