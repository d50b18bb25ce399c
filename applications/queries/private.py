"""Which answers of a case are private: given by an invited person, and not read by the firm."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from applications.models import Application


def hidden_people(user: Any, case: "Application") -> frozenset[UUID]:
    """The people of the case whose own part this user may not read: only its status is shown."""
    return frozenset()
