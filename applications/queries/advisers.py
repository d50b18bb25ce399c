"""Mandates of advisers, for the pages of the firm and of the adviser."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Firm, Kind, Membership, Role
from accounts.queries import advisers_of
from applications.models import Application, Authority
from applications.queries.stages import in_words
from documents.models import Document


@dataclass(kw_only=True)
class Advising:
    """One mandate, and where it stands today."""

    membership: Membership
    document: Document | None
    cases: list[Application] = field(default_factory=list)

    @property
    def may_do(self) -> str:
        edits = self.membership.role == Role.EDITOR
        return _("Reads and edits") if edits else _("Reads only")

    @property
    def stages(self) -> str:
        return in_words(self.membership.scope)

    @property
    def is_over(self) -> bool:
        until = self.membership.until
        return until is not None and until < timezone.localdate()

    @property
    def is_early(self) -> bool:
        begins = self.membership.valid_from
        return begins is not None and timezone.localdate() < begins

    @property
    def is_open(self) -> bool:
        return not self.is_over and not self.is_early and self.document is not None and self.document.usable

    @property
    def standing(self) -> tuple[str, str]:
        """The kind of the tag and its word."""
        if self.is_over:
            return "", _("Over")
        if self.document is None:
            return "act", _("Authority missing")
        if not self.document.usable:
            return "act", _("Authority not accepted yet")
        return ("", _("Not begun yet")) if self.is_early else ("ok", _("In force"))


def advised_by(user: Any) -> list[Advising]:
    """The mandates of this person that are not over, with the cases that each opens. Up to three queries."""
    mine = Membership.objects.filter(
        user=user.pk, kind=Kind.ADVISER, ended_at=None, until__gte=timezone.localdate()
    )
    found = _with_papers(list(mine.select_related("firm", "user").order_by("firm__sort_key", "pk")))
    firms = [one.membership.firm_id for one in found if one.is_open]
    if firms:
        cases = Application.objects.filter(firm__in=firms).with_case().order_by("-created_at")
        for case in cases:
            next(one for one in found if one.membership.firm_id == case.firm_id).cases.append(case)
    return found


def advising_for(firm: Firm) -> list[Advising]:
    """Two queries."""
    return _with_papers(list(advisers_of(firm)))


def advising(user: Any, pk: int) -> Advising | None:
    """A mandate that is this person's own, or of a firm of which this person is an owner."""
    own = Q(user=user.pk)
    owned = Q(
        firm__memberships__user=user.pk, firm__memberships__role=Role.OWNER, firm__memberships__ended_at=None
    )
    rows = Membership.objects.filter(own | owned, pk=pk, kind=Kind.ADVISER, ended_at=None)
    membership = rows.select_related("firm", "user").distinct().first()
    return _with_papers([membership])[0] if membership else None


def _with_papers(memberships: list[Membership]) -> list[Advising]:
    papers: dict[int, Document] = {}
    if memberships:
        rows = Authority.objects.filter(membership__in=memberships, replaced_at=None)
        papers = {row.membership_id: row.document for row in rows.select_related("document")}
    return [Advising(membership=one, document=papers.get(one.pk)) for one in memberships]
