"""The heads outside the database: one file a day, never a step back without an alarm."""

import hashlib
import json
import logging
from datetime import UTC, datetime

import pytest
import time_machine

from audit.anchors import Anchor, Damaged, anchor_heads, newest, path_of, read
from audit.models import Chain, Event
from audit.tasks import anchor_heads as task

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alarms(caplog):
    caplog.set_level(logging.ERROR, logger="audit.anchors")
    return lambda: [entry.getMessage() for entry in caplog.records if entry.name == "audit.anchors"]


def heads(path):
    return {anchor.subject: (anchor.length, anchor.head) for anchor in read(path)}


def test_a_file_is_lines_of_heads_in_order_and_its_own_hash(chain, anchor_dir, alarms):
    last = {subject: chain(subject, 2)[-1].hash for subject in ("case:2", "Case:1", "ә:1")}

    path = anchor_heads()

    assert path == anchor_dir / "heads-2026-11-22.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    assert [json.loads(line) for line in lines[:-1]] == [
        {"subject": subject, "length": 2, "head": last[subject]} for subject in ("Case:1", "case:2", "ә:1")
    ]
    assert json.loads(lines[-1]) == {"sha256": hashlib.sha256(b"".join(lines[:-1])).hexdigest()}
    assert sorted(file.name for file in anchor_dir.iterdir()) == [".lock", "heads-2026-11-22.jsonl"]
    assert alarms() == []


def test_the_newest_heads_of_the_day_win(chain, alarms):
    chain("case:1", 2)
    anchor_heads()
    last = chain("case:1", 3)[-1]
    [other] = chain("case:2", 1)

    task()

    assert heads(newest()) == {"case:1": (5, last.hash), "case:2": (1, other.hash)}
    assert alarms() == []


def test_a_day_is_a_day_in_almaty(chain, clock):
    chain()
    clock.move_to(datetime(2026, 11, 22, 18, 59, tzinfo=UTC))
    assert anchor_heads().name == "heads-2026-11-22.jsonl"
    clock.move_to(datetime(2026, 11, 22, 19, 0, tzinfo=UTC))
    assert anchor_heads().name == "heads-2026-11-23.jsonl"


def test_an_empty_record_has_an_anchor_too():
    assert heads(anchor_heads()) == {}


def test_yesterdays_file_is_left_as_it_is(chain, clock):
    chain("case:1", 2)
    yesterday = anchor_heads()
    before = yesterday.read_bytes()
    clock.shift(86400)
    chain("case:1", 2)

    assert anchor_heads() != yesterday
    assert yesterday.read_bytes() == before


@pytest.mark.parametrize("next_day", [False, True])
@pytest.mark.parametrize("forgery", ["cut", "rewritten", "gone", "cut and grown again"])
def test_a_step_back_is_an_alarm_and_the_anchor_stays(chain, owner, clock, alarms, forgery, next_day):
    last = chain("case:1", 5)[-1]
    [other] = chain("case:2", 1)
    anchor_heads()
    with owner():
        if forgery == "gone":
            Event.objects.filter(subject="case:1").delete()
            Chain.objects.filter(subject="case:1").delete()
        elif forgery == "rewritten":
            Chain.objects.filter(subject="case:1").update(head="f" * 64)
        else:
            Event.objects.filter(subject="case:1", number__gt=3).delete()
            head = Event.objects.get(subject="case:1", number=3).hash
            Chain.objects.filter(subject="case:1").update(length=3, head=head)
    if forgery == "cut and grown again":
        chain("case:1", 3)
    if next_day:
        clock.shift(86400)

    path = anchor_heads()

    rows = {"cut": 3, "rewritten": 5, "gone": 0, "cut and grown again": 6}[forgery]
    assert alarms() == [
        f"AUDIT ALARM: chain case:1 has {rows} rows and does not hold the head anchored at row 5; "
        "the anchor is kept"
    ]
    assert heads(path) == {"case:1": (5, last.hash), "case:2": (1, other.hash)}


def test_a_damaged_file_is_an_alarm_is_kept_aside_and_the_one_before_it_counts(
    chain, owner, clock, alarms, anchor_dir
):
    chain("case:1", 5)
    anchor_heads()
    clock.shift(86400)
    damaged = anchor_heads()
    damaged.write_bytes(damaged.read_bytes().replace(b'"length": 5', b'"length": 1'))
    with pytest.raises(Damaged):
        read(damaged)
    with owner():
        Event.objects.all().delete()
        Chain.objects.all().delete()

    assert heads(anchor_heads()).keys() == {"case:1"}

    assert [alarm.partition(":")[0] for alarm in alarms()] == ["AUDIT ALARM", "AUDIT ALARM"]
    assert (anchor_dir / "heads-2026-11-23.jsonl.damaged").exists()


def test_a_failure_while_writing_leaves_the_old_file(chain, monkeypatch):
    chain("case:1", 2)
    path = anchor_heads()
    before = path.read_bytes()
    chain("case:1", 2)

    def full(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr("audit.anchors.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        anchor_heads()

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir() if file.name not in (path.name, ".lock")] == []


def test_what_is_read_is_what_was_written(chain):
    [event] = chain('case:"\n\u2028ә', 1)
    assert list(read(anchor_heads())) == [Anchor('case:"\n\u2028ә', 1, event.hash)]
    assert path_of(NOON.date()) == newest()
