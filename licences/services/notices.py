"""Preliminary notices: their service, what the firm says to them, our answers, and taking them back."""

from datetime import date
from typing import Any

import rules
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from licences import law
from licences.models import Licence, LicenceNotice, LicenceRepresentation
from licences.services import tell
from look import words
from regulators.calendars import reach
from regulators.periods import not_computable
from workflow.errors import NotAllowed, NotReady
from workflow.services import lock


def record_service(
    *, actor: Any, notice: LicenceNotice, served_on: date, how: str, until: date
) -> LicenceNotice:
    """Record the service; the firm may make representations to the end of ``until``.

    It is no shorter than the period of the rule book, and lies ahead; where the book has none on record, the
    person who serves it sets it. Effects in order: lock the licence; the service; one mail for each person of
    the firm; audit event. Raises NotAllowed or NotReady.
    """
    with transaction.atomic():
        notice = _locked(notice, actor, "licences.serve_notice")
        _insist(notice.withdrawn_at is None, _("This notice was withdrawn."))
        _insist(notice.served_on is None, _("The service of this notice is recorded already."))
        today, drawn_up = timezone.localdate(), timezone.localdate(notice.drawn_up_at)
        _insist(served_on <= today, _("A notice cannot have been served in the future."))
        _insist(served_on >= drawn_up, _("A notice cannot have been served before it was drawn up."))
        _insist(until > today, _("The last day for representations must be after today."))
        period = reach(law.time_for_representations(notice.licence), served_on)
        if period.missing_year:
            _insist(False, not_computable(period.missing_year))
        least = period.day or until
        told = _("By the rule book the firm may make representations until %(day)s at least.")
        _insist(until >= least, told % {"day": words.due_day(least)})
        _insist(how.strip(), _("Say how the notice was served."))
        notice.served_on, notice.served_how, notice.until = served_on, how, until
        notice.save(update_fields=["served_on", "served_how", "until"])
        tell.firm(notice.licence, "licence_notice", key=f"notice:{notice.pk}", due=until)
        _note(notice, "licence.notice_served", actor, served_on=str(served_on), until=str(until))
    return notice


def withdraw_notice(*, actor: Any, notice: LicenceNotice, why: str) -> LicenceNotice:
    """The act is not pursued. Effects in order: lock the licence; the notice is withdrawn; where it had been
    served the firm is told; audit event. What was proposed in these words can then not be confirmed.
    """
    with transaction.atomic():
        notice = _locked(notice, actor, "licences.answer_representation")
        _insist(notice.is_open, _("This notice is no longer open."))
        _insist(why.strip(), _("Say why the notice is withdrawn."))
        notice.withdrawn_at, notice.withdrawn_why = timezone.now(), why
        notice.save(update_fields=["withdrawn_at", "withdrawn_why"])
        if notice.served_on:
            tell.firm(notice.licence, "licence_notice_withdrawn", key=f"withdrawn:{notice.pk}")
        _note(notice, "licence.notice_withdrawn", actor, reason=why)
    return notice


def record_representation(
    *, actor: Any, notice: LicenceNotice, text: str, made_on: date, how: str, seen: int | None = None
) -> LicenceRepresentation:
    """Staff record what the firm said outside the portal: in writing or in person. It is taken after the last
    day too, as long as the notice is open. ``seen``: as for ``make_representation``. Raises NotAllowed or
    NotReady.
    """
    with transaction.atomic():
        notice = _locked(notice, actor, "licences.serve_notice")
        if same := _same_press(notice, seen, text=text, made_on=made_on, how=how, recorded_by=actor):
            return same
        _insist(notice.is_open or notice.may_be_answered, _("This notice is no longer open."))
        _insist(notice.served_on is not None, _("The preliminary notice is not served yet."))
        assert notice.served_on is not None
        _insist(notice.served_on <= made_on <= timezone.localdate(), _("Not before the service, nor ahead."))
        return _said(notice, actor, text=text, made_on=made_on, how=how)


def make_representation(
    *, actor: Any, notice: LicenceNotice, text: str, seen: int | None = None
) -> LicenceRepresentation:
    """A signatory of the firm answers a notice, to the end of its last day. The same words from a page that
    had not seen them are the same press (``seen``: the newest that the page showed). Raises NotAllowed or
    NotReady.
    """
    with transaction.atomic():
        notice = _locked(notice, actor, "licences.make_representation")
        if same := _same_press(notice, seen, text=text, recorded_by=actor):
            return same
        _insist(notice.may_be_answered, _("The time for representations is over."))
        return _said(notice, actor, text=text, made_on=timezone.localdate(), how="")


def answer_representation(
    *, actor: Any, representation: LicenceRepresentation, our_answer: str, accepted: bool
) -> LicenceRepresentation:
    """The answer of a decision maker. Effects in order: lock the licence; the answer; audit event."""
    with transaction.atomic():
        notice = _locked(representation.notice, actor, "licences.answer_representation")
        said = notice.representations.get(pk=representation.pk)
        _insist(said.answered_at is None, _("This representation is answered already."))
        _insist(our_answer.strip(), _("Write our answer to the representation."))
        said.our_answer, said.accepted = our_answer, accepted
        said.answered_by, said.answered_at = actor, timezone.now()
        said.save(update_fields=["our_answer", "accepted", "answered_by", "answered_at"])
        _note(notice, "licence.answer", actor, reason=our_answer, representation=said.pk, accepted=accepted)
    return said


def _same_press(notice: LicenceNotice, seen: int | None, **words: Any) -> LicenceRepresentation | None:
    return notice.representations.filter(pk__gt=seen, **words).first() if seen is not None else None


def _said(notice: LicenceNotice, actor: Any, *, text: str, made_on: date, how: str) -> LicenceRepresentation:
    _insist(text.strip(), _("Write what is said to the notice."))
    said = LicenceRepresentation.objects.create(
        notice=notice, text=text, made_on=made_on, how=how, recorded_by=actor
    )
    _note(notice, "licence.representation", actor, representation=said.pk, how=how)
    return said


def _locked(notice: LicenceNotice, actor: Any, permission: str) -> LicenceNotice:
    """As it is now, under the lock of its licence."""
    licence = lock(Licence, notice.licence_id)
    if not getattr(actor, "is_active", False) or not rules.has_perm(permission, actor, licence):
        raise NotAllowed([_("You may not do this.")])
    found = LicenceNotice.objects.get(pk=notice.pk)
    found.licence = licence
    return found


def _insist(holds: object, words_: str) -> None:
    if not holds:
        raise NotReady([words_])


def _note(notice: LicenceNotice, kind: str, actor: Any, *, reason: str = "", **data: Any) -> None:
    record(
        subject=notice.licence.audit_subject,
        kind=kind,
        actor=actor,
        reason=reason,
        data={"notice": notice.pk, "act": notice.act, **data},
    )
