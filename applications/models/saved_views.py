"""What a person keeps of the worklist: filters under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulators.models import Regulator

USER = settings.AUTH_USER_MODEL


class SavedView(models.Model):
    """Filters of the worklist under a name: of one person, or shared with the colleagues at one regulator.
    It holds what is asked, never what is found: whoever opens it sees their own cases through it.
    """

    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="saved_views")
    regulator = models.ForeignKey(Regulator, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    filters = models.JSONField(default=dict)
    shared = models.BooleanField(_("shared with the colleagues"), default=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="applications_view_one_name")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """With which view the worklist of this person opens."""

    user = models.OneToOneField(USER, on_delete=models.PROTECT, primary_key=True, related_name="default_view")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.view_id}"
