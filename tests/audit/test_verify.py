"""Forged chains: whoever holds the keys of the database is found out, and the first bad row is named."""

import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.actors import System
from audit import verify
from audit.anchors import anchor_heads
from audit.canonical import hash_of
from audit.models import START, Chain, Event
from audit.services import record
from audit.verify import faults

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 7, tzinfo=UTC)


def found(subject=""):
    return [str(fault) for fault in faults(subject)]


def rehash(subject, *, first=1, head=True):
    """What a careful forger does: make every hash from this row on agree again, and the head too."""
    previous = START if first == 1 else Event.objects.get(subject=subject, number=first - 1).hash
    for event in Event.objects.filter(subject=subject, number__gte=first).order_by("number"):
        event.previous_hash = previous
        event.hash = previous = hash_of(event)
        event.save(update_fields=["previous_hash", "hash"])
    if head:
        last = Event.objects.filter(subject=subject).order_by("number").last()
        Chain.objects.filter(subject=subject).update(length=last.number, head=last.hash)


def of(subject="case:1"):
    return Event.objects.filter(subject=subject)


def test_a_true_record_has_no_fault(chain):
    for subject in ("case:1", "account:2", "rulebook:ә", "Case:1", "case:10"):
        chain(subject, 3)
    anchor_heads()
    chain("case:1", 2)
    seen = Counter()
    assert list(faults(seen=seen)) == []
    assert seen == {"chains": 5, "events": 17, "anchors": 5}


FIELDS = {
    "kind": "case.other", "actor_id": "9", "actor_name": "Somebody Else", "from_state": "x", "to_state": "x",
    "reason": "better", "data": {"n": 99}, "request_id": "x", "at": "2020-01-01T00:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_an_edited_row_is_named_whichever_field_it_was(chain, owner, field):
    chain()
    with owner():
        of().filter(number=3).update(**{field: FIELDS[field]})
    assert found() == ["case:1 row 3: edited: its content does not give its hash"]


def test_every_field_of_an_event_is_under_the_hash():
    covered = {*FIELDS, "subject", "number", "previous_hash", "hash", "id"}
    assert {field.name for field in Event._meta.concrete_fields} == covered


def test_an_edited_row_with_a_new_hash_is_named_by_the_row_after_it(chain, owner):
    chain()
    with owner():
        row = of().get(number=3)
        row.reason = "better"
        row.hash = hash_of(row)
        row.save()
    assert found() == ["case:1 row 3: replaced: row 4 was written after another row 3"]


def test_the_last_row_edited_with_a_new_hash_is_named_by_the_head(chain, owner):
    chain()
    with owner():
        row = of().get(number=5)
        row.reason = "better"
        row.hash = hash_of(row)
        row.save()
    assert found() == ["case:1 row 5: this row is not the one that the head was taken from"]


@pytest.mark.parametrize("number", [1, 3])
def test_a_deleted_row_is_named(chain, owner, number):
    chain()
    with owner():
        of().filter(number=number).delete()
    assert found() == [f"case:1 row {number}: missing: row {number + 1} follows row {number - 1}"]


def test_a_deleted_row_with_the_gap_closed_is_named(chain, owner):
    chain()
    with owner():
        of().filter(number=3).delete()
        for number in (4, 5):
            of().filter(number=number).update(number=number - 1)
    assert found() == ["case:1 row 3: edited: its content does not give its hash"]


def test_two_rows_that_changed_places_are_named(chain, owner):
    chain()
    with owner():
        of().filter(number=2).update(number=99)
        of().filter(number=3).update(number=2)
        of().filter(number=99).update(number=3)
    assert found() == ["case:1 row 2: edited: its content does not give its hash"]


def test_an_inserted_last_row_is_named(chain, owner):
    last = chain()[-1]
    with owner():
        forged = Event(
            subject="case:1",
            number=6,
            kind="case.note",
            actor_name="Nobody",
            at=last.at,
            previous_hash=last.hash,
        )
        forged.hash = hash_of(forged)
        forged.save()
    assert found() == ["case:1 row 6: inserted: the head says 5 rows"]


def test_a_row_inserted_between_is_named(chain, owner):
    chain()
    with owner():
        for number in (5, 4, 3):
            of().filter(number=number).update(number=number + 1)
        row = of().get(number=2)
        row.pk, row.number = None, 3
        row.save(force_insert=True)
    assert found() == ["case:1 row 3: edited: its content does not give its hash"]


def test_a_cut_tail_is_named_by_the_head(chain, owner):
    chain()
    with owner():
        of().filter(number__gt=3).delete()
    assert found() == ["case:1 row 4: the tail was cut: the head says 5 rows, 3 are here"]


def test_a_chain_taken_over_from_another_is_named(chain, owner):
    chain("case:1")
    chain("case:2", 1)
    with owner():
        of("case:2").delete()
        of("case:1").update(subject="case:2")
        Chain.objects.filter(subject="case:1").delete()
        Chain.objects.filter(subject="case:2").update(length=5)
    assert found() == ["case:2 row 1: edited: its content does not give its hash"]


def test_a_chain_that_starts_in_the_middle_is_named(chain, owner):
    chain()
    with owner():
        of().filter(number=1).delete()
        for event in of().order_by("number"):
            event.number -= 1
            event.hash = hash_of(event)
            event.save()
    assert found() == ["case:1 row 1: not a first row: it was written after another one"]


def test_rows_without_a_head_and_a_head_without_rows_are_named(chain, owner):
    chain("case:1")
    chain("case:2", 4)
    with owner():
        Chain.objects.filter(subject="case:1").delete()
        of("case:2").delete()
    assert found() == [
        "case:1: the chain has rows and no head",
        "case:2 row 1: the tail was cut: the head says 4 rows, 0 are here",
    ]


# --- Forgeries that only the anchor shows


def test_without_an_anchor_a_careful_forger_would_not_be_seen(chain, owner):
    chain()
    with owner():
        of().filter(number__gt=3).delete()
        rehash("case:1")
    assert found() == []


def test_a_cut_tail_with_the_head_moved_back_is_found_through_the_anchor(chain, owner):
    chain()
    anchor_heads()
    with owner():
        of().filter(number__gt=3).delete()
        rehash("case:1")
    assert found() == ["case:1 row 4: the tail was cut: 5 rows were anchored, 3 are here"]


def test_a_cut_tail_that_has_grown_again_is_found_through_the_anchor(chain, owner):
    chain()
    anchor_heads()
    with owner():
        of().filter(number__gt=3).delete()
        rehash("case:1")
    chain("case:1", 4)
    assert found() == [
        "case:1 row 5: this is not the row that was anchored; it or one before it was rewritten"
    ]


def test_a_rewritten_chain_is_found_through_the_anchor(chain, owner):
    chain()
    anchor_heads()
    with owner():
        of().filter(number=2).update(reason="better")
        rehash("case:1")
    assert found() == [
        "case:1 row 5: this is not the row that was anchored; it or one before it was rewritten"
    ]


def test_a_whole_chain_that_is_gone_is_found_through_the_anchor(chain, owner):
    for subject in ("case:1", "case:2", "case:3"):
        chain(subject, 2)
    anchor_heads()
    with owner():
        Event.objects.exclude(subject="case:2").delete()
        Chain.objects.exclude(subject="case:2").delete()
    assert found() == [
        "case:1 row 1: the whole chain is gone: 2 rows were anchored",
        "case:3 row 1: the whole chain is gone: 2 rows were anchored",
    ]


def test_an_old_table_put_back_is_found_through_the_anchor(chain, owner):
    chain("case:1", 2)
    old = list(of().values()), list(Chain.objects.values())
    chain("case:1", 2)
    anchor_heads()
    with owner():
        Event.objects.all().delete()
        Chain.objects.all().delete()
        Event.objects.bulk_create(Event(**row) for row in old[0])
        Chain.objects.bulk_create(Chain(**row) for row in old[1])
    assert found() == ["case:1 row 3: the tail was cut: 4 rows were anchored, 2 are here"]


@pytest.mark.parametrize("forge", ["edit", "cut", "add", "empty", "swap"])
def test_a_forged_anchor_file_is_named_and_the_chains_are_still_walked(chain, owner, forge):
    chain("case:1")
    chain("case:2")
    path = anchor_heads()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        {
            "edit": b"".join(lines).replace(b'"length": 5', b'"length": 3', 1),
            "cut": b"".join(lines[:-1]),
            "add": b"".join(lines) + lines[0],
            "empty": b"",
            "swap": b"".join([lines[1], lines[0], lines[2]]),
        }[forge]
    )
    with owner():
        of().filter(number=2).update(reason="better")
    assert found() == [
        f"{path.name}: The anchor file {path.name} is damaged: it is not what was written.",
        "case:1 row 2: edited: its content does not give its hash",
    ]


# --- One chain, the command, and memory


def test_one_chain_alone(chain, owner):
    chain("case:1")
    chain("case:2")
    anchor_heads()
    with owner():
        of("case:1").filter(number=2).update(reason="better")
    assert found("case:2") == []
    assert found("case:1") == ["case:1 row 2: edited: its content does not give its hash"]


def test_the_command_says_what_it_read(chain):
    chain("case:1")
    chain("case:2", 1)
    anchor_heads()
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "No fault found: 6 events in 2 chains, 2 held against an anchor.\n"
    out = StringIO()
    call_command("verify_audit", subject="case:2", stdout=out)
    assert out.getvalue() == "No fault found: 1 events in 1 chains, 1 held against an anchor.\n"


def test_the_command_names_the_rows_and_fails(chain, owner):
    chain("case:1")
    chain("case:2")
    with owner():
        of("case:1").filter(number=2).update(reason="better")
        of("case:2").filter(number=4).delete()
    out = StringIO()
    with pytest.raises(CommandError, match="2 faults found"):
        call_command("verify_audit", stdout=out)
    assert out.getvalue() == (
        "case:1 row 2: edited: its content does not give its hash\n"
        "case:2 row 4: missing: row 5 follows row 3\n"
    )


def test_the_command_fails_for_a_chain_that_is_not_there(chain):
    chain("case:1")
    with pytest.raises(CommandError, match="no chain called case:7"):
        call_command("verify_audit", subject="case:7")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("forged", [False, True])
def test_the_exit_code_of_the_command(chain, owner, anchor_dir, forged):
    chain()
    if forged:
        with owner():
            of().filter(number=2).update(reason="better")
    code = (
        "import django; from django.conf import settings; django.setup();"
        f"settings.DATABASES['default']['NAME'] = {settings.DATABASES['default']['NAME']!r};"
        "from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'verify_audit'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
        env={**os.environ, "AUDIT_ANCHOR_DIR": str(anchor_dir)},
    )  # fmt: skip
    assert done.returncode == (1 if forged else 0), done.stderr
    assert ("case:1 row 2: edited" in done.stdout) is forged


@pytest.mark.django_db(transaction=True)
def test_the_walk_is_one_view_of_the_database(chain, monkeypatch):
    """A row committed while the walk is under way is neither a cut tail nor an insertion."""
    chain("case:1")
    chain("case:2")
    rows = verify._rows("")

    def slow(subject):
        for number, row in enumerate(rows):
            if number == 1:
                _append_elsewhere()
            yield row

    monkeypatch.setattr(verify, "_rows", slow)
    assert found() == []
    assert of("case:2").count() == 6


def _append_elsewhere():
    from threading import Thread

    from django.db import connection

    def write():
        with transaction.atomic():
            record(subject="case:2", kind="case.note", actor=System("test"))
        connection.close()

    thread = Thread(target=write)
    thread.start()
    thread.join()


def test_memory_does_not_grow_with_the_record():
    peaks = []
    for subject, count in (("case:1", 2_500), ("case:2", 7_500)):
        true_chain(subject, count)
        tracemalloc.start()
        assert found(subject) == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2, peaks


def true_chain(subject, count):
    """As ``record`` would write it, many rows at once."""
    events, previous = [], START
    for number in range(1, count + 1):
        event = Event(
            subject=subject,
            number=number,
            kind="case.note",
            actor_name="system: test",
            at=AT,
            previous_hash=previous,
        )
        event.hash = previous = hash_of(event)
        events.append(event)
    Event.objects.bulk_create(events, batch_size=1000)
    Chain.objects.create(subject=subject, length=count, head=previous)
