"""The files of a case: what can be given for a further answer, and what was said of one."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from applications.asked import Key
from applications.mandates import StageOf
from applications.models.answers import AnswerFile
from applications.models.files import DocumentFacts
from applications.models.requests import PointFile
from applications.queries.private import hidden_from, hidden_people, private_accesses
from applications.states import DECIDED
from documents import queries as documents
from documents.models import Document

if TYPE_CHECKING:
    from applications.models import Application

READ_STAGE = "applications.read_stage"


def given_before(case: "Application", user: Any, *, person: UUID | None) -> QuerySet[Document]:
    """The newest versions of the case's usable files that this user may give for an answer, taken out ones
    too. A file given about a person alone can be given again about that person only.
    """
    about = Q(answer__person=None) | (Q(answer__person=person) if person else Q())
    files = AnswerFile.objects.filter(about, answer__application=case)
    files = files.exclude(answer__person__in=hidden_people(user, case))
    if not user.has_perm("applications.read_draft", case):
        files = files.filter(answer__requirement__in=_in_reach(user, case))
    found = Document.objects.filter(documents.usable(), pk__in=files.values("document"))
    return found.filter(superseded_by=None).select_related("facts").order_by("name", "pk")


def _in_reach(user: Any, case: "Application") -> list[str]:
    """The questions in the stages of an adviser's mandate."""
    rules = case.book.by_code.items()
    return [
        code for code, rule in rules if user.has_perm("applications.read_stage", StageOf(case, rule.stage))
    ]


def named(found: QuerySet[Document], text: str) -> QuerySet[Document]:
    """Those with the text in their file name or in the name that the firm gave them."""
    return found.filter(Q(name__icontains=text) | Q(facts__title__icontains=text))


def readable_versions(
    user: Any, case: "Application", versions: Collection[Document], *, own: UUID | None = None
) -> frozenset[UUID]:
    """Those of these documents that were given, in this firm's cases, where this user may read. An invited
    person reads what was given about them in the case.
    """
    answers = AnswerFile.objects.filter(document__in=versions, answer__application__firm=case.firm_id)
    points = PointFile.objects.filter(document__in=versions, point__request__application__firm=case.firm_id)
    uses = [
        *answers.values_list(
            "document", "answer__application", "answer__person", "answer__requirement"
        ).order_by(),
        *points.values_list("document", "point__request__application", "point__person", Value("")).order_by(),
    ]
    if own:
        return frozenset(pk for pk, of, person, _code in uses if (of, person) == (case.pk, own))
    private = hidden_from(user).filter(application__firm=case.firm_id)
    hidden = set(private.values_list("application", "person"))
    read = [use for use in uses if (use[1], use[2]) not in hidden]
    if not user.has_perm("applications.read_draft", case):
        reach = set(_in_reach(user, case))
        read = [use for use in read if use[1] == case.pk and use[3] in reach]
    return frozenset(use[0] for use in read)


def files_that_end(until: date, *, of_invited: bool = False) -> QuerySet[AnswerFile]:
    """What was given in open cases and is valid until that day at most, by the firm's own words; of what an
    invited person gives only where that is asked for. What had ended when that was said is not among them. A
    file that answers several questions of a case stands for all of them where it was given first.
    """
    private = private_accesses().filter(
        application=OuterRef("answer__application"), person=OuterRef("answer__person")
    )
    found = AnswerFile.objects.filter(
        removed_at=None, document__facts__expires_on__lte=until,
        document__facts__expires_on__gte=TruncDate("document__facts__updated_at"),
    )  # fmt: skip
    found = found.exclude(answer__application__state__in=DECIDED)
    if not of_invited:
        found = found.exclude(Exists(private))
    firsts = found.order_by().values("answer__application", "document").annotate(first=Min("pk"))
    found = AnswerFile.objects.filter(pk__in=firsts.values("first"))
    case = "answer__application"
    read = (f"{case}__firm", f"{case}__licence_type", f"{case}__rulebook", "document__facts")
    return found.select_related(*read).order_by("pk")


def facts_of(document: Document) -> DocumentFacts | None:
    """What the firm said of the file; no query where the document was read with its facts."""
    return getattr(document, "facts", None)


def said_before(document: Document, earlier: Iterable[Document]) -> DocumentFacts | None:
    """What the firm last said of one of the ``earlier`` versions, where some of it is a version's own, and
    nothing was said yet of this one. All are read with their facts.
    """
    facts = facts_of(document)
    if facts and facts.version:
        return None
    before = next((said for one in earlier if (said := facts_of(one)) and said.version), None)
    return before if before and any(getattr(before, name) for name in DocumentFacts.OWN) else None


def pages_before(case: "Application", key: Key, versions: Collection[Document]) -> str:
    """The pages of one of these versions that were last named for the question of the ``key``; empty where
    none were.
    """
    code, person = key
    held = AnswerFile.objects.filter(
        answer__application=case, answer__requirement=code, answer__person=person, document__in=versions
    )
    named = held.exclude(pages="").order_by("-document__number", "-pk")
    return named.values_list("pages", flat=True).first() or ""


def pages_of(document: Document) -> str:
    """Those that answer the question it was read for; empty for all, or where it was read for none."""
    return getattr(document, "pages", "")


def given_facts(given: dict[str, Any]) -> DocumentFacts:
    """What a snapshot says of a file, as an unsaved record."""
    said = {name: given[name] for name in DocumentFacts.SAID if given.get(name)}
    days = {name: date.fromisoformat(said[name]) for name in said if name.endswith("_on")}
    return DocumentFacts(**said | days | {"confidential": "confidential" in said})


def given_in_submission(case: "Application", document: str) -> tuple[str, dict[str, Any]]:
    """The stage that a document was last submitted in, and what was said of it; empty for a file of a
    request.
    """
    for snapshot in case.snapshots.order_by("-number"):
        for question in snapshot.content["questions"]:
            for file in question["files"]:
                if file["document"] == document:
                    return question["stage"], file
    return "", {}


def facts_as_given(document: Document) -> dict[str, Any]:
    """For a snapshot: what was said, the number of a version after the first, and the pages that answer.
    Empty where nothing is.
    """
    facts = facts_of(document)
    said: dict[str, Any] = {"version": document.number} if document.number > 1 else {}
    if pages := pages_of(document):
        said["pages"] = pages
    if facts is None:
        return said
    values = {name: getattr(facts, name) for name in DocumentFacts.SAID}
    return said | {name: str(value) for name, value in values.items() if value}
