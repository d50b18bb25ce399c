"""The law of a case: what it is pinned to, whether it has moved since, and what that asks of the case."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.conditions import THE_FIRM
from applications.remembered import remembered
from applications.states import WITH_THE_FIRM
from regulators import books
from regulators import rulebook as rb
from regulators.queries import changes_announced
from regulators.rulebook import Book, Requirement, Slot
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application

STAY, MOVE, REASSESS = "stay", "move", "reassess"
STRICTER = (STAY, MOVE, REASSESS)


def as_at_today(case: "Application") -> dict[str, Any]:
    """What a recommendation and a decision store."""
    book = case.book
    return {
        "book": book.code,
        "version": book.version,
        "sha256": book.sha256,
        "as_at": timezone.localdate().isoformat(),
    }


def newer(case: "Application") -> tuple[Book, ...]:
    """The versions in effect today that came after the one of the case, in order; mostly none."""
    return books.after(case.book)


def demand(later: tuple[Book, ...]) -> str:
    """What these versions together ask of a running case: the strictest of them counts."""
    return max((book.transition for book in later), key=STRICTER.index, default=STAY)


def has_to_move(case: "Application") -> list[Reason]:
    """A draft, or a case that was returned, under a version that nobody can submit under any more."""
    later = newer(case)
    if case.state not in WITH_THE_FIRM or demand(later) == STAY:
        return []
    words = _("Rule book %(version)s is in force since %(date)s: move the application to it first.")
    return [Reason(words % _dated(later[-1]), reverse("portal:version", args=[case.pk]), by=THE_FIRM)]


def has_to_be_assessed_anew(case: "Application") -> bool:
    """The strictest of the newer versions in effect wants cases in review assessed anew."""
    return demand(newer(case)) == REASSESS


def unsettled(case: "Application") -> list[Reason]:
    """A change in force that nobody has dealt with: a version by which running cases are assessed anew, or
    legislation that was announced and is in no rule book yet.
    """
    reasons = []
    later = newer(case)
    if demand(later) == REASSESS:
        words = _(
            "Rule book %(version)s is in force since %(date)s: apply it to the case and assess its changes."
        )
        url = reverse("admin:applications_application_version", args=[case.pk])
        reasons.append(Reason(words % _dated(later[-1]), url, by="apply_version", about=_("The law")))
    today = timezone.localdate()
    for change in announced(case):
        if not change.is_in_force(today):
            continue
        words = _("“%(title)s” (%(source)s) is in force and not settled. %(owner)s follows it.")
        told = {"title": change.title, "source": change.source, "owner": change.owner.full_name}
        url = reverse("admin:regulators_pendingchange_change", args=[change.pk])
        reasons.append(Reason(words % told, url, by="administrator", about=_("The law")))
    return reasons


def announced(case: "Application") -> list[Any]:
    """The changes of legislation that are announced and not settled."""
    return remembered(case, "announced", lambda: list(changes_announced(case.licence_type)))


def requirement_of(case: "Application", code: str) -> Requirement:
    """As the version of the case has it, or the newest that asked it where that one does not."""
    return case.book.by_code.get(code) or books.last_asked(case.licence_type.code, code)


def slot_of(case: "Application", code: str) -> Slot:
    """The files that a question takes, also where a point of a request is about it."""
    return requirement_of(case, code).slot


def _dated(book: Book) -> dict[str, str]:
    return {"version": book.version, "date": book.effective_from.strftime("%d.%m.%Y")}


def home_of(case: "Application", kind: str) -> str | None:
    """The stage of the typed records (people, ownership, capital): the first that asks for them; for people,
    that asks questions of each of them.
    """
    rules = case.book.requirements
    asking = {r.stage for r in rules if kind == rb.PEOPLE and r.per_person}
    asking = asking or {r.stage for r in rules if kind in r.evidence}
    return next((code for code in case.book.stage_codes if code in asking), None)
