"""What somebody typed on a page and did not save yet."""

from django.conf import settings
from django.db import models

from applications.models.case import Application


class TypedText(models.Model):
    """A working copy: for one person and one page the fields as they were typed last, right or wrong.

    It is no answer. Only that person sees it, on that page, until the page is saved. Pages about a firm alone
    have no application.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    path = models.CharField(max_length=300)
    fields = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="applications_typed_text_once_a_page")
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.path}"
