"""Reading what a firm has given so far, in a fixed number of queries for any number of people."""

from collections import defaultdict
from collections.abc import Collection
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
    people: dict[UUID, str] = {}
    other_names: dict[UUID, str] = {}
    posts: dict[UUID, set[str]] = defaultdict(set)
    hidden: set[UUID] = set()
    for post in private.marked(case.posts, reader).select_related("person").order_by(*BY_NAME):
        people[post.person_id] = post.person.full_name
        if post.person.given_names and post.person.latin_name:
            other_names[post.person_id] = post.person.latin_name
        posts[post.person_id].add(post.function)
        if post.is_hidden:
            hidden.add(post.person_id)
    read = [r for r in case.book.requirements if stages is None or r.stage in stages]
    kinds = {kind for requirement in read for kind in requirement.evidence}
    economic, lines = _typed_records(case, kinds)
    codes = None if stages is None else {r.code for r in read} | _switches(case)
    draft = Draft(
        book=case.book,
        given=_given(case, codes, with_files=rb.DOCUMENTS in kinds),
        people=people,
        other_names=other_names,
        posts={person: frozenset(codes) for person, codes in posts.items()},
        economic_total=economic,
        capital_lines=lines,
    )
    return draft if reader is None else private.as_read(draft, hidden)


def _typed_records(case: "Application", kinds: Collection[str]) -> tuple[Decimal | None, frozenset[str]]:
    """What the direct holdings in the firm come to, and the capital lines that are given for now."""
    held = case.holdings.model._default_manager.filter(
        application=OuterRef("pk"), owned__is_applicant=True
    ).order_by()
    given = case.capital.model._default_manager.filter(
        application=OuterRef("pk"), period="now", **asked_for(case.book)
    ).order_by()
    wanted: dict[str, Any] = {}
    if rb.OWNERSHIP in kinds:
        wanted["economic"] = Subquery(
            held.values("application").annotate(total=Sum("economic")).values("total")
        )
    if rb.CAPITAL in kinds:
        wanted["lines"] = ArraySubquery(given.values("line"))
    if not wanted:
        return None, frozenset()
    rows: Any = type(case)._default_manager.filter(pk=case.pk)
    row = rows.values(**wanted).get()
    return row.get("economic"), frozenset(row.get("lines", ()))


def draft_of(firm: Firm, licence_type: LicenceType) -> "Application | None":
    """The draft that the firm was last at work on for this licence type."""
    drafts = licence_type.applications.filter(firm=firm, state=ApplicationState.DRAFT)
    return drafts.order_by("-saved_at").first()


def _switches(case: "Application") -> set[str]:
    """Questions whose answer decides whether others are asked."""
    return {r.applies_when.requirement for r in case.book.requirements if r.applies_when}


def _given(case: "Application", codes: Collection[str] | None, *, with_files: bool) -> dict[Key, Given]:
    answers = case.answers.order_by()
    if codes is not None:
        answers = answers.filter(requirement__in=codes)
    documents = defaultdict(list)
    if with_files:
        files: Any = case.answers.model.files.rel.related_model._default_manager
        held = (
            files.filter(answer__in=answers) if codes is not None else files.filter(answer__application=case)
        )
        for file in held.filter(removed_at=None).select_related("document__facts"):
            documents[file.answer_id].append(file.given)
    instead_of_it = ("declined", "declined_as")
    rows = answers.values_list("pk", "requirement", "person_id", "value", *instead_of_it, "updated_at")
    return {
        (requirement, person): Given(
            value=value,
            declined=declined,
            declined_as=instead,
            documents=tuple(documents[pk]),
            saved_at=saved,
        )
        for pk, requirement, person, value, declined, instead, saved in rows
    }
