"""Views that the regulator asks for, each with a day and a rule of its own for silence."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application

USER = settings.AUTH_USER_MODEL


class Consultation(models.Model):
    """A specialist of the regulator, or another body, asked for a view. Several run side by side.

    ``inside`` says that a specialist is asked, who answers in the desk; without ``specialist`` it is to be
    given to another one. ``body`` is the name of whoever is asked. ``requirements`` are codes of the book.
    ``silence`` says what may be made of no answer by ``due_on``; nothing is made of it by itself.
    """

    WAIT, NO_OBJECTION, RAISE = "wait", "no_objection", "raise"
    SILENCE_RULES = [
        (WAIT, _("No answer means nothing: we go on waiting")),
        (NO_OBJECTION, _("No answer can be treated as no objection")),
        (RAISE, _("No answer is raised to the lead reviewer")),
    ]
    OPEN, ANSWERED, SILENT, WITHDRAWN = "", "answered", "silent", "withdrawn"
    OUTCOMES = [
        (OPEN, _("Waiting for the answer")),
        (ANSWERED, _("Answered")),
        (SILENT, _("Treated as no objection")),
        (WITHDRAWN, _("Withdrawn")),
    ]

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consultations")
    body = models.CharField(_("who is consulted"), max_length=200)
    inside = models.BooleanField(default=False)
    specialist = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(max_length=30, blank=True)
    requirements = models.JSONField(default=list, blank=True)
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(null=True, blank=True)
    silence = models.CharField(max_length=20, choices=SILENCE_RULES, default=WAIT)
    outcome = models.CharField(max_length=20, choices=OUTCOMES, blank=True, default=OPEN)
    answer = models.TextField(blank=True)
    finished_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="", finished_at=None)
                | (~models.Q(outcome="") & models.Q(finished_at__isnull=False)),
                name="applications_consultation_finished",
            ),
            models.CheckConstraint(
                condition=models.Q(specialist=None) | models.Q(inside=True),
                name="applications_consultation_of_a_specialist",
            ),
            models.CheckConstraint(
                condition=models.Q(silence="wait") | models.Q(due_on__isnull=False),
                name="applications_consultation_silence_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["specialist", "outcome"])]

    def __str__(self) -> str:
        return self.body
