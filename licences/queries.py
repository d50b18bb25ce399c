"""Reads of the register. Readiness records are no part of it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import Firm
from licences.models import Certificate, Licence
from licences.text import searchable

LONGEST_SEARCH = 200


def register() -> QuerySet[Licence]:
    """Every licence ever granted here, in whatever state, by firm."""
    return Licence.objects.select_related("licence_type__regulator", "authority_basis").order_by(
        "sort_key", "number"
    )


def search(words: str) -> QuerySet[Licence]:
    """Licences whose firm, BIN or number holds every one of the words; all of them where there are none."""
    found = register()
    for word in searchable(words[:LONGEST_SEARCH]).split():
        found = found.filter(search_text__contains=word)
    return found


def with_history() -> QuerySet[Licence]:
    return register().prefetch_related("history")


def licences_of(firms: Iterable[Firm]) -> QuerySet[Licence]:
    return register().filter(firm__in=firms)


def certificate(code: str) -> Certificate | None:
    """With its licence, that one's history, and ``is_newest``: no later certificate was made."""
    later = Certificate.objects.filter(licence=OuterRef("licence"), pk__gt=OuterRef("pk"))
    return (
        Certificate.objects.filter(code=code)
        .annotate(is_newest=~Exists(later))
        .prefetch_related(Prefetch("licence", with_history()))
        .first()
    )
