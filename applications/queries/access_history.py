"""Who could see a firm's applications, from when to when, and by whose word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Firm, FirmInvitation, Membership, Role, User
from applications.models import Authority
from applications.queries.stages import in_words
from documents.queries import usable
from look import words


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the history: an access, or an invitation to one."""

    at: datetime
    who: str
    email: str
    what: str
    limits: str = ""
    begins: date
    ends: date | None = None
    ends_by_itself: bool = False
    given_by: User | None
    ended_by: User | None = None
    opened: date | None = None  # the first day of access: for an adviser, once the authority was checked
    note: str = ""
    invitation: str = ""  # what became of it; empty for an access


def history_of(firm: Firm) -> list[Entry]:
    """Every access and every invitation there ever was, the newest first. Three queries."""
    entries = [*_accesses(firm), *map(_invitation, _invitations(firm))]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def had_access(firm: Firm, on: date) -> list[Entry]:
    """Every access that was open on this day, at least for a part of it. Two queries."""
    entries = [one for one in _accesses(firm) if one.opened is not None and one.opened <= on]
    found = [one for one in entries if one.ends is None or on <= one.ends]
    return sorted(found, key=lambda entry: (entry.who.casefold(), entry.at))


def _accesses(firm: Firm) -> list[Entry]:
    papers: dict[int, date] = {}
    authorities = Authority.objects.filter(usable("document"), membership__firm=firm)
    for one in authorities.select_related("document").order_by("added_at"):
        checked = timezone.localdate(one.document.scanned_at or one.added_at)
        papers.setdefault(one.membership_id, checked)
    return [_access(one, papers.get(one.pk)) for one in _memberships(firm)]


def _memberships(firm: Firm) -> Iterable[Membership]:
    return firm.memberships.select_related("user", "granted_by", "ended_by").order_by("-granted_at", "-pk")


def _invitations(firm: Firm) -> Iterable[FirmInvitation]:
    return firm.invitations.select_related("invited_by", "accepted_by", "withdrawn_by")


def _access(one: Membership, paper: date | None) -> Entry:
    ended = timezone.localdate(one.ended_at) if one.ended_at else None
    by_itself = one.until is not None and (ended is None or one.until < ended)
    begins = max(timezone.localdate(one.granted_at), one.valid_from or date.min)
    opened: date | None = begins
    if one.is_adviser:
        opened = max(begins, paper) if paper else None
    return Entry(
        at=one.granted_at,
        opened=opened,
        note=_paper_in_words(one, paper),
        who=one.user.full_name,
        email=one.user.email,
        what=_what([one.role], is_adviser=one.is_adviser),
        limits=in_words(one.scope) if one.is_adviser else "",
        begins=begins,
        ends=one.until if by_itself else ended,
        ends_by_itself=by_itself,
        given_by=one.granted_by,
        ended_by=None if by_itself else one.ended_by,
    )


def _paper_in_words(one: Membership, paper: date | None) -> str:
    if not one.is_adviser:
        return ""
    if paper is None:
        return _("No authority was checked, so there was no access.")
    return _("Authority checked on %(day)s") % {"day": words.day(paper)}


def _invitation(one: FirmInvitation) -> Entry:
    return Entry(
        at=one.sent_at,
        who=one.email,
        email="",
        what=_what(one.roles, is_adviser=one.is_adviser),
        limits=in_words(one.scope) if one.is_adviser else "",
        begins=timezone.localdate(one.invited_at),
        ends=timezone.localdate(one.accepted_at or one.withdrawn_at or one.expires_at),
        given_by=one.invited_by,
        ended_by=one.withdrawn_by,
        invitation=_fate(one),
    )


def _fate(one: FirmInvitation) -> str:
    if one.accepted_by:
        return _("Accepted by %(name)s") % {"name": one.accepted_by.full_name}
    if one.withdrawn_at:
        return _("Withdrawn")
    return _("Waiting for an answer") if one.is_open else _("Expired")


def _what(roles: Iterable[str], *, is_adviser: bool) -> str:
    if is_adviser:
        return _("Adviser: reads and edits") if Role.EDITOR in roles else _("Adviser: reads only")
    return ", ".join(str(Role(role).label) for role in roles)
