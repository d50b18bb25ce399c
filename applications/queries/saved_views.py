"""Which saved views one may open."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import DefaultView, SavedView
from regulators.queries import regulators_of


def views_for(user: Any) -> QuerySet[SavedView]:
    """One's own, and those that colleagues share at the regulators that one serves today; ``is_default``
    says with which of them the worklist opens.
    """
    served = regulators_of(user)
    mine = Q(owner=user) | Q(shared=True, regulator__in=served)
    chosen = DefaultView.objects.filter(user=user, view=OuterRef("pk"))
    return SavedView.objects.filter(mine, regulator__in=served).annotate(is_default=Exists(chosen))
