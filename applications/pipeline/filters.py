"""What a list of the pipeline is narrowed to. It stands in the address; what is not known is refused."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, ApplicationQuerySet
from applications.pipeline import queries
from applications.pipeline.days import working_days
from applications.states import OPEN
from applications.states import ApplicationState as A
from regulators import books
from regulators.models import LicenceType
from regulators.rulebook import say

FILED = [state for state in A if state not in (A.DRAFT, A.DISCARDED)]
NOBODY = "nobody"
AGE = re.compile(r"(\d{1,4})-(\d{1,4})?")
UNKNOWN_AGE = "unknown"
RECENT, YEAR = "90-days", "12-months"


def stage_titles() -> dict[str, str]:
    """Every stage of the rule books, in their order."""
    return {stage.code: say(stage.title) for book in books.all_books() for stage in book.stages}


def type_titles() -> dict[str, str]:
    return {book.licence_type: say(book.licence_type_title) for book in books.all_books()}


def month_from(text: str) -> date:
    """The first day of the month that is written as 2026-11; ValueError for anything else."""
    if not re.fullmatch(r"20\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(f"{text}-01")


def month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def place_in_words(place: str) -> str:
    return _("All stages approved") if place == queries.APPROVED else stage_titles().get(place, place)


def waiting_in_words(waiting: str) -> str:
    return dict(turns()).get(waiting, "")


def turns() -> list[tuple[str, str]]:
    return [(queries.US, _("Us")), (queries.FIRM, _("The firm")), (queries.DECISION, _("A decision"))]


class StrictForm(forms.Form):
    """A form whose address may hold its own fields only."""

    def clean(self) -> dict[str, Any]:
        for name in sorted(set(self.data) - set(self.fields)):
            self.add_error(
                None, _("There is no filter “%(name)s”. Take it out of the address.") % {"name": name}
            )
        return super().clean() or {}


class CaseFilter(StrictForm):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    waiting = forms.ChoiceField(label=gettext_lazy("Waiting for"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Licence type"), required=False)
    officer = forms.CharField(label=gettext_lazy("Case officer"), required=False)
    age = forms.CharField(label=gettext_lazy("Age in working days"), required=False)
    decided = forms.CharField(label=gettext_lazy("Decided"), required=False)
    after = forms.UUIDField(required=False)

    SHOWN = ("state", "stage", "waiting", "type")

    def __init__(
        self, data: Any, *, cases: ApplicationQuerySet, regulators: frozenset[int], today: date
    ) -> None:
        super().__init__(data)
        self.cases, self.today, self.officer_name = cases, today, ""
        self.label_suffix = ""
        states = [("open", _("Open: every state before the decision")), *((s.value, s.label) for s in FILED)]
        codes = set(LicenceType.objects.filter(regulator__in=regulators).values_list("code", flat=True))
        types = [(code, title) for code, title in type_titles().items() if code in codes]
        for name, choices in (
            ("state", states),
            ("stage", [*stage_titles().items(), (queries.APPROVED, place_in_words(queries.APPROVED))]),
            ("waiting", [(queries.US, _("Us, a decision included")), *turns()[1:]]),
            ("type", types),
        ):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def shown(self) -> list[forms.BoundField]:
        """Those that are chosen from a list on the page; the others come with a link."""
        return [self[name] for name in self.SHOWN]

    def unshown(self) -> list[tuple[str, str]]:
        return [(name, self.cleaned_data[name]) for name in self._set() if name not in self.SHOWN]

    def clean_officer(self) -> str:
        chosen: str = self.cleaned_data["officer"]
        if chosen in ("", NOBODY):
            return chosen
        mine = self.cases.filter(case_officer=int(chosen)) if re.fullmatch(r"[0-9]{1,18}", chosen) else None
        name = mine and mine.values_list("case_officer__full_name", flat=True).first()
        if not name:
            raise forms.ValidationError(
                _("No case here belongs to this case officer. Choose from the overview.")
            )
        self.officer_name = name
        return chosen

    def clean_age(self) -> str:
        chosen: str = self.cleaned_data["age"]
        if chosen and chosen != UNKNOWN_AGE and not AGE.fullmatch(chosen):
            raise forms.ValidationError(_("Write the age as 21-40, or as 90- for 90 working days and more."))
        return chosen

    def clean_decided(self) -> str:
        chosen: str = self.cleaned_data["decided"]
        if chosen not in ("", RECENT, YEAR):
            try:
                month_from(chosen)
            except ValueError:
                words = _("Write the month as 2026-11, or %(recent)s, or %(year)s.")
                raise forms.ValidationError(words % {"recent": RECENT, "year": YEAR}) from None
        return chosen

    def narrowed(self) -> ApplicationQuerySet:
        """The cases that pass, each with its place, the oldest first; none where the filter is refused."""
        if not self.is_valid():
            return self.cases.none()
        found = queries.placed(self.cases, self.today)
        for name in self._set():
            found = found.filter(getattr(self, f"_by_{name}")(self.cleaned_data[name]))
        return found.order_by("submitted_at", "pk")

    def page(self, size: int) -> tuple[list[Application], bool]:
        """One page after the case named in the address, and whether more follow."""
        found = self.narrowed()
        after = self.cleaned_data.get("after")
        if after:
            last = Subquery(self.cases.filter(pk=after).values("submitted_at")[:1])
            found = found.filter(Q(submitted_at__gt=last) | Q(submitted_at=last, pk__gt=after))
        rows = list(found.with_case()[: size + 1])
        return rows[:size], len(rows) > size

    def chips(self) -> list[dict[str, str]]:
        """Each filter in words, with the address of the list without it."""
        return [{"text": self._words(name), "url": self.url(name)} for name in self._set()]

    def url(self, without: str = "", **more: str) -> str:
        return reverse("pipeline:cases") + self.query(without, **more)

    def query(self, without: str = "", **more: str) -> str:
        kept = {name: self.cleaned_data[name] for name in self._set() if name != without} | more
        return f"?{urlencode(kept)}" if kept else ""

    def _set(self) -> Iterator[str]:
        return (n for n in self.fields if n != "after" and getattr(self, "cleaned_data", {}).get(n))

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if name in self.SHOWN:
            words = str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]
        elif name == "officer":
            words = self.officer_name or _("Nobody yet")
        elif name == "decided":
            words = {RECENT: _("in the last 90 days"), YEAR: _("in the last 12 months")}.get(value, value)
        else:
            words = _("not known") if value == UNKNOWN_AGE else value
        return f"{self.fields[name].label}: {words}"

    def _by_state(self, value: str) -> Q:
        return Q(state__in=OPEN) if value == "open" else Q(state=value)

    def _by_stage(self, value: str) -> Q:
        return Q(place=value)

    def _by_waiting(self, value: str) -> Q:
        return Q(waiting__in=(queries.US, queries.DECISION)) if value == queries.US else Q(waiting=value)

    def _by_type(self, value: str) -> Q:
        return Q(licence_type__code=value)

    def _by_officer(self, value: str) -> Q:
        return Q(case_officer=None) if value == NOBODY else Q(case_officer=value)

    def _by_age(self, value: str) -> Q:
        is_open, days = Q(state__in=OPEN), working_days(self.today)
        if value == UNKNOWN_AGE:
            known = days.started(self.today, 0, None)
            return is_open & ~Q(submitted_on__range=known) if known else is_open
        match = AGE.fullmatch(value)
        assert match  # clean_age has seen to it
        started = days.started(self.today, int(match[1]), int(match[2]) if match[2] else None)
        return is_open & Q(submitted_on__range=started) if started else Q(pk=None)

    def _by_decided(self, value: str) -> Q:
        if value == RECENT:
            days = Q(decided_on__gte=self.today - queries.RECENT)
        elif value == YEAR:
            days = Q(decided_on__gte=queries.first_month(self.today))
        else:
            first = month_from(value)
            days = Q(decided_on__gte=first, decided_on__lt=month_after(first))
        return Q(state__in=queries.DECIDED) & days


class StepFilter(StrictForm):
    act = forms.ChoiceField(label=gettext_lazy("Step"))
    month = forms.CharField(label=gettext_lazy("Month"))
    type = forms.SlugField(required=False)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["act"].choices = list(queries.STEPS.items())  # type: ignore[attr-defined]

    def clean_month(self) -> date:
        try:
            return month_from(self.cleaned_data["month"])
        except ValueError:
            raise forms.ValidationError(_("Write the month as 2026-11.")) from None

    def narrowed(self, cases: ApplicationQuerySet) -> ApplicationQuerySet:
        chosen = self.cleaned_data["type"]
        return cases.filter(licence_type__code=chosen) if chosen else cases

    def url(self, **more: str) -> str:
        kept = {"act": self.cleaned_data["act"], "month": f"{self.cleaned_data['month']:%Y-%m}"}
        chosen = kept | ({"type": self.cleaned_data["type"]} if self.cleaned_data["type"] else {}) | more
        return f"{reverse('pipeline:steps')}?{urlencode(chosen)}"
