"""What came into a draft from a past application, until somebody has looked at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.people import Person


class CopiedFact(models.Model):
    """An answer, a person, the chart of ownership or the capital of one moment, as it was in another case.

    ``code`` is of the question, or of the moment. ``checked_at`` is when it was saved again, or confirmed.
    """

    ANSWER, PERSON, OWNERSHIP, CAPITAL = "answer", "person", "ownership", "capital"
    KINDS = (
        (ANSWER, _("Answer")), (PERSON, _("Person")), (OWNERSHIP, _("Ownership")), (CAPITAL, _("Capital")),
    )  # fmt: skip

    application = models.ForeignKey(Application, models.CASCADE, related_name="copied_facts")
    kind = models.CharField(max_length=10, choices=KINDS)
    code = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "code", "person"],
                nulls_distinct=False,
                name="applications_copiedfact_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="person", person__isnull=False) | ~Q(kind="person"),
                name="applications_copiedfact_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind} {self.code}"
