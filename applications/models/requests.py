"""Requests for information: records with numbered points, not states of the case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.friction import OF_REQUEST_POINTS, OF_REQUESTS
from applications.models.people import Person
from documents.models import Document

USER = settings.AUTH_USER_MODEL


class InformationRequest(models.Model):
    DRAFT, SENT, PART_ANSWERED, ANSWERED, CLOSED = "draft", "sent", "part_answered", "answered", "closed"
    STATUSES = [
        (DRAFT, _("Being written")),
        (SENT, _("Sent")),
        (PART_ANSWERED, _("Answered in part")),
        (ANSWERED, _("Answered")),
        (CLOSED, _("Closed")),
    ]
    WITH_FIRM = (SENT, PART_ANSWERED)
    UNFINISHED = (DRAFT, SENT, PART_ANSWERED, ANSWERED)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="requests")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=STATUSES, default=DRAFT)
    due_on = models.DateField(_("answer by"))
    pauses_clock = models.BooleanField(default=False)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # When the last day was set as it stands: at the sending, or by an extension since.
    due_set_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["application", "number"]
        triggers = OF_REQUESTS
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="applications_request_once_a_number"
            )
        ]
        indexes = [models.Index(fields=["status", "due_on"])]

    def __str__(self) -> str:
        return f"{self.application} RFI {self.number}"


class RequestPoint(models.Model):
    """One numbered question, tied to a requirement and perhaps a person. ``verdict`` is the reviewer's, on
    the answer; its note is never visible to the firm.
    """

    OPEN, SATISFACTORY, UNSATISFACTORY, WITHDRAWN = "", "satisfactory", "unsatisfactory", "withdrawn"
    VERDICTS = [
        (OPEN, _("No verdict yet")),
        (SATISFACTORY, _("Answered satisfactorily")),
        (UNSATISFACTORY, _("Not satisfactory")),
        (WITHDRAWN, _("Withdrawn")),
    ]

    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveIntegerField()
    requirement = models.CharField(max_length=30)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    question = models.TextField(_("question"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    # The point of an earlier request whose answer was not satisfactory, where this one asks again.
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers"
    )
    round = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=20, choices=VERDICTS, blank=True, default=OPEN)
    verdict_note = models.TextField(blank=True)
    verdict_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["request", "number"]
        triggers = OF_REQUEST_POINTS
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="applications_point_once_a_number"),
            models.CheckConstraint(
                condition=models.Q(verdict="", verdict_at=None)
                | (~models.Q(verdict="") & models.Q(verdict_at__isnull=False)),
                name="applications_point_verdict_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} point {self.number}"

    def asks_as(self, other: "RequestPoint") -> bool:
        """About the same requirement, of the same person."""
        return (self.requirement, self.person_id) == (other.requirement, other.person_id)

    @property
    def is_withdrawn(self) -> bool:
        return self.verdict == self.WITHDRAWN

    @property
    def is_open(self) -> bool:
        """Still to be answered by the firm."""
        return self.sent_at is None and not self.is_withdrawn

    @property
    def documents(self) -> list[Document]:
        """The files of the answer as it stands; no query where they were prefetched."""
        return [file.document for file in self.files.all() if file.removed_at is None]


class PointFile(models.Model):
    """A document in the answer to a point. Removed ones, and those that a newer version replaced, keep their
    row. ``added_at`` as of an ``AnswerFile``.
    """

    point = models.ForeignKey(RequestPoint, on_delete=models.PROTECT, related_name="files")
    document = models.OneToOneField("documents.Document", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at"]

    def __str__(self) -> str:
        return str(self.document)


class PointMessage(models.Model):
    """A question of the firm about one point, or what the reviewer replied. It moves no date."""

    append_only = True

    point = models.ForeignKey(RequestPoint, on_delete=models.PROTECT, related_name="messages")
    from_firm = models.BooleanField()
    text = models.TextField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ExtensionRequest(models.Model):
    """The firm asks for more time, and the reviewer grants it or does not. At most one is open."""

    OPEN, GRANTED, DECLINED = "", "granted", "declined"
    OUTCOMES = [(OPEN, _("Asked for")), (GRANTED, _("Granted")), (DECLINED, _("Declined"))]

    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="extensions")
    until = models.DateField(_("wished last day"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default=OPEN)
    granted_until = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(outcome=""), name="applications_extension_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="granted", granted_until__isnull=False)
                | (~models.Q(outcome="granted") & models.Q(granted_until=None)),
                name="applications_extension_granted_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.until}"
