"""Who wants the weekly report of the pipeline."""

from django.conf import settings
from django.db import models


class ReportChoice(models.Model):
    """That a manager wants the report, since when, and until which day with it there is a pause. Who has no
    row never wanted it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    wanted = models.BooleanField(default=False)
    paused_until = models.DateField(null=True, blank=True)
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.wanted}"
