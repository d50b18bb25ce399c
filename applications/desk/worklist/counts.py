"""What a list can be narrowed to, each with how many cases that leaves: of a list that is no longer than what
is counted. A longer one is narrowed by its filters first, so no count grows with the table.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.utils.functional import Promise

from applications.desk.worklist.filters import Filter
from applications.desk.worklist.needs import WORDS, needing
from applications.desk.worklist.pages import MOST, Key
from applications.models import Application
from applications.states import ApplicationState as A


@dataclass(frozen=True, kw_only=True)
class Narrower:
    text: str | Promise
    count: int
    url: str


def narrowers(form: Filter, found: Sequence[Key]) -> list[Narrower]:
    """By what a case needs, then by its state, where the list is not narrowed by that already. One query,
    about these cases alone; none where there is nothing to narrow.
    """
    if not 1 < len(found) <= MOST:
        return []
    counted = Counter(state for _pk, state in found)
    needs = [] if form.cleaned_data["needs"] else list(WORDS)
    states = [] if form.cleaned_data["state"] else [state.value for state in A]
    if needs:
        counted.update(_needed([pk for pk, _state in found], needs, form.user))
    return [
        *(_narrower(form, "needs", code, WORDS[code], counted) for code in needs if counted[code]),
        *(_narrower(form, "state", code, A(code).label, counted) for code in states if counted[code]),
    ]


def _needed(pks: list[Any], needs: list[str], user: Any) -> Iterator[str]:
    """Each need as often as one of these cases has it. By their keys, which PostgreSQL then looks up: told
    which list they are of, it would read the table once for each need.
    """
    these = Application.objects.filter(pk__in=pks)
    parts = [needing(these, code, user).order_by().values_list(Value(code), "pk") for code in needs]
    return (code for code, _pk in parts[0].union(*parts[1:]))


def _narrower(form: Filter, name: str, code: str, text: str | Promise, counted: Counter[str]) -> Narrower:
    return Narrower(text=text, count=counted[code], url=form.url(without=name, **{name: code}))
