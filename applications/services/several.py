"""An act on several cases, each by itself: what came of it, in words, whatever becomes of the others."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Application
from workflow.errors import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Result:
    """Whose the case was to be, nobody's where ``officer`` is None. ``why`` is empty where it was done."""

    case: Application
    officer: User | None
    why: str = ""


def attempt(act: Callable[[], Any], case: Application, to: User | None) -> Result:
    """A second press finds the case as the first one left it: that is done too."""
    try:
        act()
    except Conflict as refusal:
        now = refusal.current.case_officer_id if refusal.current else None
        if now == (to.pk if to else None):
            return Result(case=case, officer=to)
        return Result(
            case=case, officer=to, why=_("Somebody else has changed this case since. Look at it again.")
        )
    except Refused as refusal:
        return Result(case=case, officer=to, why=" ".join(str(reason) for reason in refusal.reasons))
    return Result(case=case, officer=to)


def versions_of(values: Iterable[str]) -> dict[uuid.UUID, int]:
    """By key: the version that a page showed, of values as ``key:version``. What is none is left out."""
    found = {}
    for text in values:
        key, _sign, version = text.partition(":")
        version = version.partition(":")[0]
        try:
            found[uuid.UUID(key)] = int(version) if version.isascii() and len(version) < 10 else -1
        except ValueError:
            continue
    return found
