"""What a past application can give to a new one, and what of it still waits to be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from applications import slots
from applications.addresses import question_url_of
from applications.asked import NOT_KNOWN, questions
from applications.capital import PERIODS
from applications.mandates import StageOf
from applications.queries.drafts import load_draft
from applications.queries.law import home_of
from look import words
from regulators import books
from regulators import rulebook as rb
from regulators.rulebook import Book, Requirement, say

if TYPE_CHECKING:
    from applications.models import Answer, Application, CopiedFact

ANSWER, PERSON, OWNERSHIP, CAPITAL = "answer", "person", "ownership", "capital"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which answers go over to the book of today, and which do not, each with the reason in words."""

    book: Book
    answers: list["Answer"]
    left: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> int:
        return sum(len(self.files_of(answer)) for answer in self.answers)

    def files_of(self, answer: "Answer") -> list[Any]:
        """Those that go over with an answer: as many as the question takes now, and such as it takes."""
        return [file for file, why in _sorted(answer, self.book.by_code[answer.requirement]) if not why]

    @property
    def files_left(self) -> list[tuple[str, str]]:
        """The files of these answers that stay behind, each with its question, and why."""
        sorted_files = [
            (rule, file, why)
            for answer in self.answers
            for rule in [self.book.by_code[answer.requirement]]
            for file, why in _sorted(answer, rule)
        ]
        return [(f"{say(rule.title)}: {file.document.name}", why) for rule, file, why in sorted_files if why]


def files_of(answer: Any) -> list[Any]:
    """What an answer has that can be given again, read with the answers."""
    held = answer.files.all()
    return [one for one in held if one.removed_at is None and one.document.usable]


def _sorted(answer: "Answer", now: Requirement) -> list[tuple[Any, str]]:
    """Each file with the reason for which the question does not take it now, empty where it does."""
    slot = now.slot
    found: list[tuple[Any, str]] = []
    for file in files_of(answer):
        why = slots.misfit_of(slot, file.document)[1]
        if not why and slot.most_files and sum(not said for _file, said in found) >= slot.most_files:
            why = _("The question takes fewer files now.")
        found.append((file, why))
    return found


def plan_of(source: "Application") -> Plan:
    """Two queries. An answer goes over where the book of today asks the same question for the same evidence.
    Declarations and whatever is answered for each person are given anew.
    """
    book = books.current(source.licence_type.code)
    taken: list[Answer] = []
    left: dict[str, str] = {}
    for answer in source.answers.prefetch_related("files__document").order_by("pk"):
        before, now = source.book.by_code.get(answer.requirement), book.by_code.get(answer.requirement)
        if not (answer.value or answer.declined_as or files_of(answer)):
            continue
        reason = _why_not(answer, before, now)
        if reason:
            rule = now or before
            left[say(rule.title) if rule else answer.requirement] = reason
        else:
            taken.append(answer)
    return Plan(book=book, answers=taken, left=list(left.items()))


def _why_not(answer: "Answer", before: Requirement | None, now: Requirement | None) -> str:
    if now is None:
        return _("The rule book of today does not ask it.")
    if answer.person_id or now.per_person:
        return _("Each person answers it anew.")
    if rb.DECLARATION in now.evidence:
        return _("It is declared anew.")
    if answer.declined_as == NOT_KNOWN:
        return _("It was not known then. Answer it now.")
    if before is None or before.evidence != now.evidence:
        return _("It asks for other evidence now.")
    chosen = answer.value.get("choice")
    if chosen and chosen not in {choice.code for choice in now.choices}:
        return _("It offers other choices now.")
    if not (answer.value or answer.declined_as) and all(why for _file, why in _sorted(answer, now)):
        return _("It takes other files now.")
    return ""


def source_in_words(case: "Application") -> str:
    """KZC-2026-0042 of 5 March 2026; empty where the case was not copied."""
    source = case.copied_from
    if source is None:
        return ""
    day = source.submitted_at or source.saved_at or source.created_at
    name = source.reference or _("an earlier draft")
    return _("%(name)s of %(day)s") % {"name": name, "day": words.day(day)}


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """One copied fact that waits, as a link to where it is looked at."""

    fact: "CopiedFact"
    title: str
    url: str
    stage: str


def unchecked_of(case: "Application") -> list[Unchecked]:
    """One query; none for a case that was not copied. People without a post are not part of the case."""
    if case.copied_from_id is None:
        return []
    facts = case.copied_facts.filter(checked_at=None).select_related("person").order_by("pk")
    return [one for fact in facts if (one := _unchecked(case, fact)) is not None]


def _unchecked(case: "Application", fact: "CopiedFact") -> Unchecked | None:
    if fact.kind == ANSWER:
        rule = case.book.by_code.get(fact.code)
        if rule is None:
            return None
        url = question_url_of(case.pk, rule.stage, rule.code, None)
        return Unchecked(fact=fact, title=say(rule.title), url=url, stage=rule.stage)
    stage = home_of(case, fact.kind if fact.kind != PERSON else rb.PEOPLE) or ""
    if fact.kind == PERSON:
        assert fact.person is not None
        url = reverse("portal:person", args=[case.pk, fact.person_id])
        return Unchecked(fact=fact, title=fact.person.full_name, url=url, stage=stage)
    if fact.kind == OWNERSHIP:
        url = reverse("portal:ownership", args=[case.pk])
        return Unchecked(fact=fact, title=_("Ownership"), url=url, stage=stage)
    url = reverse("portal:capital", args=[case.pk, fact.code])
    title = f"{_('Capital')}: {PERIODS.get(fact.code, fact.code)}"
    return Unchecked(fact=fact, title=title, url=url, stage=stage)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Which questions of a draft stand on copied facts that nobody has looked at yet."""

    codes: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def holds_up(self, requirement: Requirement) -> bool:
        return requirement.code in self.codes or not self.kinds.isdisjoint(requirement.evidence)


def waiting_of(case: "Application", posts: Any) -> Waiting:
    """One query; none for a case that was not copied. ``posts`` are those of the draft."""
    facts = [one.fact for one in unchecked_of(case)]
    kinds = {rb.PEOPLE: PERSON, rb.OWNERSHIP: OWNERSHIP, rb.CAPITAL: CAPITAL}
    found = {fact.kind for fact in facts if fact.kind != PERSON or fact.person_id in posts}
    return Waiting(
        codes=frozenset(fact.code for fact in facts if fact.kind == ANSWER),
        kinds=frozenset(kind for kind, of_fact in kinds.items() if of_fact in found),
    )


def waiting_in(case: "Application", stage: str) -> list[Unchecked]:
    """What keeps this stage from being complete: of people in the case, and of questions that are asked."""
    found = [one for one in unchecked_of(case) if one.stage == stage]
    if not found:
        return []
    draft = load_draft(case, stages=[stage])
    asked = {question.requirement.code for question in questions(draft, stage)}
    return [one for one in found if _counts(one.fact, asked, draft.posts)]


def _counts(fact: "CopiedFact", asked: Iterable[str], posts: Any) -> bool:
    if fact.kind == ANSWER:
        return fact.code in asked
    return fact.kind != PERSON or fact.person_id in posts


@dataclass(frozen=True, kw_only=True)
class Copied:
    """For a page of the case: where its facts were copied from, and which still wait, here and elsewhere."""

    source: str
    here: bool
    can_confirm: bool
    elsewhere: list[Unchecked]


def _may_read(user: Any, case: "Application", one: Unchecked) -> bool:
    return bool(user.has_perm("applications.read_stage", StageOf(case, one.stage)))


def copied_for(user: Any, case: "Application", *, tab: str, context: dict[str, Any]) -> Copied | None:
    """None where nothing waits that this page is about. Two queries at most, and none in most cases."""
    found = [one for one in unchecked_of(case) if _may_read(user, case, one)]
    question, person = context.get("question"), context.get("person")
    if question is not None:
        key = (ANSWER, question.requirement.code)
        here = [one for one in found if (one.fact.kind, one.fact.code) == key and not question.person_id]
        elsewhere = []
    elif tab == "people":
        here = [one for one in found if person and one.fact.person_id == person.pk]
        elsewhere = [one for one in found if one.fact.kind == PERSON and not person]
    elif tab in ("ownership", "capital"):
        here = [one for one in found if one.fact.kind == tab and one.fact.code == context.get("period", "")]
        elsewhere = [one for one in found if one.fact.kind == tab and one not in here]
    else:
        stage = context.get("stage")
        here, elsewhere = [], [one for one in found if stage is None or one.stage == stage.code]
    if not here and not elsewhere:
        return None
    return Copied(
        source=source_in_words(case),
        here=bool(here),
        can_confirm=bool(here) and tab == OWNERSHIP,
        elsewhere=elsewhere,
    )
