"""Which saved views one may open."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import DefaultView, SavedView
from regulators.models import Regulator
from regulators.queries import regulators_of


def views_for(user: Any) -> QuerySet[SavedView]:
    """One's own, and those that colleagues share at the regulators that one serves today; ``is_default``
    says with which of them the worklist opens.
    """
    served = regulators_of(user)
    mine = Q(owner=user) | Q(shared=True, regulator__in=served)
    chosen = DefaultView.objects.filter(user=user, view=OuterRef("pk"))
    return SavedView.objects.filter(mine, regulator__in=served).annotate(is_default=Exists(chosen))


def regulators_to_choose(user: Any) -> list[Regulator]:
    """Whose worklist a view can be of, where this person serves more than one."""
    served = regulators_of(user)
    return list(Regulator.objects.filter(pk__in=served).order_by("code")) if len(served) > 1 else []
