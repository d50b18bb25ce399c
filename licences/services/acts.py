"""Acts on a licence: proposed, noticed where they are against the firm, and what follows from them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from licences import requirements as ask
from licences.models import Licence, LicenceNotice, RegisterEntry
from licences.services import tell
from licences.services.certifying import certify
from workflow import services as workflow
from workflow.models import Proposal
from workflow.services import Change


def propose(*, actor: Any, licence: Licence, act: str, expected_version: int, **data: Any) -> Proposal:
    """The first of two people. ``data`` is what the act needs (reason, changes, …); ``notice`` is the text
    that the firm is served where the act is against it, ``immediate`` why a suspension or restriction does
    not wait for that, ``firm_asked`` the firm's own application for a variation, restriction or winding down.

    Effects in order: those of ``workflow.propose``; where the firm has to be heard, the preliminary notice,
    unless one of the same act, words and changes is open, which then stands with its service. Raises what
    ``workflow.propose`` raises.
    """
    with transaction.atomic():
        proposal = workflow.propose(
            Licence, licence.pk, act, actor=actor, expected_version=expected_version, **data
        )
        current = Licence.objects.get(pk=licence.pk)
        if ask.is_against(current, act, proposal.data):
            _draw_up(current, act, actor, proposal.data)
    return proposal


def _draw_up(licence: Licence, act: str, actor: Any, data: dict[str, Any]) -> None:
    """In the words of the proposal. An open notice of other words is withdrawn: the firm is served again."""
    words: dict[str, Any] = {
        "text": data["notice"],
        "about": ask.about(data),
        "immediate": data.get("immediate", "") if act in ask.AT_ONCE else "",
    }
    waiting = licence.notices.open_for(act).first()
    if waiting and all(getattr(waiting, name) == value for name, value in words.items()):
        return
    now = timezone.now()
    if waiting:
        waiting.withdrawn_at = now
        waiting.save(update_fields=["withdrawn_at"])
    notice = LicenceNotice.objects.create(
        licence=licence, act=act, drawn_up_by=actor, drawn_up_at=now, **words
    )
    record(
        subject=licence.audit_subject,
        kind="licence.notice",
        actor=actor,
        data={"notice": notice.pk, "act": act, "instead_of": waiting.pk if waiting else 0},
    )


def after_licence(change: Change) -> dict[str, Any]:
    """The handler of every act on a licence: the next line of its public history; the certificate, where it
    would state something else now; the notice of exactly this is decided; the firm is told.

    Only ``public_note`` and the changes are shown to the public; the reason stays in the record of the case.
    """
    licence, now = change.instance, timezone.now()
    entry = RegisterEntry.objects.create(
        licence=licence,
        what=change.act.name,
        from_state=change.from_state,
        to_state=change.to_state,
        at=now,
        text=str(change.data.get("public_note", "")),
        changes=change.data.get("changes") or {},
        corrects_id=change.data.get("entry"),
    )
    certificate = certify(licence)
    noticed = {"text": change.data.get("notice") or "", "about": ask.about(change.data)}
    licence.notices.open_for(change.act.name).filter(**noticed).update(decided_at=now)
    tell.firm(licence, "licence_changed", key=f"entry:{entry.pk}")
    return {"entry": entry.pk, "certificate": certificate.pk}
