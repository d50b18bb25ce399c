"""Who decides, who works there with what powers, which rule books are published, on what legal basis."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulators import books
from regulators.loader import RuleBookError
from regulators.rulebook import Book


class Role(models.TextChoices):
    """What a member of staff does for a regulator."""

    CASE_OFFICER = "case_officer", _("Case officer")
    REVIEWER = "reviewer", _("Reviewer")
    SPECIALIST = "specialist", _("Specialist")
    LEAD_REVIEWER = "lead_reviewer", _("Lead reviewer")
    DECISION_MAKER = "decision_maker", _("Decision maker")
    ADMINISTRATOR = "administrator", _("Administrator")


# Roles that count only once a second person confirmed the appointment.
CONFIRMED_ROLES = (Role.DECISION_MAKER, Role.ADMINISTRATOR)


class Act(models.TextChoices):
    """What a member of staff may be empowered to do, beyond the role."""

    RECOMMEND = "recommend", _("Recommend")
    APPROVE_IN_PRINCIPLE = "approve_in_principle", _("Approve in principle")
    GRANT = "grant", _("Grant")
    REFUSE = "refuse", _("Refuse")
    SUSPEND = "suspend", _("Suspend a licence")
    REVOKE = "revoke", _("Revoke a licence")


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


class RuleBookVersion(models.Model):
    """The pin of a published rule book: written once, with the hash of the file as it was published."""

    append_only = True

    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="rulebooks", verbose_name=_("licence type")
    )
    code = models.CharField(_("code"), max_length=60)
    version = models.CharField(_("version"), max_length=20)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        verbose_name = _("rule book version")
        verbose_name_plural = _("rule book versions")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="regulators_rulebook_one_per_version"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="regulators_rulebook_sha256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def book(self) -> Book:
        """The content, from the published file and no other: a file that was changed since is refused."""
        book = books.get(self.code, self.version)
        if book.sha256 != self.sha256:
            raise RuleBookError(books.CHANGED.format(file=f"{self.code}-{self.version}.toml"))
        return book


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


def _two_people(name: str, entered: str) -> list[models.CheckConstraint]:
    """Confirmed by nobody yet, or by a known human other than the one who entered it."""
    nobody = Q(confirmed_by=None, confirmed_human="")
    another = Q(confirmed_by__isnull=False) & ~Q(confirmed_human="") & ~Q(confirmed_human=F(entered))
    return [models.CheckConstraint(condition=nobody | another, name=f"regulators_{name}_two_people")]


class Staff(Period):
    """One role of one person at one regulator."""

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
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_human = models.CharField(max_length=64, blank=True, editable=False)

    class Meta(Period.Meta):
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["regulator", "user", "role"]
        constraints = [
            *Period.Meta.constraints,
            *_two_people("staff", "granted_human"),
            models.UniqueConstraint(
                fields=["user", "regulator", "role"],
                condition=Q(valid_until=None),
                name="regulators_staff_one_open_appointment",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="regulators_staff_role"),
            models.CheckConstraint(
                condition=Q(human="") | (~Q(human=F("granted_human")) & ~Q(human=F("confirmed_human"))),
                name="regulators_staff_not_by_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regulator}: {self.user}, {self.get_role_display()}"

    @property
    def needs_confirmation(self) -> bool:
        return self.role in CONFIRMED_ROLES and self.confirmed_by_id is None


class Delegation(Period):
    """The power of a member of staff to do one act on one licence type."""

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

    class Meta(Period.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["licence_type", "act", "staff"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(condition=Q(act__in=Act.values), name="regulators_delegation_act"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.get_act_display()}"


class AuthorityBasis(Period):
    """The law by which a regulator grants this licence type; it counts once a second person confirmed it."""

    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="authority_bases", verbose_name=_("licence type")
    )
    act = models.CharField(_("act"), max_length=200)
    article = models.CharField(_("article"), max_length=100)
    scope = models.CharField(_("scope"), max_length=500)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_human = models.CharField(max_length=64, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_human = models.CharField(max_length=64, blank=True, editable=False)

    class Meta(Period.Meta):
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ["licence_type", "-valid_from", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            *_two_people("authoritybasis", "entered_human"),
            models.CheckConstraint(
                condition=~Q(entered_human=""), name="regulators_authoritybasis_known_human"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act}, {self.article}"
