"""People who sign in, the firms they act for, and the invitations that bring them in."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.zones import ALMATY, check_zone
from look.kazakh import SortKey


class Language(models.TextChoices):
    KK = "kk", "Қазақша"
    RU = "ru", "Русский"
    EN = "en", "English"


class Role(models.TextChoices):
    """What a person may do for a firm."""

    OWNER = "owner", _("Owner: invites and removes people")
    EDITOR = "editor", _("Editor: fills in applications")
    SIGNATORY = "signatory", _("Signatory: signs and submits")
    VIEWER = "viewer", _("Viewer: reads only")


class Kind(models.TextChoices):
    """Whether a person belongs to the firm, or advises it for a time."""

    MEMBER = "member", _("Member of the firm")
    ADVISER = "adviser", _("Adviser")


class LegalForm(models.TextChoices):
    LLP = "llp", _("Limited liability partnership (LLP, TOO)")
    JSC = "jsc", _("Joint-stock company (JSC, AO)")
    AIFC_PRIVATE = "aifc_private", _("AIFC private company")
    AIFC_PUBLIC = "aifc_public", _("AIFC public company")
    AIFC_PARTNERSHIP = "aifc_partnership", _("AIFC partnership")
    FOREIGN = "foreign", _("Company formed outside Kazakhstan")
    OTHER = "other", _("Another form")


class NoBinReason(models.TextChoices):
    NOT_YET = "not_yet", _("The firm is not registered yet")
    FOREIGN = "foreign", _("The firm is formed outside Kazakhstan and has no branch there")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *args: object, **fields: object) -> "User":
        raise NotImplementedError("Nobody is above the rules. Run: manage.py invite_staff")

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("This e-mail is in use.")}
    )
    full_name = models.CharField(_("full name"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.EN)
    zone = models.CharField(_("time zone"), max_length=50, default=ALMATY, validators=[check_zone])
    # Two accounts may have the same human: that is how a second account is found out.
    human = models.CharField(_("person"), max_length=64, blank=True, db_index=True, editable=False)
    is_staff = models.BooleanField(_("works for a regulator"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # Sessions that began by then are over, whatever browser they are in.
    sessions_ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_any_case",
                violation_error_message=_("This e-mail is in use."),
            ),
            models.CheckConstraint(
                condition=Q(is_staff=False) | ~Q(human=""),
                name="accounts_user_staff_is_a_known_human",
                violation_error_message=_("A member of staff needs an IIN or a passport number on record."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def audit_name(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name


class Identifier(models.Model):
    """One number of one human: an IIN or a passport, as the keyed hash, from papers that somebody has seen.

    All numbers of a human lead to one ``human``, so accounts that share any number are one person.
    """

    append_only = True

    hash = models.CharField(max_length=64, primary_key=True)
    human = models.CharField(_("person"), max_length=64, db_index=True)

    class Meta:
        verbose_name = _("number of a person")
        verbose_name_plural = _("numbers of people")

    def __str__(self) -> str:
        return self.hash[:8]


class Firm(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=250, help_text=_("As it is registered."))
    name_kk = models.CharField(_("name in Kazakh"), max_length=250, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=250, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=20, choices=LegalForm)
    bin = models.CharField(_("BIN"), max_length=12, null=True, blank=True)  # noqa: DJ001 - unique where known
    no_bin_reason = models.CharField(_("why there is no BIN"), max_length=20, choices=NoBinReason, blank=True)
    country = models.CharField(
        _("country of registration"),
        max_length=2,
        default="KZ",
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", _("Enter the two-letter country code, for example KZ."))],
        help_text=_("Two-letter code, for example KZ."),
    )
    address = models.TextField(_("registered address"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("founded here"), default=timezone.now, editable=False)
    sort_key = models.GeneratedField(
        expression=SortKey(Trim("name")), output_field=models.CharField(max_length=250), db_persist=True
    )

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["sort_key"])]
        constraints = [
            models.UniqueConstraint(
                fields=["bin"], condition=Q(bin__isnull=False), name="accounts_firm_one_per_bin"
            ),
            models.CheckConstraint(
                condition=Q(bin__isnull=False, bin__regex=r"^[0-9]{12}$", no_bin_reason="")
                | (Q(bin__isnull=True) & ~Q(no_bin_reason="")),
                name="accounts_firm_bin_or_reason",
                violation_error_message=_("Give the BIN, or the reason why there is none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_subject(self) -> str:
        return f"firm:{self.pk}"


class FirmRevision(models.Model):
    """What an owner corrected in the data of the firm: the values before and after, by field."""

    append_only = True

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="revisions", verbose_name=_("firm"))
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("corrected by"))
    at = models.DateTimeField(_("corrected"), default=timezone.now)

    class Meta:
        verbose_name = _("correction of a firm")
        verbose_name_plural = _("corrections of a firm")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.at}"


class Membership(models.Model):
    """One role of one person in one firm, from a day to a day. Ended, never deleted.

    That of an adviser begins and runs out by itself: ``until`` is its last day. ``scope`` names the parts of
    the work that it is limited to, in the words of the rooms above; empty for all of it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="memberships", verbose_name=_("firm"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MEMBER)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    scope = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("limited to")
    )
    granted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    ended_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["firm", "user", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "firm", "role"],
                condition=Q(ended_at__isnull=True),
                name="accounts_membership_open_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_membership_role"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("granted_at")),
                name="accounts_membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.MEMBER, valid_from=None, until=None, scope=[])
                | Q(
                    kind=Kind.ADVISER,
                    role__in=[Role.EDITOR, Role.VIEWER],
                    valid_from__isnull=False,
                    until__gte=models.F("valid_from"),
                ),
                name="accounts_membership_adviser_is_limited",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.firm}: {self.role}"

    @property
    def is_adviser(self) -> bool:
        return self.kind == Kind.ADVISER


class Invitation(models.Model):
    """A link sent to one e-mail: used once, before it expires. Only the hash of its token is kept."""

    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.EN)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("accepted by")
    )

    class Meta:
        abstract = True
        ordering = ["-invited_at", "-pk"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and timezone.now() < self.expires_at


class StaffInvitation(Invitation):
    """Brings a member of staff in. The inviter has seen the person's papers: their hash comes from here."""

    full_name = models.CharField(_("full name"), max_length=200)
    human = models.CharField(_("person"), max_length=64, editable=False)

    class Meta(Invitation.Meta):
        verbose_name = _("staff invitation")
        verbose_name_plural = _("staff invitations")
        constraints = [
            models.CheckConstraint(condition=~Q(human=""), name="accounts_staffinvitation_known_human")
        ]


class FirmInvitation(Invitation):
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="invitations", verbose_name=_("firm"))
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name=_("roles"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MEMBER)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    scope = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("limited to")
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("withdrawn by")
    )

    class Meta(Invitation.Meta):
        verbose_name = _("invitation to a firm")
        verbose_name_plural = _("invitations to a firm")
        constraints = [
            models.CheckConstraint(
                condition=Q(roles__len__gt=0) & Q(roles__contained_by=Role.values),
                name="accounts_firminvitation_roles",
            )
        ]

    @property
    def is_open(self) -> bool:
        return super().is_open and self.withdrawn_at is None

    @property
    def is_adviser(self) -> bool:
        return self.kind == Kind.ADVISER

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]
