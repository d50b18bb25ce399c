"""What the firm keeps to itself about an application, for its own pages. One query each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.queries import people_of
from applications.addresses import question_url_of
from applications.models import Application, InsideNote, Stage
from applications.presses import newest
from applications.services.inside import Place, may_edit
from regulators.rulebook import say


@dataclass(frozen=True, kw_only=True)
class Inside:
    """The notes on one place, as the page shows them."""

    place: Place
    url: str
    comments: list[dict[str, Any]]
    seen: int  # see applications.presses
    assignment: InsideNote | None
    signed: list[InsideNote] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)  # of the stage, with their own notes
    elsewhere: int = 0  # comments on the questions of the stage
    may_write: bool
    may_assign: bool
    may_sign: bool
    is_mine: bool
    has_signed: bool = False

    @property
    def is_of_stage(self) -> bool:
        return not (self.place.requirement or self.place.section)


def inside_of(user: Any, place: Place) -> Inside | None:
    """None where this person does not belong to the firm's side of the stage."""
    stage = place.stage
    if not user.has_perm("applications.read_inside", stage):
        return None
    notes = _notes(stage.application).filter(stage=stage.code)
    if place.requirement:
        notes = notes.filter(requirement=place.requirement, person=place.person)
    found = list(notes)
    here = [one for one in found if (one.section, one.requirement) == (place.section, place.requirement)]
    comments = [one for one in here if one.kind == InsideNote.COMMENT]
    assigned = [one for one in here if one.kind == InsideNote.ASSIGNMENT and one.closed_at is None]
    signed = _newest_of_each(one for one in here if one.kind == InsideNote.SIGN_OFF)
    others = [n for n in found if n.kind == InsideNote.COMMENT and n.requirement and n.closed_at is None]
    return Inside(
        place=place,
        url=url_of(place),
        comments=[
            {"note": one, "may_edit": may_edit(user, one), "own": one.by_id == user.pk} for one in comments
        ],
        seen=newest(comments),
        assignment=assigned[0] if assigned else None,
        signed=signed,
        sections=[] if place.requirement or place.section else _sections(stage),
        elsewhere=0 if place.requirement else len(others),
        may_write=user.has_perm("applications.write_inside", stage),
        may_assign=user.has_perm("applications.assign_inside", stage),
        may_sign=user.has_perm("applications.sign_off_inside", stage),
        is_mine=bool(assigned) and assigned[0].to_id == user.pk,
        has_signed=any(one.by_id == user.pk for one in signed),
    )


def _sections(stage: Stage) -> list[tuple[str, str]]:
    sections = stage.application.book.sections_of(stage.code)
    return [(say(one.title), url_of(Place(stage=stage, section=one.code))) for one in sections]


def url_of(place: Place) -> str:
    """The page inside the firm about this stage, section or question."""
    where = [place.stage.application_id, place.stage.code]
    if place.section:
        return reverse("portal:inside_section", args=[*where, place.section])
    if place.requirement:
        where.append(place.requirement)
    return reverse("portal:inside", args=[*where, place.person] if place.person else where)


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """Something that is given to a member of the firm; late from the day after its date."""

    note: InsideNote
    title: str
    url: str

    @property
    def is_late(self) -> bool:
        due: date | None = self.note.due_on
        return due is not None and due < timezone.localdate()


@dataclass(frozen=True, kw_only=True)
class InsideOfCase:
    """For the page of the case: what is given to this person and to others, and what is signed off."""

    mine: list[Assigned]
    others: list[Assigned]
    signed: list[tuple[str, InsideNote]]

    def __bool__(self) -> bool:
        return bool(self.mine or self.others or self.signed)


def inside_of_case(user: Any, case: Application, stages: Iterable[Stage]) -> InsideOfCase:
    """``stages`` are the rows of the case, with ``application`` set; those that one may read count."""
    readable = {one.code: one for one in stages if user.has_perm("applications.read_inside", one)}
    kinds = [InsideNote.ASSIGNMENT, InsideNote.SIGN_OFF]
    notes = list(_notes(case).filter(kind__in=kinds, stage__in=readable)) if readable else []
    given = [n for n in notes if n.kind == InsideNote.ASSIGNMENT and n.closed_at is None]
    given.sort(key=lambda note: (note.due_on or date.max, note.at))
    rows = [_assigned(case, note) for note in given]
    signed = [
        (say(stage.rule.title), note)
        for code, stage in readable.items()
        for note in _newest_of_each(n for n in notes if n.kind == InsideNote.SIGN_OFF and n.stage == code)
    ]
    return InsideOfCase(
        mine=[row for row in rows if row.note.to_id == user.pk],
        others=[row for row in rows if row.note.to_id != user.pk],
        signed=signed,
    )


def people_to_choose(case: Application) -> list[User]:
    """The members of the firm, by name."""
    return list({one.user_id: one.user for one in people_of(case.firm)}.values())


def _assigned(case: Application, note: InsideNote) -> Assigned:
    book = case.book
    if note.requirement:
        requirement = book.by_code.get(note.requirement)
        title = say(requirement.title) if requirement else note.requirement
        title = f"{title} ({note.person.full_name})" if note.person else title
        url = question_url_of(case.pk, note.stage, note.requirement, note.person_id)
        return Assigned(note=note, title=title, url=url)
    titles = {section.code: say(section.title) for section in book.sections_of(note.stage)}
    url = reverse("portal:stage", args=[case.pk, note.stage]) + f"#section-{note.section}"
    return Assigned(note=note, title=titles.get(note.section, note.section), url=url)


def _notes(case: Application) -> Any:
    return InsideNote.objects.of(case).select_related("by", "to", "person", "closed_by")


def _newest_of_each(notes: Iterable[InsideNote]) -> list[InsideNote]:
    """The last sign-off of each person; ``notes`` are in the order of their time."""
    return list({note.by_id: note for note in notes}.values())
