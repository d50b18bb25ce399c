"""The calendar on record: each version once with its hash, news to the rooms above, and what is refused."""

from datetime import date

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils.module_loading import import_string

from accounts.actors import System
from audit.models import Event
from regulators import calendars, checks, services
from regulators.loader import RuleBookError
from regulators.models import CalendarVersion
from regulators.services.calendars import Failed, Moved

SHELL = System("tests")
HEARD = []
MOVED = Moved(what="KZC-1 decision", before=date(2026, 12, 14), after=date(2026, 12, 15))


def hear(pin, *, actor):
    HEARD.append((str(pin), actor))
    return [MOVED]


def stumble(pin, *, actor):
    raise ZeroDivisionError


def name(pin, *, actor):
    yield Failed(what="KZC-2 decision", why="no such year")


@pytest.fixture
def heard(settings, db):
    """What a handler heard: version and actor."""
    settings.CALENDAR_HANDLERS = [f"{__name__}.hear"]
    HEARD.clear()
    return HEARD


def on_record():
    return list(CalendarVersion.objects.order_by("pk").values_list("code", "version", "sha256"))


def published():
    return [
        (event.subject, event.actor_name, event.data)
        for event in Event.objects.filter(kind="calendar.publish")
    ]


def test_every_handler_that_is_named_is_there():
    assert all(callable(import_string(path)) for path in django_settings.CALENDAR_HANDLERS)


def test_a_version_is_put_on_record_once_with_the_hash_of_its_file(heard):
    calendar = calendars.kazakhstan()
    first = services.load_calendar(actor=SHELL)
    assert (str(first.pin), first.is_new, first.moved) == (str(calendar), True, [MOVED])
    assert on_record() == [("kz", calendar.version, calendar.sha256)]
    data = {"version": calendar.version, "sha256": calendar.sha256}
    assert published() == [("calendar:kz", SHELL.audit_name, data)]
    again = services.load_calendar(actor=SHELL)
    assert (again.pin, again.is_new) == (first.pin, False)
    assert len(on_record()) == len(published()) == 1
    assert heard == [(str(calendar), SHELL)] * 2


def test_what_a_handler_has_done_stays_where_it_is_stopped_and_the_next_run_goes_on(heard, settings):
    settings.CALENDAR_HANDLERS = [f"{__name__}.hear", f"{__name__}.stumble"]
    said = []
    with pytest.raises(ZeroDivisionError):
        services.load_calendar(actor=SHELL, say=said.append)
    assert said[1:] == [f"moved {MOVED}"]
    assert len(on_record()) == len(published()) == 1
    settings.CALENDAR_HANDLERS = [f"{__name__}.hear"]
    again = services.load_calendar(actor=SHELL)
    assert (again.is_new, again.moved, len(published())) == (False, [MOVED], 1)


def test_the_command_names_what_failed_and_ends_with_1(heard, settings, capsys):
    settings.CALENDAR_HANDLERS = [f"{__name__}.hear", f"{__name__}.name"]
    with pytest.raises(CommandError, match=r"1 failed\. Mend what they name, then run this again") as ended:
        call_command("load_rulebooks")
    assert ended.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "moved KZC-1 decision: 2026-12-14 -> 2026-12-15", "failed KZC-2 decision: no such year"
    ]  # fmt: skip


def test_the_same_version_with_other_days_is_refused(heard, new_calendar):
    services.load_calendar(actor=SHELL)
    before = on_record()
    heard.clear()
    new_calendar(calendars.kazakhstan().version, off=[date(2026, 12, 15)])
    message = (
        r"kz.toml: the calendar was changed after its version 2026.1 was loaded. .* under a new version."
    )
    with pytest.raises(RuleBookError, match=message):
        services.load_calendar(actor=SHELL)
    assert (on_record(), heard) == (before, [])
    errors = checks.files_are_as_published(None, databases=["default"])
    assert [error.id for error in errors] == ["regulators.E003"]


def test_an_older_calendar_does_not_come_back(heard, new_calendar):
    new_calendar("2026.1")
    services.load_calendar(actor=SHELL)
    new_calendar("2026.2", off=[date(2026, 12, 15)])
    services.load_calendar(actor=SHELL)
    new_calendar("2026.1")
    with pytest.raises(RuleBookError, match=r"version 2026.2 was loaded after 2026.1"):
        services.load_calendar(actor=SHELL)
    errors = checks.files_are_as_published(None, databases=["default"])
    assert [error.id for error in errors] == ["regulators.E003"]


def test_a_calendar_as_loaded_or_not_loaded_yet_passes_the_checks(heard, new_calendar):
    services.load_calendar(actor=SHELL)
    assert checks.files_are_as_published(None, databases=["default"]) == []
    new_calendar("2099.1")
    assert checks.files_are_as_published(None, databases=["default"]) == []


def test_a_version_on_record_is_never_rewritten(heard):
    services.load_calendar(actor=SHELL)
    with pytest.raises(DatabaseError), transaction.atomic():
        CalendarVersion.objects.update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        CalendarVersion.objects.all().delete()


def test_the_command_lists_what_moved(heard, capsys, settings):
    call_command("load_rulebooks")
    calendar = calendars.kazakhstan()
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"calendar kz {calendar.version}: published, SHA-256 {calendar.sha256}",
        "moved KZC-1 decision: 2026-12-14 -> 2026-12-15",
    ]
    settings.CALENDAR_HANDLERS = []
    call_command("load_rulebooks")
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"calendar kz {calendar.version}: as published, SHA-256 {calendar.sha256}"


def test_the_command_fails_with_the_words_of_the_error(heard, new_calendar):
    services.load_calendar(actor=SHELL)
    new_calendar(calendars.kazakhstan().version, off=[date(2026, 12, 15)])
    with pytest.raises(CommandError, match="under a new version"):
        call_command("load_rulebooks")
