"""People, holdings and capital of a case as tables, in the language that is switched on."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from applications.capital import PERIODS
from applications.computed import capital_in_words, structure_in_words
from applications.models import Holding
from applications.paper.model import Table
from applications.queries.content import Content
from look import countries, words
from regulators import rulebook as rb
from regulators.rulebook import Book, Requirement, say

Shown = tuple[tuple[Table, ...], tuple[str, ...]]  # tables, and lines beside them
NOTHING: Shown = ((), ())


class Typed:
    """The typed records of one case. Each table stands in full where it is first asked for; later questions
    name that place. People are a table for each set of posts that is asked about. ``hidden`` are people
    whose own part the reader may not see: by the text of their pk. ``closed`` are the kinds of records
    that stand in a stage which the reader may not see.
    """

    def __init__(
        self, content: Content, book: Book, hidden: Collection[str] = (), closed: Collection[str] = ()
    ) -> None:
        self.content, self.book, self.hidden, self.closed = content, book, hidden, closed
        self.first: dict[tuple[str, tuple[str, ...]], Requirement] = {}

    def shown(self, requirement: Requirement) -> Shown:
        tables: list[Table] = []
        lines: list[str] = []
        for kind in requirement.evidence:
            if kind not in MAKERS:
                continue
            if kind in self.closed:
                lines.append(_("Not part of your mandate"))
                continue
            place = (kind, requirement.functions if kind == rb.PEOPLE else ())
            made, beside = MAKERS[kind](self, requirement)
            if not made:
                continue
            first = self.first.setdefault(place, requirement)
            if first is not requirement:
                told = {"code": first.code, "title": say(first.title)}
                lines.append(_("Given at %(code)s, “%(title)s”.") % told)
                continue
            tables += made
            lines += beside
        return tuple(tables), tuple(lines)

    def people(self, requirement: Requirement) -> Shown:
        """Those proposed for one of the posts that are asked about; everybody where none is named."""
        rows = tuple(
            (person["name"], self._posts(person))
            for _pk, person in self._by_name
            if not requirement.functions or not set(person["posts"]).isdisjoint(requirement.functions)
        )
        if not rows:
            return NOTHING
        caption = _("People asked about in %(code)s") % {"code": requirement.code}
        return (Table(caption=caption, head=(_("Name"), _("Posts")), rows=rows),), ()

    def everybody(self) -> Table | None:
        """Each person of the case once, with what is on record of them; of a number the last characters."""
        rows = tuple(self._person(pk, person) for pk, person in self._by_name)
        about = (_("Date of birth"), _("Citizenship"), _("Residence"), _("IIN or passport"))
        head = (_("Name"), _("Posts"), *about)
        return Table(caption=_("People of the application"), head=head, rows=rows) if rows else None

    @cached_property
    def _by_name(self) -> list[tuple[str, Content]]:
        """In one order for a draft and for its submission, whose store does not keep the order."""
        return sorted(self.content["people"].items(), key=lambda one: (one[1]["name"].casefold(), one[0]))

    def _person(self, pk: str, person: Content) -> tuple[str, ...]:
        if pk in self.hidden:
            return (person["name"], self._posts(person), *[_("given privately")] * 4)
        born = words.day(date.fromisoformat(person["born_on"])) if person.get("born_on") else "–"
        places = (countries.name(person.get(name) or "–") for name in ("citizenship", "residence"))
        return person["name"], self._posts(person), born, *places, person.get("number") or "–"

    def _posts(self, person: Content) -> str:
        return "; ".join(self._titles.get(code, code) for code in person["posts"])

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {function.code: say(function.title) for function in self.book.functions}

    def ownership(self, requirement: Requirement) -> Shown:
        holdings = self.content["holdings"]
        if not holdings:
            return NOTHING
        kinds = {code: str(text) for code, text in Holding.KINDS}
        direct = Table(
            caption=_("Direct holdings"),
            head=(_("Holder"), _("Holds a part of"), _("How"), _("Economic interest, %"), _("Votes, %")),
            rows=tuple(
                (h["owner"], h["owned"], _how(h, kinds), _percent(h["economic"]), _percent(h["voting"]))
                for h in holdings
            ),
            numeric=(3, 4),
        )
        structure = structure_in_words(self.content.get("structure"))
        if structure is None:
            return (direct,), ()
        return (direct, _structure(structure)), tuple(_beside_structure(structure))

    def capital(self, requirement: Requirement) -> Shown:
        figures = self.content["capital"]
        if not figures:
            return NOTHING
        tests = self._tests
        if tests is None:
            return (self._figures(figures),), ()
        tables = [self._figures(figures), _resources(tests["resources"])]
        if tests["liquidity"]:
            tables.append(_liquidity(tests["liquidity"]))
        return tuple(tables), tuple(_beside_tests(tests))

    @cached_property
    def _tests(self) -> dict[str, Any] | None:
        return capital_in_words(self.content.get("capital_tests"), self.content.get("accounts_rate"))

    def _figures(self, figures: Iterable[Content]) -> Table:
        """A row for each line that has a figure, a column for each moment."""
        by_place = {(f["line"], f["period"]): f for f in figures}
        titles = {line.code: say(line.title) for line in self.book.capital.lines}
        given = dict.fromkeys([*(code for code in titles if any(code == f["line"] for f in figures)),
                               *(f["line"] for f in figures)])  # fmt: skip
        rows = tuple(
            (titles.get(line, line), *(_amount(by_place.get((line, period))) for period in PERIODS))
            for line in given
        )
        return Table(
            caption=_("The figures of the capital, in %(currency)s")
            % {"currency": self.book.capital.currency},
            head=(_("Line"), *(str(text) for text in PERIODS.values())),
            rows=rows,
            numeric=tuple(range(1, len(PERIODS) + 1)),
        )


MAKERS: dict[str, Any] = {rb.PEOPLE: Typed.people, rb.OWNERSHIP: Typed.ownership, rb.CAPITAL: Typed.capital}


def _how(holding: Content, kinds: dict[str, str]) -> str:
    parts = [kinds.get(holding.get("kind", ""), "")]
    if holding.get("held_for"):
        parts.append(_("for %(name)s") % {"name": holding["held_for"]})
    if holding.get("control_how"):
        parts.append(_("controls it: %(how)s") % {"how": holding["control_how"]})
    return "; ".join(part for part in parts if part)


def _percent(text: str) -> str:
    return words.number(Decimal(text).normalize() + 0)


def _amount(figure: Content | None) -> str:
    return words.number(Decimal(figure["amount"])) if figure else "–"


def _structure(structure: Content) -> Table:
    return Table(
        caption=_("What the holdings come to"),
        head=(_("Person or body"), _("Direct, %"), _("Economic in all, %"), _("Votes in all, %"),
              _("Controls the firm"), _("Thresholds passed")),
        rows=tuple(
            (_named(row), row["direct"], row["economic"], row["votes"], row["control"], row["crossed"] or "–")
            for row in structure["rows"]
        ),
        numeric=(1, 2, 3),
    )  # fmt: skip


def _named(row: Content) -> str:
    inside = f"{row['kind']}: {row['members']}" if row["members"] else row["kind"]
    return f"{row['name']} ({inside})"


def _beside_structure(structure: Content) -> list[str]:
    found = [_("A reviewer has to look: %(reason)s") % {"reason": reason} for reason in structure["manual"]]
    words = _("Threshold above %(percent)s %%: %(title)s (%(source)s)")
    return found + [words % {**one, "source": one["source"] or "–"} for one in structure["thresholds"]]


def _resources(rows: list[Content]) -> Table:
    names = ("additions", "deductions", "held", "needed", "surplus")
    return Table(
        caption=_("Capital resources against what is required"),
        head=(_("When"), _("Additions"), _("Deductions"), _("Resources"), _("Required"),
              _("Above it, or below"), _("Result")),
        rows=tuple(_test(row, names) for row in rows),
        numeric=(1, 2, 3, 4, 5),
    )  # fmt: skip


def _liquidity(rows: list[Content]) -> Table:
    names = ("expenditure", "held", "needed", "surplus")
    return Table(
        caption=_("Liquid assets against a share of a year's operating expenditure"),
        head=(_("When"), _("Expenditure of a year"), _("Liquid assets"), _("Required"),
              _("Above it, or below"), _("Result")),
        rows=tuple(_test(row, names) for row in rows),
        numeric=(1, 2, 3, 4),
    )  # fmt: skip


def _test(row: Content, names: tuple[str, ...]) -> tuple[str, ...]:
    result = f"{row['word']} ({row['rule']})" if row["rule"] else str(row["word"])
    return str(row["period"]), *(row[name] or "–" for name in names), result


def _beside_tests(tests: Content) -> list[str]:
    found = [": ".join((rule["title"], rule["figure"])) + _source(rule) for rule in tests["rules"]]
    return [*found, tests["rate"]] if tests["rate"] else found


def _source(rule: Content) -> str:
    parts = [part for part in (rule["standing"], rule["source"], rule["entered"]) if part]
    return f" ({', '.join(parts)})" if parts else ""
