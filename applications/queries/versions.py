"""What a newer version of the rule book means for one case, and for all open ones."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from applications.asked import Given, Question
from applications.models import Application
from applications.queries import law
from applications.queries.law import MOVE, REASSESS
from applications.states import DECIDED, WITH_THE_FIRM
from regulators import books, differences
from regulators.rulebook import TYPED_KINDS, Book


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Beside which questions it says that the rule has changed, so that the firm looks at its answer.

    ``ahead``: of the version that the case can move to. ``since``: of the one that it was moved to, until
    the answer is saved again.
    """

    ahead: frozenset[str]
    ahead_from: date | None
    since: frozenset[str]
    moved_at: datetime | None
    since_from: date

    def of(self, question: Question, given: Given) -> str:
        """The words; empty where nothing has changed."""
        code = question.requirement.code
        if code in self.ahead and self.ahead_from:
            return _changed(self.ahead_from)
        if code in self.since and self._is_of_before(question, given):
            return _changed(self.since_from)
        return ""

    def _is_of_before(self, question: Question, given: Given) -> bool:
        if given.saved_at is None:
            return not TYPED_KINDS.isdisjoint(question.requirement.evidence)
        return self.moved_at is not None and given.saved_at < self.moved_at


def marks_of(case: Application) -> Marks:
    """No query, but for a case that was moved and whose version before is not read with it."""
    book, later = case.book, law.newer(case) if case.state in WITH_THE_FIRM else ()
    before = case.moved_from.book if case.moved_from else None
    return Marks(
        ahead=differences.codes_to_check(book, later[-1]) if later else frozenset(),
        ahead_from=later[-1].effective_from if later else None,
        since=_changed_or_new(before, book) if before else frozenset(),
        moved_at=case.moved_at,
        since_from=book.effective_from,
    )


def _changed_or_new(before: Book, book: Book) -> frozenset[str]:
    """A question that is new to this version may have an answer that was given under a still older one."""
    return differences.codes_to_check(before, book) | (book.by_code.keys() - before.by_code.keys())


def _changed(day: date) -> str:
    return _("Rule changed on %(day)s, check this answer.") % {"day": day.strftime("%d.%m.%Y")}


def to_assess_anew(case: Application, later: tuple[Book, ...]) -> frozenset[str]:
    """What the versions list, as far as it is still asked, and what has changed against the case's own."""
    newest = later[-1]
    listed = {code for book in later for code in book.reassess} & newest.by_code.keys()
    return differences.codes_to_check(case.book, newest) | listed


@dataclass(frozen=True, kw_only=True)
class Affected:
    """An open case under an older version, and what the newer ones ask of it."""

    case: Any
    later: tuple[Book, ...]

    @cached_property
    def demand(self) -> str:
        return law.demand(self.later)

    @property
    def words(self) -> str:
        with_the_firm = self.case.state in WITH_THE_FIRM
        if self.demand == REASSESS and not with_the_firm:
            codes = sorted(to_assess_anew(self.case, self.later))
            new = sorted(self.later[-1].by_code.keys() - self.case.book.by_code.keys())
            return _("assess anew before the recommendation: %(codes)s") % {
                "codes": ", ".join([*codes, *new])
            }
        if self.demand in (MOVE, REASSESS) and with_the_firm:
            return _("move before it is submitted")
        return _("may move, may stay") if with_the_firm else _("stays under its version")


def affected(book: Book) -> list[Affected]:
    """Open cases of this licence type under older versions, those that it leaves alone too."""
    undecided = Application.objects.exclude(state__in=DECIDED).filter(licence_type__code=book.licence_type)
    found = []
    for case in undecided.with_case().order_by("created_at"):
        later = books.after(case.book, book.effective_from)
        if later:
            found.append(Affected(case=case, later=later))
    return found
