"""Letters to the firm, as they were issued."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application


class IssuedLetter(models.Model):
    """One letter in one language, word for word. Written once; a letter that exists in two languages is two
    rows of the same moment.
    """

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="letters")
    code = models.CharField(_("letter"), max_length=40)
    about = models.CharField(max_length=60)  # the record that it tells of: each is told once
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    title = models.CharField(max_length=200)
    text = models.TextField()
    notice = models.TextField(blank=True)  # of the track, in the words of its rule book
    powers = models.JSONField()  # mark, act, provision, url; by: book, check or ours
    law = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["application", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code", "about", "language"], name="applications_letter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.code} {self.language}"
