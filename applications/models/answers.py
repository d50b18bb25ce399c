"""What the firm answers while it drafts. What was submitted is in the snapshots."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.asked import INSTEAD, NOT_APPLICABLE, NOT_KNOWN
from applications.models.case import Application
from applications.models.edited import Edited
from applications.models.people import Person

DECLINED_AS = tuple(INSTEAD.items())


class Answer(models.Model):
    """The answer to one requirement, once or for one person.

    ``value`` holds one key for each simple evidence kind: ``text``, ``number``, ``amount`` with
    ``currency``, ``percent``, ``date`` (ISO), ``choice``, ``agreed``, ``inspected``. Numbers are
    decimal strings. ``declined_as`` is what stands instead of an answer, and ``declined`` why.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    requirement = models.CharField(max_length=30)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="answers"
    )
    value = models.JSONField(default=dict)
    declined = models.TextField(blank=True)
    declined_as = models.CharField(max_length=20, blank=True, choices=DECLINED_AS)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "requirement", "person"],
                nulls_distinct=False,
                name="applications_answer_once",
            ),
            models.CheckConstraint(
                condition=models.Q(declined_as__in=["", NOT_APPLICABLE, NOT_KNOWN]),
                name="applications_answer_declined_as",
            ),
            models.CheckConstraint(
                condition=models.Q(declined="") | ~models.Q(declined_as=""),
                name="applications_answer_declined_as_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.requirement}"


class AnswerRevision(models.Model):
    """Field history of a draft: each value that an answer has had. A reason that stands alone is from before
    the two were told apart, and says why the question does not apply.
    """

    append_only = True

    application_id = models.UUIDField()
    requirement = models.CharField(max_length=30)
    person_id = models.UUIDField(null=True)
    value = models.JSONField()
    declined = models.TextField(blank=True)
    declined_as = models.CharField(max_length=20, blank=True, choices=DECLINED_AS)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["application_id", "requirement"])]

    def __str__(self) -> str:
        return f"{self.application_id} {self.requirement} {self.at}"


class AnswerFile(models.Model):
    """A document given as evidence, perhaps for several answers of its case. Removed ones keep their row.

    ``added_at`` is since when its place in the list is taken: a newer version takes that of the one before.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="files")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pages = models.CharField(_("pages that answer this"), max_length=60, blank=True)  # as 3-7, 12
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "document"],
                condition=models.Q(removed_at=None),
                name="applications_document_once_an_answer",
            )
        ]

    def __str__(self) -> str:
        return str(self.document)

    @property
    def given(self) -> Any:
        """The document, with the pages of this use of it; see ``queries.files.pages_of``."""
        document: Any = self.document
        document.pages = self.pages
        return document


class CapitalFigure(models.Model):
    """One line of the capital computation at one moment, in the currency of the book."""

    PERIODS = [(p, p) for p in ("now", "grant", "year1", "year2", "year3", "stressed")]

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="capital")
    line = models.CharField(max_length=40)
    period = models.CharField(max_length=10, choices=PERIODS)
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "line", "period"], name="applications_capital_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.period} {self.amount} {self.currency}"


class CapitalPeriod(Edited):
    """All lines of one moment, which are saved together."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="capital_periods")
    period = models.CharField(max_length=10, choices=CapitalFigure.PERIODS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "period"], name="applications_capital_period_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.period}"


class AccountsRate(models.Model):
    """The rate at which the firm turned its accounts, kept in another currency, into that of the book.

    ``rate`` is what one unit of the book's currency costs in ``currency``.
    """

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="accounts_rate")
    currency = models.CharField(_("currency of the accounts"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=8)
    day = models.DateField(_("day of the rate"))
    source = models.CharField(_("source of the rate"), max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="applications_accountsrate_above_0")
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} {self.day}"
