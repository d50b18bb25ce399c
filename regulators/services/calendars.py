"""Putting the calendar of working days on record, and telling the rooms above whose dates follow from it."""

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
    """A date that the new calendar moved: ``what`` names it as a person would."""

    what: str
    before: date
    after: date

    def __str__(self) -> str:
        return f"{self.what}: {self.before} -> {self.after}"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    pin: CalendarVersion
    is_new: bool
    moved: list[Moved]


@transaction.atomic
def load_calendar(*, actor: Actor) -> Loaded:
    """Put the calendar of the file on record; may be run again at any time.

    Effects in order: the pin of the version with the hash of its file; the handlers of
    ``settings.CALENDAR_HANDLERS``, called as ``handler(pin, actor=actor)``, each of which computes its dates
    again and returns those that moved; the audit event of a new version. The handlers are called for a known
    version too: a process that still served with the calendar of before may have counted in it meanwhile.

    Raises RuleBookError where the file was changed under the same version, or is older than the latest one
    on record; then nothing is done.
    """
    calendar = calendars.kazakhstan()
    pin, is_new = CalendarVersion.objects.get_or_create(
        code=calendar.code, version=calendar.version, defaults={"sha256": calendar.sha256}
    )
    if fault := fault_of(calendar):
        raise RuleBookError(fault)
    moved = [one for path in settings.CALENDAR_HANDLERS for one in import_string(path)(pin, actor=actor)]
    if is_new:
        data = {"version": pin.version, "sha256": pin.sha256, "moved": len(moved)}
        record(subject=f"calendar:{pin.code}", kind="calendar.publish", actor=actor, data=data)
    return Loaded(pin=pin, is_new=is_new, moved=moved)


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
