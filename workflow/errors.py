"""Refusals, in words that a person can act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way, and where it can be mended.

    ``by`` names who mends it: a permission, or what the room of the record says instead. ``about`` is what it
    belongs with on a page.
    """

    text: str
    url: str = ""
    by: str = ""
    about: str = ""

    def __str__(self) -> str:
        return str(self.text)


class Refused(Exception):  # noqa: N818 - an answer, not a slip of the program
    """An act that was not done. Nothing was changed."""

    def __init__(self, reasons: Sequence[Reason | str]) -> None:
        self.reasons = [r if isinstance(r, Reason) else Reason(r) for r in reasons]
        super().__init__("; ".join(str(reason) for reason in self.reasons))


class NotAllowed(Refused):
    """This actor may not do this, here or now."""


class WrongState(Refused):
    """The act does not exist from the state that the record is in."""


class NotReady(Refused):
    """The act is right and the actor too, but something is still missing."""


class Conflict(Refused):
    """The page was stale: somebody else was faster. ``current`` is the record as it stands."""

    def __init__(self, reasons: Sequence[Reason | str], *, current: Any) -> None:
        super().__init__(reasons)
        self.current = current


class Gone(Refused):
    def __init__(self) -> None:
        super().__init__([_("This record does not exist, or you may not see it.")])


def status_of(refusal: Refused | None) -> int:
    """With which HTTP status a page shows the refusal; 200 where there is none."""
    if refusal is None:
        return 200
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, Conflict) else 422
