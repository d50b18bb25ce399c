"""Which rule books are published, and on what legal basis licences are granted."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulators import books
from regulators.loader import RuleBookError
from regulators.models.period import Entered, Period, known_human, two_people
from regulators.models.regulator import LicenceType
from regulators.rulebook import Book


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


class AuthorityBasis(Entered, Period):
    """The law by which a regulator grants this licence type; it counts once a second person confirmed it."""

    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="authority_bases", verbose_name=_("licence type")
    )
    act = models.CharField(_("act"), max_length=200)
    article = models.CharField(_("article"), max_length=100)
    scope = models.CharField(_("scope"), max_length=500)

    class Meta(Period.Meta):
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ["licence_type", "-valid_from", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            *two_people("authoritybasis"),
            known_human("authoritybasis"),
        ]

    def __str__(self) -> str:
        return f"{self.act}, {self.article}"


class CalendarVersion(models.Model):
    """The calendar of working days as it was loaded: written once, with the hash of its file."""

    append_only = True

    code = models.CharField(_("code"), max_length=30)
    version = models.CharField(_("version"), max_length=20)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["code", "-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="regulators_calendar_one_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class LegalValue(Entered):
    """A figure that the book of a licence type lacks, as staff read it in the law; the latest one that is
    confirmed and in effect counts. Never changed: a new figure is a new row.
    """

    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="legal_values", verbose_name=_("licence type")
    )
    code = models.CharField(_("figure"), max_length=60)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    valid_from = models.DateField(_("in effect from"))
    act = models.CharField(_("act"), max_length=200)
    provision = models.CharField(_("provision"), max_length=100)
    url = models.URLField(_("address of the text"), max_length=500)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("figure of the law")
        verbose_name_plural = _("figures of the law")
        ordering = ["licence_type", "code", "-valid_from", "-pk"]
        constraints = [
            *two_people("legalvalue"),
            known_human("legalvalue"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="regulators_legalvalue_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount} {self.currency}".strip()


class CitationCheck(Entered):
    """A provision compared with the published text: what was found, on which day, and when to look again."""

    AS_CITED, DIFFERENT, GONE = "as_cited", "different", "gone"
    RESULTS = (
        (AS_CITED, _("Stands as cited")),
        (DIFFERENT, _("Reads differently now")),
        (GONE, _("No longer there")),
    )

    regulator = models.ForeignKey(
        "regulators.Regulator",
        models.PROTECT,
        related_name="citation_checks",
        verbose_name=_("regulator"),
    )
    act = models.CharField(_("act"), max_length=200)
    provision = models.CharField(_("provision"), max_length=200)
    result = models.CharField(_("result"), max_length=10, choices=RESULTS)
    read_in_full = models.BooleanField(_("the whole provision was read"))
    applies = models.BooleanField(_("it applies to custody of digital assets"))
    url = models.URLField(_("address of the text"), max_length=500)
    note = models.TextField(_("note"), max_length=2000)
    checked_on = models.DateField(_("checked on"))
    look_again_on = models.DateField(_("look again on"))
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("check of a citation")
        verbose_name_plural = _("checks of citations")
        ordering = ["act", "provision", "-checked_on", "-pk"]
        constraints = [
            *two_people("citationcheck"),
            known_human("citationcheck"),
            models.CheckConstraint(
                condition=Q(look_again_on__gt=F("checked_on")), name="regulators_citationcheck_looks_again"
            ),
        ]
        indexes = [models.Index(fields=["act", "provision"])]

    def __str__(self) -> str:
        return f"{self.act}, {self.provision}"


class PendingChange(models.Model):
    """Legislation that was announced and is not yet in a rule book, with who follows it."""

    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="pending_changes", verbose_name=_("licence type")
    )
    title = models.CharField(_("what changes"), max_length=300)
    source = models.CharField(_("source"), max_length=300)
    url = models.URLField(_("address of the source"), max_length=500, blank=True)
    announced_on = models.DateField(_("announced on"))
    in_force_on = models.DateField(_("in force from"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("followed by")
    )
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    settled_how = models.TextField(_("how it was settled"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("announced change")
        verbose_name_plural = _("announced changes")
        ordering = ["settled_on", "in_force_on", "-announced_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_on=None, settled_how="")
                | (Q(settled_on__isnull=False) & ~Q(settled_how="")),
                name="regulators_pendingchange_settled_how",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_in_force(self, on: date) -> bool:
        """The law on the day: until it is settled nobody can say what the law is."""
        return self.settled_on is None and self.in_force_on is not None and self.in_force_on <= on
