"""Which cases one may see, and how they are read."""

from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.queries import firms_of
from applications.models.mandates import Authority
from regulators.queries import regulators_of

if TYPE_CHECKING:
    from applications.models.case import Application  # noqa: F401


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Any) -> "ApplicationQuerySet":
        """Cases of the user's firms, of those that the user advises by a mandate in force, and submitted
        cases of the regulators that the user serves; nothing else.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        firms = models.Q(firm__in=firms_of(user)) | models.Q(
            firm__in=Authority.objects.in_force(user).order_by().values("membership__firm")
        )
        served = regulators_of(user)
        if not served:
            return self.filter(firms)
        filed = models.Q(licence_type__regulator__in=served, submitted_at__isnull=False)
        return self.filter(firms | filed)

    def filed_with(self, user: Any) -> "ApplicationQuerySet":
        """Submitted cases of the regulators that the user serves."""
        return self.filter(licence_type__regulator__in=regulators_of(user), submitted_at__isnull=False)

    def with_case(self) -> "ApplicationQuerySet":
        return self.select_related("firm", "licence_type__regulator", "rulebook", "case_officer")
