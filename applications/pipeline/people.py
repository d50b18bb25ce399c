"""Who serves the regulators that one manages, who did, and what stands in the way of their work, in words."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from look import words
from regulators.models import Act, Role, Staff
from regulators.queries import posts_at


@dataclass(kw_only=True)
class Person:
    """``roles`` are those of today, by the key of the regulator; ``notes`` what else is to be known."""

    pk: int
    name: str
    user: Any = None
    roles: dict[int, list[Role]] = field(default_factory=lambda: defaultdict(list))
    in_words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def has(self, *roles: Role) -> bool:
        return any(role in roles for held in self.roles.values() for role in held)

    @property
    def serves(self) -> bool:
        """Works on cases today; an administrator has none."""
        return self.has(*(role for role in Role if role != Role.ADMINISTRATOR))


def people_of(regulators: Collection[int], today: date) -> dict[int, Person]:
    """Everybody who was ever appointed at one of these regulators, by name. One query."""
    by_user: dict[int, list[Staff]] = defaultdict(list)
    for post in posts_at(regulators):
        by_user[post.user_id].append(post)
    return {pk: _person(posts, today, several=len(regulators) > 1) for pk, posts in by_user.items()}


def stranger(pk: int, name: str) -> Person:
    """Has work here without ever having been appointed."""
    return Person(pk=pk, name=name, notes=[_("Was never appointed here.")])


def _person(posts: list[Staff], today: date, *, several: bool) -> Person:
    user = posts[0].user
    person = Person(pk=user.pk, name=user.full_name, user=user)
    now = [post for post in posts if user.is_active and _counts(post) and _holds(post, today)]
    for post in now:
        role = Role(post.role)
        person.roles[post.regulator_id].append(role)
        place = f"{post.regulator}: " if several else ""
        person.in_words.append(f"{place}{role.label}")
    person.notes = [*_of_account(user), *_absence(posts, now, today), *_powers(now)]
    return person


def _counts(post: Staff) -> bool:
    return post.counts_unconfirmed or post.confirmed_by_id is not None


def _holds(post: Staff, today: date) -> bool:
    return post.valid_from <= today and (post.valid_until is None or post.valid_until >= today)


def _of_account(user: Any) -> Iterable[str]:
    if not user.is_active:
        yield _("The account is closed.")


def _absence(posts: list[Staff], now: list[Staff], today: date) -> Iterable[str]:
    """When they come, when they go, and what is not confirmed yet."""
    coming = [post.valid_from for post in posts if post.valid_from > today and _counts(post)]
    ends = [post.valid_until for post in now]
    if not now and coming:
        yield _("Is not here; comes on %(day)s.") % {"day": words.day(min(coming))}
    elif not now and (gone := [post.valid_until for post in posts if post.valid_until and _counts(post)]):
        yield _("Serves here no more; the last day was %(day)s.") % {"day": words.day(max(gone))}
    if now and None not in ends:
        last = max(end for end in ends if end is not None)
        if not any(post.valid_from > last for post in posts if _counts(post)):
            yield _("Leaves: the last day is %(day)s.") % {"day": words.day(last)}
    if waiting := [post for post in posts if not _counts(post) and post.valid_until is None]:
        roles = ", ".join(str(Role(post.role).label) for post in waiting)
        yield _("Not confirmed yet: %(roles)s.") % {"roles": roles}


def _powers(now: list[Staff]) -> Iterable[str]:
    """What is delegated; said of decision makers also where it is nothing."""
    acts = sorted({act for post in now for act in post.powers})  # type: ignore[attr-defined]
    if acts:
        yield _("Delegated: %(acts)s.") % {"acts": ", ".join(str(Act(act).label) for act in acts)}
    elif any(post.role == Role.DECISION_MAKER for post in now):
        yield _("Decision maker without a delegation: cannot decide.")
