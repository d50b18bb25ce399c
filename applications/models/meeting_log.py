"""The log of meetings and interviews on a case. Never visible to the firm."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.people import Person

USER = settings.AUTH_USER_MODEL


class Meeting(models.Model):
    """One entry: what was held, who took part, what was said and agreed. A mistake is mended by a further
    entry that ``corrects`` it.

    ``person`` is whom it is about, as an interview on fitness. ``staff`` are names as they were, ``people``
    keys of persons of the firm, ``others`` whoever is neither.
    """

    append_only = True

    MEETING, INTERVIEW, CALL, VISIT = "meeting", "interview", "call", "visit"
    KINDS = [
        (MEETING, _("Meeting")),
        (INTERVIEW, _("Interview")),
        (CALL, _("Call")),
        (VISIT, _("Site visit")),
    ]

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=KINDS)
    held_on = models.DateField()
    place = models.CharField(max_length=300)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    staff = models.JSONField(default=list, blank=True)
    people = models.JSONField(default=list, blank=True)
    others = models.TextField(blank=True)
    subject = models.CharField(max_length=300)
    minutes = models.TextField()
    actions = models.TextField(blank=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["application", "-held_on", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="applications_meeting_once_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.number}: {self.subject}"
