from django.conf import settings
from django.db import models
from django.utils import timezone


class Edited(models.Model):
    """What several people of a firm may have open at once: ``version`` tells a stale page."""

    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        abstract = True

    def edited(self, actor: object) -> None:
        """The next version, by the actor and now; the caller saves it."""
        self.version += 1
        self.saved_at = timezone.now()
        self.saved_by = actor  # type: ignore[assignment]
