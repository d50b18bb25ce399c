"""Submitting, and what the firm may do afterwards."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import identify
from applications.contradictions import contradictions
from applications.models import Application, ChangeNotice, Representation
from applications.presses import same_press
from applications.queries.content import content_hash, content_of
from applications.queries.drafts import load_draft
from applications.services.guard import allow, insist, locked_case, same_notice
from applications.services.numbers import next_reference
from applications.services.snapshots import DeclarationChanged
from applications.states import OPEN, WITH_THE_FIRM
from audit.services import record
from workflow import services as workflow
from workflow.errors import Conflict, NotReady, Reason
from workflow.services import lock


def mark_of(case: Application, declaration: str) -> str:
    """What the signatory signs: this text, over the answers as they were last saved."""
    return hashlib.sha256(f"{case.saved_at}\n{declaration}".encode()).hexdigest()


def submit_application(
    *,
    actor: Any,
    case: Application,
    expected_version: int,
    declaration: str,
    role: str,
    authority: str = "",
    identifier: str = "",
    shown: str = "",
    content_sha256: str = "",
    looked_at: Mapping[str, str] | None = None,
) -> Application:
    """Submit once. Pressed again, the same person gets the same submission back.

    ``declaration`` is the exact text that was shown and signed; ``role`` what the signatory signs as, and
    ``authority`` what lets them; ``identifier`` the IIN or passport number of one whose account has none on
    record; ``shown`` the ``mark_of`` the page that was signed, and ``content_sha256`` the hash of the content
    that it showed; ``looked_at`` a reason for each contradiction that stays, by its key.
    Effects in order: lock the case; refuse where it is not what was shown, or where a contradiction has no
    reason; note the identity of the signatory; give the case its reference; ``perform`` the submission
    (refuses with the list of what is missing); in its transaction the snapshot, the open findings, the
    receipt clock and the mails. Raises Refused; a refused one uses no reference number.
    """
    signed: dict[str, Any] = {
        "text": declaration,
        "role": role,
        "authority": authority,
        "signed_by": actor.audit_name,
        "at": timezone.now().isoformat(),
    }
    allow(actor, "applications.submit_application", case)
    try:
        with transaction.atomic():
            locked = lock(Application, case.pk)
            if shown and shown != mark_of(locked, declaration):
                raise DeclarationChanged
            if locked.state in WITH_THE_FIRM:
                signed |= _signed_content(locked, content_sha256, looked_at or {})
            if not actor.human:
                insist(identifier, _("Give your IIN or passport number: who signs is known by it."))
                identify(user=actor, identifier=identifier)
            regulator = case.licence_type.regulator.code
            return workflow.perform(
                Application,
                case.pk,
                "submit",
                actor=actor,
                expected_version=expected_version,
                declaration=signed if declaration.strip() and role.strip() else None,
                now=timezone.now(),
                reference=case.reference
                or next_reference(regulator=regulator, year=timezone.localdate().year),
            )
    except Conflict as conflict:
        current = Application.objects.with_case().get(pk=case.pk)
        if current.state == "submitted" and current.version == expected_version + 1:
            last = current.snapshots.order_by("-number").first()
            if last and last.content["declaration"].get("signed_by") == actor.audit_name:
                return current
        raise conflict


def _signed_content(case: Application, shown: str, looked_at: Mapping[str, str]) -> dict[str, Any]:
    """The hash of what is signed, and why each contradiction in it stays."""
    draft = load_draft(case)
    content = content_of(case, draft)
    sha256 = content_hash(content)
    if shown and shown != sha256:
        raise DeclarationChanged
    found = [one for one in contradictions(case, draft, content) if not one.blocks]
    reasons = {one.key: looked_at.get(one.key, "").strip() for one in found}
    open_ones = [Reason(one.text, one.sides[0].url) for one in found if not reasons[one.key]]
    if open_ones:
        raise NotReady(open_ones)
    kept = [{"key": one.key, "text": one.text, "reason": reasons[one.key]} for one in found]
    return {"content_sha256": sha256, "looked_at": kept}


def withdraw_application(*, actor: Any, case: Application, expected_version: int, reason: str) -> Application:
    """The firm takes its application back, with a reason."""
    return workflow.perform(
        Application,
        case.pk,
        "withdraw",
        actor=actor,
        expected_version=expected_version,
        reason=reason,
        now=timezone.now(),
    )


def notify_change(*, actor: Any, case: Application, text: str, seen: int | None = None) -> ChangeNotice:
    """The firm reports a change before the decision. Recommendation and decision then wait until it is
    resolved. ``seen`` is the newest notice that the page showed: a second press reports none again.

    Effects in order: write the notice; audit event. The answers stay as submitted until a stage is
    reopened to the firm.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.notify_change")
        insist(case.state in OPEN, _("Only an open case can be changed."))
        insist(text.strip(), _("Say what has changed."))
        if before := same_press(case.change_notices.all(), seen=seen, notified_by=actor, text=text):
            return before
        notice = ChangeNotice.objects.create(application=case, text=text, notified_by=actor)
        record(
            subject=case.audit_subject,
            kind="application.change_notified",
            actor=actor,
            data={"notice": notice.pk},
        )
    return notice


def make_representation(
    *, actor: Any, case: Application, text: str, notice: str = "", seen: int | None = None
) -> Representation:
    """The firm answers a preliminary notice that was served, within its period. ``notice`` is the key of the
    one that the page showed, if any, ``seen`` the newest representation there: a second press makes none
    again.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.submit_application")
        served = case.refusal_notices.last()
        insist(case.state == "refusal_proposed" and served, _("No refusal is proposed."))
        assert served is not None
        same_notice(served, shown=notice or str(served.pk), now=str(served.pk))
        until = served.representations_until
        insist(
            until and timezone.localdate() <= until,
            _("Representations can be made from the service of the notice until its last day."),
        )
        insist(text.strip(), _("Write what you want to say."))
        if before := same_press(served.representations.all(), seen=seen, made_by=actor, text=text):
            return before
        made = Representation.objects.create(notice=served, text=text, made_by=actor)
        record(
            subject=case.audit_subject, kind="application.representation", actor=actor, data={"id": made.pk}
        )
    return made
