"""The questions of one section on a page together, at most ten at a time, each saved by itself."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.asked import Given, Question
from applications.models import Application, Stage
from applications.portal import changeable, outline, typed
from applications.portal.access import case_or_404, page, show
from applications.portal.answers import in_words
from applications.portal.forms import TogetherForm, initial_of
from applications.portal.views.stages import stage_or_404
from applications.queries.drafts import load_draft
from applications.queries.returned import returned_of
from applications.services.drafting import save_answer
from applications.services.guard import allow
from regulators.rulebook import DOCUMENTS, TYPED_KINDS, Requirement, Section, say
from workflow.errors import Conflict, Refused

LARGEST = 10  # questions on one page


@dataclass(kw_only=True)
class Entry:
    """One question of the page, with its form and, after a clash, what is saved now."""

    question: Question
    given: Given
    status: tuple[str, str]
    url: str
    form: TogetherForm
    theirs: list[str] | None = None
    refusal: str = ""

    @property
    def documents(self) -> int | None:
        """How many there are; None where none are asked for."""
        return len(self.given.documents) if DOCUMENTS in self.question.requirement.evidence else None

    @property
    def is_elsewhere(self) -> bool:
        return not TYPED_KINDS.isdisjoint(self.question.requirement.evidence)


@page("GET", "POST")
def checklist(request: SignedIn, pk: UUID, stage: str, section: str, sheet: int = 1) -> HttpResponse:
    """Keeps every answer that was changed; one that somebody else has changed meanwhile is shown beside."""
    case = case_or_404(request, pk, to=stage)
    found = stage_or_404(case, stage)
    group = next((one for one in case.book.sections_of(stage) if one.code == section), None)
    if group is None:
        raise Http404
    rows = _rows(request, case, found, group)
    if not rows:
        raise Http404
    kept = typed.Page(request, case)
    if request.method != "POST":
        shown = rows[(sheet - 1) * LARGEST : sheet * LARGEST]
        if sheet < 1 or not shown:
            raise Http404
        return _page(
            request, case, found, group, _entries(request, case, shown, kept), kept, len(rows), sheet
        )
    allow(request.user, "applications.edit_application", case)
    posted = [row for row in rows if f"{row.question.requirement.code}-version" in request.POST]
    entries = _entries(request, case, posted, kept)
    saved = [_keep(request, case, entry) for entry in entries]
    if all(saved):
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('portal:stage', args=[case.pk, stage])}#section-{section}")
    return _page(request, case, found, group, entries, kept, len(rows), sheet)


def _rows(request: SignedIn, case: Application, stage: Stage, group: Section) -> list[outline.Row]:
    """The firm's own questions of the section."""
    known = outline.stage_of(case, load_draft(case, stages=[stage.code], reader=request.user), stage)
    section = next((one for one in known.sections if one.code == group.code), None)
    rows = section.of_the_firm(only_open=False) if section else []
    returned = returned_of(stage)
    return [row for row in rows if returned.is_open(row.question.key)] or rows


def _entries(request: SignedIn, case: Application, rows: list[outline.Row], kept: typed.Page) -> list[Entry]:
    codes = [row.question.requirement.code for row in rows]
    stored = case.answers.filter(requirement__in=codes, person=None).values_list("requirement", "version")
    versions = dict(stored)
    makes = [
        partial(_form, row.question.requirement, initial_of(row.given, versions.get(code, 0)))
        for row, code in zip(rows, codes, strict=True)
    ]
    forms = kept.forms(request, makes)
    return [
        Entry(question=row.question, given=row.given, status=(row.kind, row.word), url=row.url, form=form)
        for row, form in zip(rows, forms, strict=True)
    ]


def _form(requirement: Requirement, shown: dict[str, Any], data: Any, files: Any) -> TogetherForm:
    return TogetherForm(requirement, data, initial=dict(shown))


def _keep(request: SignedIn, case: Application, entry: Entry) -> bool:
    """Whether nothing is wrong with the entry, which is then saved if it was changed."""
    form = entry.form
    if not form.is_valid():
        return False
    if not form.typed:
        return True
    try:
        save_answer(
            actor=request.user, case_id=case.pk, requirement=entry.question.requirement.code,
            expected_version=form.clean_version(), **form.answer(),
        )  # fmt: skip
    except Conflict as conflict:
        current = conflict.current
        given = Given(value=current.value, declined=current.declined, declined_as=current.declined_as)
        entry.theirs = in_words(entry.question.requirement, given)
        form.stand_on(current.version)
    except Refused as refusal:
        entry.refusal = " ".join(str(reason) for reason in refusal.reasons)
    else:
        return True
    return False


def _page(
    request: SignedIn,
    case: Application,
    stage: Stage,
    group: Section,
    entries: list[Entry],
    kept: typed.Page,
    count: int,
    sheet: int,
) -> HttpResponse:
    problems = [
        {"target": bound.id_for_label, "text": f"{entry.question.title}: {text}"}
        for entry in entries
        for bound in entry.form
        for text in bound.errors
    ]
    clashes = [
        {"target": f"{entry.question.requirement.code}-theirs", "text": _clash(entry)}
        for entry in entries
        if entry.theirs is not None or entry.refusal
    ]
    return show(
        request, "portal/checklist.html", case, status=_status(problems, clashes), stage=stage,
        title=say(group.title), entries=entries, problems=[*problems, *clashes],
        parts=_parts(case, stage, group, count), sheet=sheet,
        typed_page=kept if all(changeable.is_open(stage, one.question.key) for one in entries[:1]) else None,
        back=f"{reverse('portal:stage', args=[case.pk, stage.code])}#section-{group.code}",
    )  # fmt: skip


def _clash(entry: Entry) -> str:
    if entry.refusal:
        return f"{entry.question.title}: {entry.refusal}"
    words = _("%(question)s: somebody else has saved an answer while your page was open.")
    return words % {"question": entry.question.title}


def _status(problems: list[Any], clashes: list[Any]) -> int:
    return 409 if clashes else 422 if problems else 200


def _parts(case: Application, stage: Stage, group: Section, count: int) -> list[tuple[int, str]]:
    """The numbers of the pages with their addresses, where the section has more than one."""
    numbers = range(1, -(-count // LARGEST) + 1) if count > LARGEST else range(0)
    place = [case.pk, stage.code, group.code]
    return [(number, reverse("portal:checklist", args=[*place, number])) for number in numbers]
