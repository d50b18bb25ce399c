"""What the firm keeps to itself about an application. No page, file or mail of a regulator has it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.people import Person


class InsideNoteQuerySet(models.QuerySet["InsideNote"]):
    def of(self, case: Application) -> "InsideNoteQuerySet":
        return self.filter(application=case, application__firm=case.firm_id)


class InsideNote(models.Model):
    """A comment, an assignment or a sign-off, on a stage, a section of it or one of its questions.

    Nothing leads here from a case, a stage or a person: there are no reverse names. ``closed_at`` is when a
    comment was deleted (its text goes), an assignment was done, or something signed off was changed again.
    """

    COMMENT, ASSIGNMENT, SIGN_OFF = "comment", "assignment", "sign_off"
    KINDS = ((COMMENT, _("Comment")), (ASSIGNMENT, _("Assignment")), (SIGN_OFF, _("Sign-off")))

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    stage = models.CharField(max_length=30)
    section = models.CharField(max_length=40, blank=True)
    requirement = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InsideNoteQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["application", "stage", "requirement"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="comment", to=None) & (Q(closed_at=None) & ~Q(text="") | ~Q(closed_at=None))
                | Q(kind="assignment", to__isnull=False)
                | Q(kind="sign_off", to=None, section="", requirement=""),
                name="applications_insidenote_of_its_kind",
            ),
            models.UniqueConstraint(
                fields=["application", "stage", "section", "requirement", "person"],
                condition=Q(kind="assignment", closed_at=None),
                nulls_distinct=False,
                name="applications_insidenote_one_assignment",
            ),
            models.UniqueConstraint(
                fields=["application", "stage", "by"],
                condition=Q(kind="sign_off", closed_at=None),
                name="applications_insidenote_signed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage} {self.requirement} {self.kind}"
