"""What must be told to whom, and proof that it was."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Firm

ACCOUNT = "account"  # the reference of what is about the recipient's own account


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
    WITHHELD = "withheld", _("Not sent: no longer true")
    KEPT = "kept", _("Not sent: the recipient wants no e-mail of this kind")


class Outcome(models.TextChoices):
    OPEN = "", _("No result yet")
    SENT = "sent", _("Taken by the mail server")
    DEFERRED = "deferred", _("Not taken: will be tried again")
    REFUSED = "refused", _("Refused for good")
    UNCERTAIN = "uncertain", _("Uncertain: may have been taken")


class Reminder(models.Model):
    """That somebody was reminded of one date under one rule.

    The unique key is what makes a second run harmless. One that was taken back does not count: it never went,
    since its date did not stand, and is said anew where the date stands again.
    """

    subject = models.CharField(_("about"), max_length=200)
    rule = models.CharField(_("rule"), max_length=100)
    due_on = models.DateField(_("due on"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "rule", "due_on"],
                condition=Q(taken_back_at=None),
                name="notifications_reminder_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.rule} {self.due_on}"


class SwitchedOff(models.Model):
    """That a person wants no e-mail of one kind. Counts for a courtesy only: see ``notifications.kinds``."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=20)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("e-mail switched off")
        verbose_name_plural = _("e-mails switched off")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notifications_switched_off_once")
        ]

    def __str__(self) -> str:
        return self.kind


class Message(models.Model):
    """One mail to one recipient, in the words it was written with; the notice centre shows the same. Of what
    is about a ``firm`` its people alone are told, and read it as long as they are of the firm. ``about`` are
    the audit subjects of its cases: none where it is of no case, several where it lists dates of several.
    ``waits_since`` is when it was written, or last sent again.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=250, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("recipient"),
    )
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2)
    template = models.CharField(_("kind"), max_length=50)
    context = models.JSONField(_("data"), default=dict)
    subject_ref = models.CharField(_("reference"), max_length=100)
    about = ArrayField(models.CharField(max_length=100), blank=True, default=list, verbose_name=_("about"))
    internal = models.BooleanField(_("internal"), default=False)
    url = models.CharField(_("link"), max_length=500, blank=True)
    firm = models.ForeignKey(
        Firm, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("firm")
    )
    subject = models.CharField(_("subject line"), max_length=250)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("text as HTML"))
    message_id = models.CharField("Message-ID", max_length=250, unique=True)
    reminder = models.ForeignKey(
        Reminder, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("reminder")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    maybe_taken = models.BooleanField(_("may have arrived already"), default=False)
    withheld_because = models.CharField(_("why it was not sent"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    waits_since = models.DateTimeField(_("to be sent since"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status="waiting"), name="notifications_waiting"
            ),
            models.Index(fields=["recipient", "-id"], name="notifications_of_recipient"),
            models.Index(fields=["subject_ref"], name="notifications_of_reference"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notifications_unread"),
            GinIndex(fields=["about"], name="notifications_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="notifications_message_status"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="notifications_message_sent_at",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def audit_subject(self) -> str:
        return f"message:{self.uuid}"


class Attempt(models.Model):
    """One try at sending.

    Its row stays locked while the mail is on the wire; unlocked and unfinished, its sender died. ``email`` is
    where it went, once its message goes to another address; empty while that is where the message goes.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts", verbose_name=_("message"))
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True, default=Outcome.OPEN)
    error = models.CharField(_("error"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True, default="")

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=Q(finished_at=None), name="notifications_attempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, outcome="") | (Q(finished_at__isnull=False) & ~Q(outcome="")),
                name="notifications_attempt_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


class Bounce(models.Model):
    """That a mail which a mail server had taken came back: what the report of the failure says. One for each
    attempt at most, so that a report which comes twice says nothing new.
    """

    append_only = True

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="bounce", verbose_name=_("attempt"))
    status = models.CharField(_("code"), max_length=11)
    diagnostic = models.CharField(_("what the mail server said"), max_length=500, blank=True)
    at = models.DateTimeField(_("came back"), default=timezone.now)

    class Meta:
        verbose_name = _("mail that came back")
        verbose_name_plural = _("mails that came back")
        indexes = [models.Index(fields=["at"], name="notifications_bounce_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__regex=r"^[45]\.[0-9]{1,3}\.[0-9]{1,3}$"),
                name="notifications_bounce_status",
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.diagnostic}".strip()
