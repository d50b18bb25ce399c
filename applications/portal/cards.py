"""The cards of the people: what each still lacks, told apart into answers and documents."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from applications import asked
from applications.addresses import question_url
from applications.asked import Draft
from applications.models import Application, IndividualApproval
from applications.queries.consents import last_consents
from applications.queries.individuals import approvals_of
from applications.states import ASSESSABLE, GONE
from look.kazakh import folded
from regulators import rulebook as rb
from regulators.rulebook import say

FEW, ON_A_PAGE, LONGEST_SEARCH = 6, 24, 100


@dataclass(kw_only=True)
class Card:
    """One person. ``missing`` are the questions that lack something, with their addresses."""

    id: UUID
    name: str
    other_name: str
    posts: list[str]
    consent: Any
    access: Any
    private: bool = False
    answers: int = 0
    documents: int = 0
    missing: list[tuple[str, str]] = field(default_factory=list)
    approvals: list[IndividualApproval] = field(default_factory=list)
    replaceable: bool = False

    @property
    def lacks(self) -> bool:
        return bool(self.missing) or not self.agreed

    @property
    def agreed(self) -> bool:
        return self.consent is not None and self.consent.given


def cards_of(case: Application, draft: Draft) -> list[Card]:
    """In the order of the draft. Three queries beside it, for any number of people; one more once it was
    submitted, for how far the approval of each is.
    """
    titles = {function.code: say(function.title) for function in case.book.functions}
    consents = last_consents(case)
    accesses = {one.person_id: one for one in case.accesses.filter(ended_at=None)}
    people = {
        person: Card(
            id=person,
            name=name,
            other_name=draft.other_names.get(person, ""),
            posts=[titles.get(code, code) for code in sorted(draft.posts[person])],
            consent=consents.get(person),
            access=accesses.get(person),
        )
        for person, name in draft.people.items()
    }
    for approval in approvals_of(case) if case.submitted_at else ():
        if approval.person_id in people and approval.state not in GONE:
            card = people[approval.person_id]
            card.approvals.append(approval)
            card.replaceable = case.state in ASSESSABLE
    for question in asked.questions(draft):
        if question.person_id is not None:
            _count(people[question.person_id], case, draft, question)
    return list(people.values())


def matching(cards: list[Card], words: str, *, lacking: bool) -> list[Card]:
    """Those whose name has every word, in any case and either alphabet."""
    wanted = folded(words).split()
    return [
        card
        for card in cards
        if (card.lacks or not lacking)
        and all(word in folded(f"{card.name} {card.other_name}") for word in wanted)
    ]


def page_of(cards: list[Card], number: Any) -> "Page[Card]":
    return Paginator(cards, ON_A_PAGE).get_page(number)


def _count(card: Card, case: Application, draft: Draft, question: asked.Question) -> None:
    requirement, given = question.requirement, draft.answer(question.key)
    card.private = card.private or bool(given.private)
    if not asked.is_to_do(requirement, given, draft):
        return
    is_due = requirement.due == rb.SUBMISSION
    lacking = asked.lacking_kinds(requirement, given, draft) if is_due else frozenset()
    card.documents += rb.DOCUMENTS in lacking or asked.waits_for_files(given)
    card.answers += bool(lacking - {rb.DOCUMENTS})
    card.missing.append((say(requirement.title), question_url(case.pk, question)))
