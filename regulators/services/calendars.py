"""Putting the calendar of working days on record, and telling the rooms above whose dates follow from it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.actors import Actor
from audit.services import record
from regulators import calendars
from regulators.calendars import Calendar
from regulators.loader import RuleBookError
from regulators.models import CalendarVersion


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A date that the new calendar moved, or, without ``before``, made computable: ``what`` names it as a
    person would.
    """

    what: str
    before: date | None
    after: date | None

    def __str__(self) -> str:
        return f"{self.what}: {self.before or 'not computable'} -> {self.after}"


@dataclass(frozen=True, kw_only=True)
class Failed:
    """What could not be done, and is tried again by the next run."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    pin: CalendarVersion
    is_new: bool
    moved: list[Moved]
    failed: list[Failed]


def load_calendar(*, actor: Actor, say: Callable[[str], None] = lambda line: None) -> Loaded:
    """Put the calendar of the file on record; may be run again at any time.

    Effects in order: the pin of the version with the hash of its file, with the audit event of a new version,
    in a transaction; the handlers of ``settings.CALENDAR_HANDLERS``, called as ``handler(pin, actor=actor)``,
    each of which computes its dates again, in transactions of its own, and yields what moved or failed. Each
    line is said at once. The handlers are called for a known version too: a process that still served with
    the calendar of before may have counted in it meanwhile, and a run may have been stopped.

    Raises RuleBookError where the file was changed under the same version, or is older than the latest one
    on record; then nothing is done.
    """
    pin, is_new = _pinned(actor)
    say(f"calendar {pin}: {'published' if is_new else 'as published'}, SHA-256 {pin.sha256}")
    moved: list[Moved] = []
    failed: list[Failed] = []
    for path in settings.CALENDAR_HANDLERS:
        for one in import_string(path)(pin, actor=actor):
            say(in_a_line(one))
            if isinstance(one, Failed):
                failed.append(one)
            else:
                moved.append(one)
    return Loaded(pin=pin, is_new=is_new, moved=moved, failed=failed)


def in_a_line(one: object) -> str:
    return f"failed {one}" if isinstance(one, Failed) else f"moved {one}"


@transaction.atomic
def _pinned(actor: Actor) -> tuple[CalendarVersion, bool]:
    calendar = calendars.kazakhstan()
    pin, is_new = CalendarVersion.objects.get_or_create(
        code=calendar.code, version=calendar.version, defaults={"sha256": calendar.sha256}
    )
    if fault := fault_of(calendar):
        raise RuleBookError(fault)
    if is_new:
        data = {"version": pin.version, "sha256": pin.sha256}
        record(subject=f"calendar:{pin.code}", kind="calendar.publish", actor=actor, data=data)
    return pin, is_new


def fault_of(calendar: Calendar) -> str:
    """Why the file may not be used beside what is on record, and what to do; empty where it may."""
    known = list(CalendarVersion.objects.filter(code=calendar.code))  # the latest first
    pin = next((pin for pin in known if pin.version == calendar.version), None)
    name = f"{calendar.code}.toml"
    if pin is None:
        return ""
    if pin.sha256 != calendar.sha256:
        return (
            f"{name}: the calendar was changed after its version {pin.version} was loaded. Put the loaded "
            "file back, or write the changes under a new version."
        )
    if pin != known[0]:
        return (
            f"{name}: version {known[0].version} was loaded after {pin.version}. Put its file back, or write "
            "this calendar under a new version."
        )
    return ""
