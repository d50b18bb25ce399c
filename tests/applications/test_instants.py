"""The zone moves, as was talked of in December 2024: what is due keeps its day, and its instant follows."""

import struct
import zoneinfo
from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from applications import runs
from applications.models import Application
from applications.services import clocks
from applications.services.instants import set_instants
from applications.services.standing import keep
from audit.models import Event
from audit.verify import faults
from regulators import checks, zone
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import SHELL, fresh

migration = import_module("applications.migrations.0042_clocks_of_things")
CHANGED = int(datetime(2024, 2, 29, 18, tzinfo=UTC).timestamp())  # midnight at UTC+6
BACK = int(datetime(2026, 12, 31, 19, tzinfo=UTC).timestamp())  # midnight of 1 January 2027 at UTC+5
BEFORE, AFTER = date(2026, 12, 30), date(2027, 1, 8)


def compiled(*moves):
    """A zone file as zic writes it: UTC+6, and from each of these moments on so many hours."""
    hours = sorted({6, *(hour for _moment, hour in moves)})
    names = b"".join(b"+%02d\x00" % hour for hour in hours)
    counts = (0, 0, 0, len(moves), len(hours), len(names))
    first = (
        struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
        + struct.pack(">lBB", 21600, 0, 0)
        + b"+06\x00"
    )
    types = [struct.pack(">lBB", hour * 3600, 0, 4 * number) for number, hour in enumerate(hours)]
    ordered = [6, *(hour for hour in hours if hour != 6)]
    types = [types[hours.index(hour)] for hour in ordered]
    data = struct.pack(">4sc15x6l", b"TZif", b"2", *counts)
    data += b"".join(struct.pack(">q", moment) for moment, _hour in moves)
    data += bytes(ordered.index(hour) for _moment, hour in moves) + b"".join(types) + names
    last = moves[-1][1] if moves else 6
    return first + data + b"\n<+%02d>-%d\n" % (last, last)


@pytest.fixture
def zone_file(tmp_path, monkeypatch):
    """A function: from now on Almaty is as this file says."""

    def use(*moves):
        (tmp_path / "Asia").mkdir(exist_ok=True)
        (tmp_path / "Asia" / "Almaty").write_bytes(compiled(*moves))
        zoneinfo.reset_tzpath(to=[str(tmp_path)])
        monkeypatch.setattr(runs, "ALMATY", zoneinfo.ZoneInfo.no_cache("Asia/Almaty"))

    yield use
    zoneinfo.reset_tzpath()


@pytest.fixture
def case(custody_firm, firm_user, afm):
    """One period ends before the zone moves, one after it; one that ended after it is met."""
    case = filed_with_little(custody_firm, firm_user, afm)
    clocks.start(case, "receipt")
    for code, day in (("completeness", BEFORE), ("decision", AFTER), ("registration", AFTER)):
        case.deadlines.filter(code=code).update(due_on=day, due_at=clocks.end_of(day))
    clocks.stop(case, cause="submit", codes=("registration",))
    keep([case.pk])
    return fresh(case)


def held(case):
    return {one.code: (one.due_on, one.due_at) for one in case.deadlines.all()}


def at(year, month, day, hour):
    return datetime(year, month, day, hour, 59, 59, tzinfo=UTC)


def test_a_trial_move_back_lists_exactly_what_moved(case, zone_file, capsys):
    assert held(case) == {
        "completeness": (BEFORE, at(2026, 12, 30, 18)),
        "decision": (AFTER, at(2027, 1, 8, 18)),
        "registration": (AFTER, at(2027, 1, 8, 18)),
    }
    zone_file((CHANGED, 5), (BACK, 6))
    call_command("recompute_deadlines")
    assert capsys.readouterr().out.splitlines() == [
        f"moved {case} decision: 2027-01-08T18:59:59+00:00 -> 2027-01-08T17:59:59+00:00",
        "1 moved",
    ]
    assert held(case) == {
        "completeness": (BEFORE, at(2026, 12, 30, 18)),
        "decision": (AFTER, at(2027, 1, 8, 17)),
        "registration": (AFTER, at(2027, 1, 8, 18)),  # it is over, and stays as it was
    }
    event = Event.objects.get(subject=case.audit_subject, kind="application.instants_moved")
    moved = {"from": "2027-01-08T18:59:59+00:00", "to": "2027-01-08T17:59:59+00:00"}
    assert (event.data, event.actor_name) == ({"moved": {"decision": moved}}, "system: recompute_deadlines")
    assert fresh(case).next_due == at(2026, 12, 30, 18)
    assert list(faults()) == []


def test_a_second_run_and_the_same_zone_move_nothing(case, zone_file):
    assert list(set_instants(actor=SHELL)) == []
    zone_file((CHANGED, 5), (BACK, 6))
    assert len(list(set_instants(actor=SHELL))) == 1
    assert list(set_instants(actor=SHELL)) == []
    zone_file((CHANGED, 5))
    assert len(list(set_instants(actor=SHELL))) == 1
    assert held(case)["decision"] == (AFTER, at(2027, 1, 8, 18))


def test_a_case_that_is_decided_stays_as_it_was(case, zone_file):
    Application.objects.filter(pk=case.pk).update(state="granted")
    zone_file((CHANGED, 5), (BACK, 6))
    assert list(set_instants(actor=SHELL)) == []


# --- what the data on this machine know


def test_python_and_postgresql_know_the_zone(db):
    assert checks.python_knows_the_zone(None) == []
    assert checks.postgresql_knows_the_zone(None, databases=["default"]) == []
    assert checks.postgresql_knows_the_zone(None, databases=None) == []


def test_data_of_before_2024_are_an_error(zone_file):
    zone_file()
    [error] = checks.python_knows_the_zone(None)
    assert error.id == "regulators.E004"
    assert error.msg == (
        "Python has another time in Asia/Almaty on 2024-03-01: "
        "it is UTC+6 until 29 February 2024, and UTC+5 since."
    )


@pytest.mark.parametrize(("other", "days"), [("Asia/Omsk", "2024-03-01"), ("Asia/Aqtau", "2024-02-28")])
def test_postgresql_that_knows_another_time_is_an_error(db, monkeypatch, other, days):
    monkeypatch.setattr(zone, "ALMATY", other)  # which was, and is, at UTC+6, or at UTC+5
    [error] = checks.postgresql_knows_the_zone(None, databases=["default"])
    assert (error.id, error.msg.partition(" on ")[2].partition(":")[0]) == ("regulators.E005", days)


def test_the_hour_that_came_twice_is_in_the_file_of_the_tests_too(zone_file):
    """The compiled file reads as the shipped data do: 23:30 of 29 February came twice."""
    zone_file((CHANGED, 5))
    moments = [datetime(2024, 2, 29, hour, 30, tzinfo=UTC) for hour in (17, 18)]
    local = [moment.astimezone(runs.ALMATY) for moment in moments]
    assert [(f"{one:%d %H:%M}", one.fold) for one in local] == [("29 23:30", 0), ("29 23:30", 1)]
    assert [clocks.end_of(date(2024, 2, day)) for day in (28, 29)] == [
        datetime(2024, 2, 28, 17, 59, 59, tzinfo=UTC), datetime(2024, 2, 29, 18, 59, 59, tzinfo=UTC)
    ]  # fmt: skip


# --- the migration


def test_the_day_of_a_deadline_of_before_is_that_of_its_instant_in_almaty(case):
    days = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
    codes = ["completeness", "decision", "registration"]
    for code, day in zip(codes, days, strict=True):
        case.deadlines.filter(code=code).update(due_on=date(2000, 1, 1), due_at=clocks.end_of(day))
    with connection.cursor() as cursor:
        cursor.execute(migration.DAYS)
    assert [case.deadlines.get(code=code).due_on for code in codes] == days


def test_the_way_back_forgets_what_is_about_one_thing_alone(case):
    before = set(case.deadlines.values_list("pk", flat=True))
    clocks.start_about(case, "consultation:1", codes=["concurrence"], cause="notice")
    assert case.deadlines.count() == len(before) + 1
    migration.forget_clocks_of_things(apps, None)
    assert set(case.deadlines.values_list("pk", flat=True)) == before
