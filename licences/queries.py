"""Reads of the register. Readiness records are no part of it."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.models import Firm
from licences.models import Certificate, Licence, RegisterEntry
from licences.text import searchable
from regulators.models import LicenceType

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


def regulators_in_the_register() -> list[tuple[str, str]]:
    """Code and name of each that has granted a licence here, by name."""
    granted = LicenceType.objects.filter(licences__isnull=False)
    found = granted.values_list("regulator__code", "regulator__name").distinct()
    return sorted(found, key=lambda one: one[1])


def mark() -> str:
    """Changes whenever a line of the register would: a line of history is added for every change and none is
    ever taken away, and a last day passes at midnight. They are counted, since of two acts at the same time
    the one with the smaller key may be there last.
    """
    return f'"{RegisterEntry.objects.count()}-{timezone.localdate().isoformat()}"'


def licences_of(firms: Iterable[Firm]) -> QuerySet[Licence]:
    return register().filter(firm__in=firms)


def certificate(code: str) -> Certificate | None:
    """With its licence and that one's history."""
    found = Certificate.objects.filter(code=code)
    return found.prefetch_related(Prefetch("licence", with_history())).first()
