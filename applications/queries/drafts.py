"""Reading what a firm has given so far, in a fixed number of queries for any number of people."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from applications.asked import Draft, Given, Key

if TYPE_CHECKING:
    from applications.models import Application


def load_draft(case: "Application") -> Draft:
    """Five queries: answers, their files, posts with people, holdings in the firm, capital lines."""
    people: dict[UUID, str] = {}
    posts: dict[UUID, set[str]] = defaultdict(set)
    for post in case.posts.select_related("person").order_by("person__family_name", "person__given_names"):
        people[post.person_id] = post.person.full_name
        posts[post.person_id].add(post.function)
    holdings = list(case.holdings.filter(owned__is_applicant=True).values_list("economic", flat=True))
    return Draft(
        book=case.book,
        given=_given(case),
        people=people,
        posts={person: frozenset(codes) for person, codes in posts.items()},
        economic_total=sum(holdings, Decimal(0)) if holdings else None,
        capital_lines=frozenset(case.capital.filter(period="now").values_list("line", flat=True)),
    )


def _given(case: "Application") -> dict[Key, Given]:
    documents = defaultdict(list)
    answers = list(case.answers.all())
    files: Any = case.answers.model.files.rel.related_model._default_manager
    for file in files.filter(answer__application=case, removed_at=None).select_related("document"):
        documents[file.answer_id].append(file.document)
    return {
        (answer.requirement, answer.person_id): Given(
            value=answer.value, declined=answer.declined, documents=tuple(documents[answer.pk])
        )
        for answer in answers
    }
