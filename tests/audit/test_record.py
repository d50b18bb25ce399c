"""Writing to the record: one chain, no forks, all or nothing, and no rights to take anything back."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actors import System
from accounts.models import User
from audit.canonical import canonical, hash_of
from audit.grants import append_only_tables
from audit.models import START, Chain, Event
from audit.request import current_request_id
from audit.services import record
from audit.verify import faults
from workflow.models import Duty

TIMER = System("timer")


def test_the_canonical_form_is_fixed():
    event = Event(
        subject="case:1", number=2, kind="case.note", actor_id="7", actor_name="Дана", from_state="a",
        to_state="b", reason="№ 1", data={"b": 1, "a": [None, True, "ә"]}, request_id="r",
        at=datetime(2026, 11, 22, 15, 4, 5, 6, tzinfo=timezone(timedelta(hours=5))), previous_hash=START,
    )  # fmt: skip
    text = (
        '{"actor_id":"7","actor_name":"Дана","at":"2026-11-22T10:04:05.000006+00:00",'
        '"data":{"a":[null,true,"ә"],"b":1},"from_state":"a","kind":"case.note","number":2,'
        f'"previous_hash":"{START}","reason":"№ 1","request_id":"r","subject":"case:1","to_state":"b"}}'
    )
    assert canonical(event) == text.encode()


@pytest.mark.django_db
def test_an_event_continues_its_chain_and_comes_back_as_it_was_written(chain):
    first, second = chain("case:1", 2)

    assert (first.number, first.previous_hash) == (1, START)
    assert (second.number, second.previous_hash) == (2, first.hash)
    stored = Event.objects.get(subject="case:1", number=2)
    assert hash_of(stored) == stored.hash == second.hash
    assert Chain.objects.get(pk="case:1").length == 2
    assert Chain.objects.get(pk="case:1").head == second.hash


@pytest.mark.django_db
def test_chains_do_not_touch_each_other(chain):
    chain("case:1", 2)
    [other] = chain("case:2", 1)
    assert (other.number, other.previous_hash) == (1, START)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction of its act"):
        record(subject="case:1", kind="case.note", actor=TIMER)
    assert Event.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", [1.0, Decimal(1), datetime(2026, 1, 1, tzinfo=UTC), {1: "x"}, {"a": {2}}, b"x"]
)
def test_data_that_would_come_back_changed_is_refused(value):
    with pytest.raises(TypeError), transaction.atomic():
        record(subject="case:1", kind="case.note", actor=TIMER, data={"value": value})
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_an_event_carries_the_id_of_its_request(client, monkeypatch):
    answer = client.get("/healthz")
    assert len(answer.headers["X-Request-ID"]) == 32
    assert client.get("/healthz").headers["X-Request-ID"] != answer.headers["X-Request-ID"]
    assert current_request_id() == ""


@pytest.mark.django_db
def test_the_actors_name_stays_as_it_was_when_the_account_is_renamed_or_deleted():
    dana = User.objects.create_user("dana@example.test", full_name="Dana Serikqyzy")
    with transaction.atomic():
        record(subject="case:1", kind="case.note", actor=dana)
    pk = str(dana.pk)

    User.objects.filter(pk=dana.pk).update(full_name="Somebody Else")
    dana.delete()

    event = Event.objects.get(subject="case:1")
    assert (event.actor_id, event.actor_name) == (pk, "Dana Serikqyzy")
    assert list(faults()) == []


@pytest.mark.django_db(transaction=True)
def test_when_the_event_cannot_be_written_the_business_change_is_undone(owner):
    dana = User.objects.create_user("dana@example.test", full_name="Dana")
    with owner() as cursor:
        cursor.execute("REVOKE INSERT ON audit_event FROM kzcustody_app")
    try:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: PT012
            User.objects.filter(pk=dana.pk).update(full_name="Changed")
            record(subject="account:1", kind="account.rename", actor=dana)
    finally:
        with owner() as cursor:
            cursor.execute("GRANT INSERT ON audit_event TO kzcustody_app")

    dana.refresh_from_db()
    assert dana.full_name == "Dana"
    assert (Event.objects.count(), Chain.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_on_one_chain_make_no_fork():
    barrier, errors = threading.Barrier(50), []

    def write(number):
        try:
            barrier.wait()
            with transaction.atomic():
                record(subject="case:1", kind="case.note", actor=TIMER, data={"n": number})
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    events = list(Event.objects.filter(subject="case:1"))
    assert [event.number for event in events] == list(range(1, 51))
    assert sorted(event.data["n"] for event in events) == list(range(50))
    assert len({event.previous_hash for event in events}) == 50
    assert list(faults()) == []


# --- What the app role may not do

ATTACKS = [
    "UPDATE {} SET id = id",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} OWNER TO kzcustody_app",
    "ALTER TABLE {} DROP COLUMN id",
    "DROP TABLE {}",
    "CREATE TRIGGER t BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE r AS ON INSERT TO {} DO INSTEAD NOTHING",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
]


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_event", "workflow_duty"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_app_role_is_refused(chain, table, attack):
    chain()
    Duty.objects.create(case="case:1", human="human-1", side="examine", act="look")
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        run(attack.format(table))
    assert (Event.objects.count(), Duty.objects.count()) == (5, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attack",
    [
        "SET session_replication_role = replica",
        "DELETE FROM audit_chain",
        "TRUNCATE audit_chain",
        "CREATE TABLE public.mine (id int)",
        "ALTER ROLE kzcustody_app SUPERUSER",
        "COPY audit_event TO PROGRAM 'cat'",
    ],
)
def test_the_app_role_has_no_way_round(chain, attack):
    chain()
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        run(attack)
    assert list(faults()) == []


@pytest.mark.django_db
def test_every_append_only_table_is_closed_to_the_app_role():
    tables = append_only_tables()
    assert {"audit_event", "workflow_duty"} <= set(tables)
    for table in tables:
        run(f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO kzcustody_app")  # a warning, and no right
        rights = [
            right
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES")
            if run(f"SELECT has_table_privilege(current_user, '{table}', '{right}')")
        ]
        assert rights == ["SELECT", "INSERT"], table


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
