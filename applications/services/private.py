"""An invited person and their own part of the application: how it becomes theirs, and how it ends."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import firm_roles
from accounts.rules import is_applicant
from accounts.tokens import hash_token, new_token
from applications.models import AnswerFile, Application, Person, PersonAccess
from applications.queries.private import private_accesses
from applications.services.drafting import note_saved
from applications.services.guard import insist, locked_case
from applications.services.typed import forget_typed_about
from applications.states import DECIDED
from audit.services import record
from documents.services import delete_unsealed
from workflow.errors import Gone, NotAllowed, NotReady, Refused
from workflow.services import lock

INVITATION_DAYS = 14


def invite_person(
    *, actor: Any, case_id: Any, person: Person, email: str, language: str
) -> tuple[PersonAccess, str]:
    """An editor asks a person to give the answers about them by themself.

    Effects in order: an earlier invitation that nobody took ends; the new one; audit event. Returns it and
    the token for its link, which is kept nowhere else. Raises NotReady where the person has no post, fills
    the part already, or the e-mail is none.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.invite_person")
        insist(case.state not in DECIDED, _("The case is decided: nothing in it changes any more."))
        insist(case.posts.filter(person=person).exists(), _("This person has no post in this application."))
        try:
            validate_email(email.strip())
        except ValidationError as error:
            raise NotReady([str(text) for text in error.messages]) from error
        earlier = case.accesses.select_for_update().filter(person=person, ended_at=None).first()
        insist(
            earlier is None or earlier.accepted_at is None,
            _("This person fills their own part already."),
        )
        if earlier:
            _end(earlier, actor)
        token = new_token()
        access = PersonAccess.objects.create(
            application=case, person=person, email=email.strip().lower(), language=language,
            token_hash=hash_token(token), invited_by=actor,
            expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
        )  # fmt: skip
        _record(case, "person.invite", actor, access)
    return access, token


def accept_part(*, actor: Any, token: str) -> PersonAccess:
    """The invited person takes their part. From now on the firm sees where each answer stands and no more.

    Effects in order: lock the case and the invitation; use it up; audit event. Raises Refused for a link
    that was used, has expired or was withdrawn, and NotAllowed for another account than the one it was sent
    to.
    """
    known = PersonAccess.objects.filter(token_hash=hash_token(token)).first()
    if known is None:
        raise Refused([unusable()])
    with transaction.atomic():
        case = lock(Application, known.application_id)
        access = _locked().get(
            pk=known.pk
        )  # fmt: skip
        if not access.is_open or not case.posts.filter(person=access.person_id).exists():
            raise Refused([unusable()])
        _same_account(actor, access)
        if "editor" not in firm_roles(access.invited_by, case.firm_id):
            raise Refused([unusable()])
        others = private_accesses().filter(application=case, person=access.person_id).exclude(user=actor.pk)
        insist(
            not others.exists(),
            _("Another account gave private answers in this part. Only that account can go on."),
        )
        access.user, access.accepted_at = actor, timezone.now()
        access.save(update_fields=["user", "accepted_at"])
        _record(case, "person.accept", actor, access)
    return access


def withdraw_access(*, actor: Any, access: PersonAccess) -> PersonAccess:
    """The firm takes the invitation back, or ends what came of it.

    Effects in order: the access ends; in a case never submitted the answers that the person gave are deleted
    with their files, and the firm gives them anew; audit event. What was submitted stays private.
    """
    with transaction.atomic():
        case = locked_case(access.application_id, actor=actor, permission="applications.invite_person")
        access = _open_access(access)
        _end(access, actor)
        _close_part(case, access, actor)
        _record(case, "person.withdraw", actor, access)
    return access


def hand_back(*, actor: Any, access: PersonAccess, leave: bool) -> PersonAccess:
    """The person gives the part back to the firm; with ``leave`` the answers too.

    Effects in order: the access ends; the answers become the firm's to read, or in a case never submitted are
    deleted with their files; audit event. What was submitted and is not left stays private.
    """
    with transaction.atomic():
        case = lock(Application, access.application_id)
        access = _open_access(access)
        if not actor.is_active or access.user_id != actor.pk:
            raise NotAllowed([_("You may not do this.")])
        _end(access, actor)
        if leave:
            earlier = private_accesses().filter(application=case, person=access.person_id, user=actor)
            earlier.update(opened_at=timezone.now())
        else:
            _close_part(case, access, actor)
        _record(case, "person.hand_back", actor, access)
    return access


def end_of_removed(case: Application, person: Person, actor: Any) -> None:
    """A part of ``remove_person``, inside its transaction and after the answers are deleted or kept: nobody
    writes the part any more.
    """
    for access in case.accesses.select_for_update().filter(person=person, ended_at=None):
        _end(access, actor)
    if case.submitted_at is None:
        private_accesses().filter(application=case, person=person).update(opened_at=timezone.now())


def delete_answers(case: Application, person: Person, actor: Any, *, given_by: Any = None) -> None:
    """Answers about the person in a case never submitted, with their files and what was typed: all, or those
    of one account.
    """
    forget_typed_about(case=case, person=person, given_by=given_by)
    answers = case.answers.filter(person=person)
    files = AnswerFile.objects.filter(answer__in=answers).select_related("document")
    if given_by is not None:
        answers = answers.filter(updated_by=given_by)
        files = files.filter(answer__in=answers) | files.filter(added_by=given_by)
    documents = {file.document for file in files}
    files.delete()
    answers.delete()
    used = set(AnswerFile.objects.filter(document__in=documents).values_list("document", flat=True))
    for document in sorted(documents, key=lambda one: one.number, reverse=True):
        if document.pk not in used and not document.sealed:
            delete_unsealed(document=document, actor=actor)


def unusable() -> str:
    """The one answer to every invitation that opens nothing, so that it does not tell why."""
    return _("This invitation has been used, withdrawn or has expired. Ask the firm for a new one.")


def _same_account(actor: Any, access: PersonAccess) -> None:
    if not is_applicant(actor):
        raise NotAllowed(
            [_("Staff of a regulator do not fill applications. Sign in with an account of your own.")]
        )
    if actor.email.lower() != access.email.lower():
        raise NotAllowed([_("This invitation was sent to another e-mail. Sign in with that account.")])


def _locked() -> Any:
    return PersonAccess.objects.select_for_update(of=("self",)).select_related("person", "invited_by")


def _open_access(access: PersonAccess) -> PersonAccess:
    locked = _locked().filter(pk=access.pk, ended_at=None).first()
    if locked is None:
        raise Gone
    return locked


def _close_part(case: Application, access: PersonAccess, actor: Any) -> None:
    """What the person gave goes with the access, unless the regulator has it."""
    if access.accepted_at is None or case.submitted_at is not None:
        return
    delete_answers(case, access.person, actor, given_by=access.user_id)
    access.opened_at = timezone.now()
    access.save(update_fields=["opened_at"])
    note_saved(case, actor)


def _end(access: PersonAccess, actor: Any) -> None:
    access.ended_at, access.ended_by = timezone.now(), actor
    access.save(update_fields=["ended_at", "ended_by"])


def _record(case: Application, kind: str, actor: Any, access: PersonAccess) -> None:
    record(subject=case.audit_subject, kind=kind, actor=actor, data={"access": str(access.pk)})
