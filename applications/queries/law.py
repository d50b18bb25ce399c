"""The law of a case: what it is pinned to, and whether it has moved."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from regulators import books
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def as_at_today(case: "Application") -> dict[str, Any]:
    """What a recommendation and a decision store."""
    book = case.book
    return {
        "book": book.code,
        "version": book.version,
        "sha256": book.sha256,
        "as_at": timezone.localdate().isoformat(),
    }


def unsettled(case: "Application") -> list[Reason]:
    """A newer version in force that does not let running cases stay, and that this case was not moved to."""
    newest = books.current(case.licence_type.code)
    if newest.version == case.rulebook.version or newest.transition == "stay":
        return []
    if newest.effective_from > timezone.localdate():
        return []
    words = _("Rule book %(version)s is in force since %(date)s; settle what it changes for this case first.")
    day = newest.effective_from.strftime("%d.%m.%Y")
    return [Reason(words % {"version": newest.version, "date": day})]
