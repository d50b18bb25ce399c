"""Reading what a firm has given so far, in a fixed number of queries for any number of people."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery, Sum

from accounts.models import Firm
from applications.asked import Draft, Given, Key
from applications.capital import asked_for
from applications.queries import private
from applications.states import ApplicationState
from regulators import rulebook as rb
from regulators.models import LicenceType

if TYPE_CHECKING:
    from applications.models import Application

BY_NAME = ("person__sort_key", "person_id")


def load_draft(case: "Application", *, stages: Collection[str] | None = None, reader: Any = None) -> Draft:
    """At most four queries: answers, their files, posts with people, holdings in the firm with capital lines.

    What a page or a message of the firm is made from is read for its ``reader``: of answers that an invited
    person gives, and this user may not know, it says where they stand. Without a reader the draft is whole.

    With ``stages`` the questions of these stages alone are answered, and those that decide whether others are
    asked. So the draft says of any stage what is asked, and of these what is missing.
    """
    draft, hidden = _load([case], stages, reader)[case.pk]
    return draft if reader is None else private.as_read(draft, hidden)


def load_drafts(cases: Sequence["Application"]) -> dict[UUID, Draft]:
    """The whole drafts of cases under one book, by their keys, in the queries that one of them takes."""
    return {pk: draft for pk, (draft, _hidden) in _load(cases, None, None).items()}


def _load(
    cases: Sequence["Application"], stages: Collection[str] | None, reader: Any
) -> dict[UUID, tuple[Draft, set[UUID]]]:
    """Each with the people whose part is kept from the reader."""
    first = cases[0]
    book = first.book
    people = _people(cases, reader)
    read = [r for r in book.requirements if stages is None or r.stage in stages]
    kinds = {kind for requirement in read for kind in requirement.evidence}
    typed = _typed_records(cases, kinds)
    codes = None if stages is None else {r.code for r in read} | _switches(first)
    given = _given(cases, codes, with_files=rb.DOCUMENTS in kinds)
    found = {}
    for pk in (case.pk for case in cases):
        economic, lines = typed.get(pk, (None, frozenset()))
        draft = Draft(
            book=book,
            given=given[pk],
            people=people[pk].names,
            other_names=people[pk].other_names,
            posts={person: frozenset(codes) for person, codes in people[pk].posts.items()},
            economic_total=economic,
            capital_lines=lines,
        )
        found[pk] = draft, people[pk].hidden
    return found


@dataclass(frozen=True)
class _People:
    names: dict[UUID, str] = field(default_factory=dict)
    other_names: dict[UUID, str] = field(default_factory=dict)
    posts: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    hidden: set[UUID] = field(default_factory=set)


def _people(cases: Sequence["Application"], reader: Any) -> dict[UUID, _People]:
    found: dict[UUID, _People] = defaultdict(_People)
    held = cases[0].posts.model._default_manager.filter(application__in=[case.pk for case in cases])
    for post in private.marked(held, reader).select_related("person").order_by(*BY_NAME):
        of_case = found[post.application_id]
        of_case.names[post.person_id] = post.person.full_name
        if post.person.given_names and post.person.latin_name:
            of_case.other_names[post.person_id] = post.person.latin_name
        of_case.posts[post.person_id].add(post.function)
        if post.is_hidden:
            of_case.hidden.add(post.person_id)
    return found


def _typed_records(
    cases: Sequence["Application"], kinds: Collection[str]
) -> dict[UUID, tuple[Decimal | None, frozenset[str]]]:
    """What the direct holdings in the firm come to, and the capital lines that are given for now."""
    first = cases[0]
    held = first.holdings.model._default_manager.filter(
        application=OuterRef("pk"), owned__is_applicant=True
    ).order_by()
    given = first.capital.model._default_manager.filter(
        application=OuterRef("pk"), period="now", **asked_for(first.book)
    ).order_by()
    wanted: dict[str, Any] = {}
    if rb.OWNERSHIP in kinds:
        wanted["economic"] = Subquery(
            held.values("application").annotate(total=Sum("economic")).values("total")
        )
    if rb.CAPITAL in kinds:
        wanted["lines"] = ArraySubquery(given.values("line"))
    if not wanted:
        return {}
    rows: Any = type(first)._default_manager.filter(pk__in=[case.pk for case in cases])
    return {
        row["pk"]: (row.get("economic"), frozenset(row.get("lines", ())))
        for row in rows.values("pk", **wanted)
    }


def draft_of(firm: Firm, licence_type: LicenceType) -> "Application | None":
    """The draft that the firm was last at work on for this licence type."""
    drafts = licence_type.applications.filter(firm=firm, state=ApplicationState.DRAFT)
    return drafts.order_by("-saved_at").first()


def _switches(case: "Application") -> set[str]:
    """Questions whose answer decides whether others are asked."""
    return {r.applies_when.requirement for r in case.book.requirements if r.applies_when}


def _given(
    cases: Sequence["Application"], codes: Collection[str] | None, *, with_files: bool
) -> dict[UUID, dict[Key, Given]]:
    keys = [case.pk for case in cases]
    answers = cases[0].answers.model._default_manager.filter(application__in=keys).order_by()
    if codes is not None:
        answers = answers.filter(requirement__in=codes)
    documents = defaultdict(list)
    if with_files:
        files: Any = cases[0].answers.model.files.rel.related_model._default_manager
        held = (
            files.filter(answer__in=answers)
            if codes is not None
            else files.filter(answer__application__in=keys)
        )
        for file in held.filter(removed_at=None).select_related("document__facts"):
            documents[file.answer_id].append(file.given)
    instead_of_it = ("declined", "declined_as")
    said = ("application_id", "pk", "requirement", "person_id", "value", *instead_of_it, "updated_at")
    found: dict[UUID, dict[Key, Given]] = defaultdict(dict)
    for of, pk, requirement, person, value, declined, instead, saved in answers.values_list(*said):
        found[of][requirement, person] = Given(
            value=value,
            declined=declined,
            declined_as=instead,
            documents=tuple(documents[pk]),
            saved_at=saved,
        )
    return found
