"""The authority of an adviser: given by an owner of the firm or by the adviser, and opened by these two."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Kind, Membership
from accounts.rules import is_owner
from applications.models import Authority
from applications.services.evidence import taken_in
from applications.services.guard import insist
from audit.services import record
from documents.models import Document
from documents.services import open_document
from workflow.errors import Gone


def give_authority(*, actor: Any, membership_id: int, upload: Any, name: str) -> Authority:
    """Take in the power of attorney of a mandate that is not over. It opens the mandate once checked clean.

    Effects in order: receive the document (quarantine, type check, scan queued); lock the mandate; the one
    before is marked as replaced; the new one; audit event on the firm. Raises Gone where this person has
    nothing to do with the mandate, documents.errors.Rejected, or NotReady where it is over.
    """
    _advisership(actor, membership_id)
    with taken_in(actor=actor, upload=upload, name=name) as document:
        membership = _advisership(actor, membership_id, lock=True)
        is_over = membership.until is not None and membership.until < timezone.localdate()
        insist(not is_over, _("The last day of this mandate is over. Invite the adviser again."))
        Authority.objects.filter(membership=membership, replaced_at=None).update(replaced_at=timezone.now())
        authority = Authority.objects.create(membership=membership, document=document, added_by=actor)
        record(
            subject=membership.firm.audit_subject,
            kind="firm.give_authority",
            actor=actor,
            data={"membership": membership.pk, "document": str(document.pk)},
        )
    return authority


def open_authority(*, actor: Any, membership_id: int, warned: bool = False) -> tuple[Document, Any]:
    """Open the paper in use; the audit row of the opening is committed first. Raises Gone where there is
    none, and what ``documents.services.open_document`` raises.
    """
    membership = _advisership(actor, membership_id)
    authority = Authority.objects.select_related("document").filter(
        membership=membership, replaced_at=None
    ).first()  # fmt: skip
    if authority is None:
        raise Gone
    document, subject = authority.document, membership.firm.audit_subject
    return document, open_document(document=document, actor=actor, why="view", subject=subject, warned=warned)


def _advisership(actor: Any, pk: int, *, lock: bool = False) -> Membership:
    rows = Membership.objects.select_related("firm", "user").filter(kind=Kind.ADVISER, ended_at=None)
    if lock:
        assert transaction.get_connection().in_atomic_block
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=pk).first()
    if found is None or not (found.user_id == actor.pk or is_owner(actor, found.firm)):
        raise Gone
    return found
