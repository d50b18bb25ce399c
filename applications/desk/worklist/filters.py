"""What the worklist is narrowed to: in the address, or in a saved view. What is not known is refused."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk.worklist.needs import WORDS, needing
from applications.desk.worklist.whose import filed, mine
from applications.models import Application
from applications.pipeline.filters import StrictForm
from applications.pipeline.named import stage_titles, type_titles
from applications.queries.search import LONGEST, found_by
from applications.states import DECIDED, OPEN
from applications.states import ApplicationState as A
from regulators.models import LicenceType
from regulators.queries import regulators_of, serving

ME, NOBODY, ALL = "me", "nobody", "all"
DUE, NEWEST, OLDEST, SILENT = "due", "newest", "oldest", "silent"
FILED = [state for state in A if state not in (A.DRAFT, A.DISCARDED)]
KEPT = ("q", "whose", "cases", "state", "stage", "needs", "type", "sort")  # what a saved view may hold


class Filter(StrictForm):
    on_page = KEPT
    q = forms.CharField(
        label=gettext_lazy("Search by reference, firm, BIN or person"), required=False, max_length=LONGEST
    )
    whose = forms.CharField(label=gettext_lazy("Whose"), required=False)
    cases = forms.ChoiceField(label=gettext_lazy("Cases"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    needs = forms.ChoiceField(label=gettext_lazy("What it needs"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Licence type"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Order"), required=False)
    after = forms.CharField(required=False)
    before = forms.CharField(required=False)

    def __init__(self, data: Mapping[str, Any], *, user: User, types: list[LicenceType]) -> None:
        super().__init__(data)
        self.user, self.types, self.officer_name = user, types, ""
        self.label_suffix = ""
        titles = type_titles()
        choices: dict[str, list[tuple[str, Any]]] = {
            "cases": [("", _("Open")), ("decided", _("Decided")), (ALL, _("All"))],
            "state": [("", _("All")), *((s.value, s.label) for s in FILED)],
            "stage": [("", _("All")), *stage_titles().items()],
            "needs": [("", _("All")), *WORDS.items()],
            "type": [("", _("All")), *((t.code, titles.get(t.code, t.code)) for t in types)],
            "sort": [("", _("By the date due")), (OLDEST, _("Oldest first")), (NEWEST, _("Newest first")),
                     (SILENT, _("Longest without work first"))],
        }  # fmt: skip
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        whose = [(ALL, _("Everybody’s")), (NOBODY, _("Nobody’s yet"))]
        if mine(user) is not None:
            whose.insert(0, (ME, _("Mine")))
        self.whose_choices = whose

    # --- what is typed

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\0", "")

    def clean_whose(self) -> str:
        chosen: str = self.cleaned_data["whose"]
        if chosen in ("", *dict(self.whose_choices)):
            return chosen
        known = serving(regulators_of(self.user))
        officer = known.filter(pk=int(chosen)).first() if re.fullmatch(r"[0-9]{1,18}", chosen) else None
        if officer is None:
            raise forms.ValidationError(_("Nobody here has this number. Choose from the list."))
        self.officer_name = officer.full_name
        return chosen

    # --- what is found

    def found(self) -> QuerySet[Application]:
        """The cases that pass, in no order; none where the filter is refused."""
        cases = filed(self.types)
        if not self.is_valid():
            return cases.none()
        value = self.cleaned_data
        if value["q"]:
            cases = found_by(cases, value["q"])
        for narrow in (self._whose(value["whose"]), self._of_state(value)):
            if narrow is not None:
                cases = cases.filter(narrow)
        if value["stage"]:
            cases = cases.filter(stage_now=value["stage"])
        if value["type"]:
            cases = cases.filter(licence_type__in=[t for t in self.types if t.code == value["type"]])
        return needing(cases, value["needs"], self.user) if value["needs"] else cases

    @property
    def sorted_by(self) -> str:
        """Decided cases have no date due: the newest first."""
        chosen: str = self.cleaned_data["sort"]
        return chosen or (NEWEST if self.cleaned_data["cases"] == "decided" else DUE)

    def _whose(self, value: str) -> Q | None:
        if value == ME:
            return mine(self.user)
        if value == NOBODY:
            return Q(case_officer=None)
        return Q(case_officer=int(value)) if value not in ("", ALL) else None

    def _of_state(self, value: dict[str, Any]) -> Q | None:
        """A worklist is for open cases: those, unless a state, a search or a choice asks for more."""
        if value["state"]:
            return Q(state=value["state"])
        if value["cases"] == "decided":
            return Q(state__in=sorted(DECIDED))
        return Q(state__in=sorted(OPEN)) if not (value["cases"] or value["q"]) else None

    # --- how it is said

    def shown(self) -> Iterator[dict[str, Any]]:
        """The lists to choose from. The page writes them out: a widget of Django takes six times as long."""
        now = self.data.get("whose", "") or ALL
        officer = [(now, self.officer_name)] if self.officer_name else []
        yield self._list("whose", [*self.whose_choices, *officer], now)
        for name in ("cases", "state", "stage", "needs", "type", "sort"):
            if name != "type" or len(self.types) > 1:
                yield self._list(name, self.fields[name].choices, self.data.get(name, ""))  # type: ignore[attr-defined]

    def _list(self, name: str, choices: Iterable[tuple[str, Any]], now: str) -> dict[str, Any]:
        options = [(value, words, value == now) for value, words in choices]
        return {"name": name, "label": self.fields[name].label, "options": options}

    def chips(self) -> list[dict[str, str]]:
        """Each filter in words, with the address of the list without it."""
        return [{"text": self._words(name), "url": self.url(without=name)} for name in self._set()]

    def filters(self) -> dict[str, str]:
        """What a saved view keeps."""
        return {name: self.cleaned_data[name] for name in KEPT if self.cleaned_data.get(name)}

    def url(self, without: str = "", **more: str) -> str:
        """The address of this list, always with a parameter: the bare one opens what a person sees first."""
        kept = {name: value for name, value in self.filters().items() if name != without} | more
        return f"?{urlencode(kept or {'whose': ALL})}"

    @property
    def everywhere(self) -> str:
        """The address of the same search among all cases; empty where this was one, or none."""
        searched = self.cleaned_data.get("q", "")
        narrowed = set(self._set()) - {"q", "sort"}
        return f"?{urlencode({'q': searched, 'whose': ALL})}" if searched and narrowed else ""

    def _set(self) -> Iterator[str]:
        cleaned = getattr(self, "cleaned_data", {})
        return (n for n in KEPT if cleaned.get(n) and not (n == "whose" and cleaned[n] == ALL))

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if name == "q":
            words, label = f"“{value}”", _("Search")
        elif name == "whose":
            words, label = self.officer_name or str(dict(self.whose_choices)[value]), _("Whose")
        else:
            label = str(self.fields[name].label)
            words = str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]
        return _("%(filter)s: %(value)s") % {"filter": label, "value": words}


def known_only(filters: Any, *, user: User, types: list[LicenceType]) -> tuple[dict[str, str], list[str]]:
    """The filters of a saved view that exist today and may be asked by this person; and the names of those
    that do not, which are left out.
    """
    held = {str(k): v for k, v in filters.items() if isinstance(v, str)} if isinstance(filters, dict) else {}
    kept = {name: value for name, value in held.items() if name in KEPT}
    form = Filter(kept, user=user, types=types)
    form.is_valid()
    good = {name: value for name, value in kept.items() if name not in form.errors}
    return good, sorted(held.keys() - good.keys())
