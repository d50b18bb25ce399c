"""Who may do what one person does and another confirms, by name, for the pages that say so."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from regulators.models import Regulator, Role
from regulators.queries import holders, regulators_of


def two_people(user: Any, roles: frozenset[Role]) -> list[str]:
    """A sentence for each regulator that this person serves. Two queries."""
    served = list(Regulator.objects.filter(pk__in=regulators_of(user)).order_by("name"))
    held = holders([regulator.pk for regulator in served], roles)
    return [_sentence(regulator, _roles_by_person(regulator, held)) for regulator in served]


def _roles_by_person(regulator: Regulator, held: dict[tuple[int, str], list[User]]) -> dict[User, list[str]]:
    words, found = dict(Role.choices), dict[User, list[str]]()
    for (where, role), people in sorted(held.items()):
        for person in people if where == regulator.pk else ():
            found.setdefault(person, []).append(str(words[role]))
    return found


def _sentence(regulator: Regulator, people: dict[User, list[str]]) -> str:
    named = ", ".join(f"{person.full_name} ({', '.join(roles)})" for person, roles in people.items())
    about = {"regulator": regulator.name, "people": named or _("nobody")}
    if len({person.human for person in people}) < 2:
        told = _(
            "%(regulator)s: this needs two people, one who enters it and another who confirms it. Who may: "
            "%(people)s. An administrator of the regulator has to appoint a second person first."
        )
    else:
        told = _("%(regulator)s: one of these people enters it, and another of them confirms it: %(people)s.")
    return told % about
