"""What the firm does among its own people: comments, assignments, the sign-off of a stage.

None of it is part of the application: there are no audit events, no mails, and nothing of it is submitted.
It stays with the case, also with a discarded draft.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import firm_roles
from applications.models import Application, InsideNote, Stage
from applications.presses import same_press
from applications.services.guard import allow, insist
from workflow.errors import Gone, NotAllowed
from workflow.services import lock

MINUTES_TO_EDIT = 15
LONGEST_COMMENT = 4000


@dataclass(frozen=True, kw_only=True)
class Place:
    """A stage, or a section or a question of it."""

    stage: Stage
    section: str = ""
    requirement: str = ""
    person: UUID | None = None

    @property
    def fields(self) -> dict[str, Any]:
        return {
            "application": self.stage.application,
            "stage": self.stage.code,
            "section": self.section,
            "requirement": self.requirement,
            "person_id": self.person,
        }


@transaction.atomic
def comment(*, actor: Any, place: Place, text: str, seen: int | None = None) -> InsideNote:
    """Write a comment. ``seen`` is the newest one that the page showed: a second press writes none again.
    Raises NotAllowed, or NotReady for an empty or overlong one.
    """
    _allow(actor, "applications.write_inside", place)
    lock(Application, place.stage.application_id)
    words = {**place.fields, "kind": InsideNote.COMMENT, "by": actor, "text": _checked(text)}
    before = same_press(InsideNote.objects.all(), seen=seen, **words)
    return before or InsideNote.objects.create(**words, at=timezone.now())


@transaction.atomic
def edit_comment(*, actor: Any, stage: Stage, pk: int, text: str) -> InsideNote:
    """Change one's own comment, within MINUTES_TO_EDIT."""
    note = _own_comment(actor, stage, pk)
    words = _("A comment can be changed for %(minutes)s minutes. Write another one.")
    insist(may_edit(actor, note), words % {"minutes": MINUTES_TO_EDIT})
    note.text, note.edited_at = _checked(text), timezone.now()
    note.save(update_fields=["text", "edited_at"])
    return note


@transaction.atomic
def delete_comment(*, actor: Any, stage: Stage, pk: int) -> InsideNote:
    """Take back one's own comment: its text goes, and that there was one stays."""
    note = _own_comment(actor, stage, pk)
    note.text, note.closed_at, note.closed_by = "", timezone.now(), actor
    note.save(update_fields=["text", "closed_at", "closed_by"])
    return note


def may_edit(actor: Any, note: InsideNote) -> bool:
    """Its author, for some minutes, while it is open."""
    return (
        note.by_id == actor.pk
        and note.closed_at is None
        and timezone.now() < note.at + timedelta(minutes=MINUTES_TO_EDIT)
    )


@transaction.atomic
def assign(*, actor: Any, place: Place, to: User, due_on: date | None = None) -> InsideNote:
    """Give a section or a question to a member of the firm, in place of whoever had it. The date is the
    firm's own. Raises NotReady where the person is no member.
    """
    _allow(actor, "applications.assign_inside", place)
    insist(place.section or place.requirement, _("Choose a section or a question to assign."))
    insist(firm_roles(to, place.stage.application.firm_id), _("Choose a person who acts for the firm."))
    _open_assignments(place).update(closed_at=timezone.now(), closed_by=actor)
    return InsideNote.objects.create(
        **place.fields, kind=InsideNote.ASSIGNMENT, by=actor, at=timezone.now(), to=to, due_on=due_on
    )


@transaction.atomic
def finish_assignment(*, actor: Any, place: Place) -> None:
    """It is done, or nobody's any more: whoever it is given to, or whoever may assign, says so."""
    note = _open_assignments(place).first()
    if note is None:
        raise Gone
    _allow(actor, "applications.read_inside", place)
    if note.to_id != actor.pk:
        _allow(actor, "applications.assign_inside", place)
    note.closed_at, note.closed_by = timezone.now(), actor
    note.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def sign_off(*, actor: Any, stage: Stage) -> InsideNote:
    """Say inside the firm that a stage is right. It decides nothing; a later change closes it."""
    place = Place(stage=stage)
    _allow(actor, "applications.sign_off_inside", place)
    _signed(stage).filter(by=actor).update(closed_at=timezone.now(), closed_by=actor)
    return InsideNote.objects.create(**place.fields, kind=InsideNote.SIGN_OFF, by=actor, at=timezone.now())


@transaction.atomic
def take_back_sign_off(*, actor: Any, stage: Stage) -> None:
    """Whoever signed a stage off takes that back: their sign-offs of it are deleted, closed ones too."""
    _allow(actor, "applications.sign_off_inside", Place(stage=stage))
    InsideNote.objects.of(stage.application).filter(
        kind=InsideNote.SIGN_OFF, stage=stage.code, by=actor
    ).delete()


def note_changed(case: Application, stage: str, actor: Any) -> None:
    """An answer, a file or a record of the stage is about to change: what was signed off is so no more."""
    signed = InsideNote.objects.of(case).filter(kind=InsideNote.SIGN_OFF, stage=stage, closed_at=None)
    signed.update(closed_at=timezone.now(), closed_by=actor)


def _signed(stage: Stage) -> Any:
    notes = InsideNote.objects.of(stage.application)
    return notes.filter(kind=InsideNote.SIGN_OFF, stage=stage.code, closed_at=None)


def _open_assignments(place: Place) -> Any:
    kind = InsideNote.ASSIGNMENT
    return InsideNote.objects.select_for_update().filter(**place.fields, kind=kind, closed_at=None)


def _own_comment(actor: Any, stage: Stage, pk: int) -> InsideNote:
    _allow(actor, "applications.write_inside", Place(stage=stage))
    notes = InsideNote.objects.select_for_update().of(stage.application).filter(stage=stage.code)
    note = notes.filter(pk=pk, kind=InsideNote.COMMENT, closed_at=None).first()
    if note is None:
        raise Gone
    if note.by_id != actor.pk:
        raise NotAllowed([_("Only the author changes or deletes a comment.")])
    return note


def _allow(actor: Any, permission: str, place: Place) -> None:
    allow(actor, permission, place.stage)


def _checked(text: str) -> str:
    insist(text.strip(), _("Write the comment."))
    words = _("Shorten the comment to %(most)s characters.")
    insist(len(text) <= LONGEST_COMMENT, words % {"most": LONGEST_COMMENT})
    return text.strip()
