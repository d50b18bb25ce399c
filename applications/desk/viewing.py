"""Who else of the staff has a case open at the desk. The firm is told nothing of it."""

from typing import Any

from applications.models import Application
from applications.portal import presence

LASTS = 120  # seconds that a page counts for which asks no more, since it runs no scripts


def others(user: Any, case: Application, *, polled: bool = False) -> list[presence.Colleague]:
    """This person has the case open now; who else has. Only to be asked for who may work on the case; no
    query, and nobody where the cache does not answer.
    """
    return presence.note(user, _place(case), polled=polled, opened=LASTS)


def left(user: Any, case: Application) -> None:
    """The case is closed to this person from now on."""
    presence.left(user, _place(case))


def _place(case: Application) -> str:
    return f"desk:{case.pk}"
