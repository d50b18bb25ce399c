"""What an invited person gives by themself, and what each person has agreed to."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.people import Person

USER = settings.AUTH_USER_MODEL


class PersonAccess(models.Model):
    """A link sent to a person, and from its acceptance on their own part of the application.

    From ``accepted_at`` on the answers about the person are theirs: the firm sees where each stands and no
    more. ``ended_at`` says since when nobody writes them by this access; ``opened_at`` since when nothing
    of them is private any more, because the person left them to the firm or because they are deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="accesses")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accesses")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="own_parts")
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person"],
                condition=models.Q(ended_at=None),
                name="applications_access_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(user=None, accepted_at=None)
                | models.Q(user__isnull=False, accepted_at__isnull=False),
                name="applications_access_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["user", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.application_id} {self.person_id}"

    @property
    def is_open(self) -> bool:
        """The link can still be used."""
        return self.accepted_at is None and self.ended_at is None and timezone.now() < self.expires_at

    @property
    def is_held(self) -> bool:
        """The person writes their part now."""
        return self.accepted_at is not None and self.ended_at is None


class Consent(models.Model):
    """That a person agreed to the use of their data in one application, or withdrew it. Written once.

    The last row of a person counts. ``text`` is what was agreed to, word for word; the other fields are its
    parts.
    """

    append_only = True

    SELF, PAPER = "self", "paper"
    HOW = ((SELF, _("By the person, on their own page")), (PAPER, _("On paper, recorded by the firm")))

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    given = models.BooleanField()  # no: withdrawn
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    text = models.TextField()
    operator = models.CharField(max_length=250)
    operator_bin = models.CharField(max_length=12, blank=True)
    term = models.TextField()
    third_parties = models.JSONField()
    cross_border = models.BooleanField()
    data = models.JSONField()
    how = models.CharField(max_length=5, choices=HOW)
    paper_reference = models.CharField(_("where the paper is kept"), max_length=250, blank=True)
    paper = models.OneToOneField(
        "documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=250)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["application", "person", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how="self")
                | ~models.Q(paper_reference="")
                | models.Q(paper__isnull=False),
                name="applications_consent_on_paper_has_a_paper",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.person_id} {self.given}"
