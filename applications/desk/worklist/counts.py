"""What a list can be narrowed to, each with how many cases that leaves: of a list that is no longer than what
is counted. A longer one is narrowed by its filters first, so no count grows with the table.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise

from applications.desk.worklist.filters import Filter
from applications.desk.worklist.needs import WORDS, needing
from applications.desk.worklist.pages import MOST
from applications.models import Application
from applications.states import ApplicationState as A


@dataclass(frozen=True, kw_only=True)
class Narrower:
    text: str | Promise
    count: int
    url: str


def narrowers(form: Filter, found: int) -> list[Narrower]:
    """By what a case needs, then by its state, where the list is not narrowed by that already. One query,
    of at most MOST rows; none where there is nothing to narrow.
    """
    needs = [] if form.cleaned_data["needs"] else list(WORDS)
    states = [] if form.cleaned_data["state"] else [state.value for state in A]
    if not 1 < found <= MOST or not (needs or states):
        return []
    this = Application.objects.filter(pk=OuterRef("pk"))
    flags = {f"needs_{code}": Exists(needing(this, code, form.user)) for code in needs}
    rows = form.found().order_by().annotate(**flags).values("state", *flags)[:MOST]
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["state"]] += 1
        counted.update(code for code in needs if row[f"needs_{code}"])
    return [
        *(_narrower(form, "needs", code, WORDS[code], counted) for code in needs if counted[code]),
        *(_narrower(form, "state", code, A(code).label, counted) for code in states if counted[code]),
    ]


def _narrower(form: Filter, name: str, code: str, text: str | Promise, counted: Counter[str]) -> Narrower:
    return Narrower(text=text, count=counted[code], url=form.url(without=name, **{name: code}))
