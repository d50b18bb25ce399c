"""Which answers of a case are private: given by an invited person, and not read by the firm."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from applications import asked
from applications.asked import Draft, Given

if TYPE_CHECKING:
    from applications.models import Application, PersonAccess

REJECTED = ("infected", "uncheckable")


def private_accesses() -> "QuerySet[PersonAccess]":
    """By which something is private: accepted, and neither left to the firm nor deleted."""
    found = apps.get_model("applications", "PersonAccess")._default_manager
    return found.filter(accepted_at__isnull=False, opened_at=None).order_by()


def hidden_from(user: Any) -> "QuerySet[PersonAccess]":
    """Without those by which this user writes the part now."""
    return private_accesses().exclude(Q(user=user.pk) & Q(ended_at=None)) if user.pk else private_accesses()


def private_people(case: "Application") -> frozenset[UUID]:
    """The people of the case whose answers the firm does not write or read."""
    return frozenset(private_accesses().filter(application=case).values_list("person_id", flat=True))


def hidden_people(user: Any, case: "Application") -> frozenset[UUID]:
    """The people of the case whose own part this user may not read: only its status is shown."""
    return frozenset(hidden_from(user).filter(application=case).values_list("person_id", flat=True))


def marked(posts: Any, reader: Any) -> Any:
    """The posts of a case, each with ``is_hidden``: whether its person's part is kept from this reader."""
    if reader is None:
        return posts.annotate(is_hidden=Value(False))
    of_person = hidden_from(reader).filter(
        application=OuterRef("application_id"), person=OuterRef("person_id")
    )
    return posts.annotate(is_hidden=Exists(of_person))


def as_read(draft: Draft, hidden: Collection[UUID]) -> Draft:
    """The draft with nothing of the hidden people's answers but where each stands. People who were taken
    out of the case have no answers here.
    """
    given = {key: one for key, one in draft.given.items() if key[1] is None or key[1] in draft.people}
    for person in hidden:
        asked_of_each = {r.code for r in draft.book.requirements if r.per_person}
        answered = {code for code, of in draft.given if of == person}
        for code in asked_of_each | answered:
            given[code, person] = _standing(draft, code, draft.answer((code, person)))
    return replace(draft, given=given)


def _standing(draft: Draft, code: str, given: Given) -> Given:
    requirement = draft.book.by_code.get(code)
    if requirement is not None and not asked.is_answered(requirement, given, draft):
        return Given(private=asked.OPEN)
    if any(document.damaged_at or document.status in REJECTED for document in given.documents):
        return Given(private=asked.REJECTED, saved_at=given.saved_at)
    waits = any(not document.usable for document in given.documents)
    return Given(private=asked.WAITING if waits else asked.ANSWERED, saved_at=given.saved_at)


def without_private(user: Any, case: "Application", points: list[Any]) -> list[Any]:
    """Points of a request as this user may read them, each with ``is_private`` and ``is_answered``: an
    invited person's answer and files are taken out of the objects, which must not be saved.
    """
    hidden = hidden_people(user, case) if any(point.person_id for point in points) else frozenset()
    for point in points:
        point.is_answered = bool(point.answer.strip())
        point.is_private = point.person_id in hidden
        if point.is_private:
            point.answer, point.answered_by = "", None
            point._prefetched_objects_cache = {"files": type(point)._default_manager.none()}
    return points


def own_parts_of(user: Any) -> "list[PersonAccess]":
    """The parts that this person writes now, with their cases; one query."""
    found = private_accesses().filter(user=user.pk, ended_at=None)
    return list(found.select_related("application__firm", "application__rulebook").order_by("accepted_at"))
