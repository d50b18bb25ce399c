"""No licence without a confirmed legal basis, no number twice, none left out; readiness is no licence."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import Event
from licences import services
from licences.models import Licence, NumberSeries, ReadinessRecord, RegisterEntry
from regulators.models import LicenceType
from workflow.errors import NotReady


def direct(basis, licence_type, firm, **fields):
    return Licence.objects.create(
        number="X-1",
        firm=firm,
        firm_name=firm.name,
        licence_type=licence_type,
        regulator="afsa",
        rulebook_version="1",
        authority_basis=basis,
        granted_at=datetime(2026, 11, 2, 6, 0, tzinfo=UTC),
        case_reference="KZC-1",
        search_text="",
        **fields,
    )


def test_a_grant_writes_licence_history_and_record(grant, firm, licence_type):
    licence = grant(conditions=["Keep 90% in cold storage."])

    assert (licence.number, licence.state, licence.in_force) == ("AFSA-2026-0001", "active", True)
    assert (licence.firm_name, licence.bin, licence.regulator) == (firm.name, firm.bin, "afsa")
    assert licence.conditions == [
        {"text": "Keep 90% in cold storage.", "origin": "granted", "since": 1, "until": None}
    ]
    assert list(licence.history.values_list("what", "from_state", "to_state")) == [("granted", "", "active")]
    events = Event.objects.filter(subject="licence:AFSA-2026-0001")
    assert list(events.values_list("kind", "to_state")) == [("licence.issue", "active")]


@pytest.mark.parametrize(
    ("fields", "granted"),
    [
        ({}, True),
        ({"is_confirmed": False}, False),
        ({"valid_from": date(2026, 11, 2)}, True),
        ({"valid_from": date(2026, 11, 3)}, False),
        ({"valid_until": date(2026, 11, 2)}, True),
        ({"valid_until": date(2026, 11, 1)}, False),
    ],
)
def test_code_and_database_agree_on_the_basis(fields, granted, grant, basis, licence_type, firm):
    offered = basis(**fields)
    if granted:
        assert grant(authority_basis=offered).authority_basis == offered
        assert direct(offered, licence_type, firm).authority_basis == offered
        return
    with pytest.raises(NotReady):
        grant(authority_basis=offered)
    with pytest.raises(IntegrityError, match="has no confirmed legal basis"):
        direct(offered, licence_type, firm)


def test_the_basis_of_another_licence_type_does_not_count(grant, basis, licence_type, firm):
    other = LicenceType.objects.create(regulator=licence_type.regulator, code="other", title="Other")
    offered = basis(licence_type=other)

    with pytest.raises(NotReady):
        grant(authority_basis=offered)
    with pytest.raises(IntegrityError, match="has no confirmed legal basis"):
        direct(offered, licence_type, firm)


def test_no_basis_at_all_is_refused_and_takes_no_number(grant):
    with pytest.raises(NotReady):
        grant(authority_basis=None)

    assert (Licence.objects.count(), NumberSeries.objects.count()) == (0, 0)


def test_the_database_refuses_a_licence_without_basis(db, licence_type, firm):
    with pytest.raises(IntegrityError):
        direct(None, licence_type, firm)


def test_the_database_refuses_to_move_a_licence_to_another_basis(grant, basis):
    licence = grant()

    with pytest.raises(IntegrityError, match="has no confirmed legal basis"):
        Licence.objects.filter(pk=licence.pk).update(authority_basis=basis(is_confirmed=False))


def test_the_database_refuses_a_state_change_that_no_act_declares(grant):
    licence = grant()
    Licence.objects.filter(pk=licence.pk).update(state="revoked")

    with pytest.raises(DatabaseError, match="transition"):
        Licence.objects.filter(pk=licence.pk).update(state="active")


def test_the_history_cannot_be_rewritten(grant):
    licence = grant()

    with pytest.raises(DatabaseError, match="permission denied"):
        RegisterEntry.objects.filter(licence=licence).update(text="never mind")


def test_each_year_has_its_own_numbers_by_the_local_calendar(grant):
    # 2026 ends at 19:00 UTC in Almaty.
    last = grant(granted_at=datetime(2026, 12, 31, 18, 59, tzinfo=UTC))
    first = grant(granted_at=datetime(2026, 12, 31, 19, 0, tzinfo=UTC))

    assert (last.number, first.number) == ("AFSA-2026-0001", "AFSA-2027-0001")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_granted(licence_type, firm, basis, person):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        services.record_readiness(
            actor=person("Clerk", "N1000009"),
            firm=firm,
            licence_type=licence_type,
            rulebook_version="1",
            case_reference="KZC-1",
            content_hash="0" * 64,
        )


@pytest.mark.django_db(transaction=True)
def test_twenty_grants_at_once_get_twenty_numbers_without_a_gap(grant):
    """Five more are rolled back after they took a number: nobody gets a hole for it."""
    start = threading.Barrier(25)
    numbers = []

    def run(number):
        start.wait(30)
        try:
            with transaction.atomic():
                licence = grant(case_reference=f"KZC-{number}")
                if number >= 20:
                    transaction.set_rollback(True)
                else:
                    numbers.append(licence.number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    expected = [f"AFSA-2026-{number:04d}" for number in range(1, 21)]
    assert sorted(numbers) == expected
    assert sorted(Licence.objects.values_list("number", flat=True)) == expected


def test_readiness_has_a_reference_and_no_number(licence_type, firm, person):
    readiness = services.record_readiness(
        actor=person("Clerk", "N1000009"),
        firm=firm,
        licence_type=licence_type,
        rulebook_version="afm-custody 2026.1",
        case_reference="KZC-2026-0002",
        content_hash="ab" * 32,
    )

    assert (readiness.reference, readiness.recorded_by_name) == ("READY-KZC-2026-0002", "Clerk")
    assert list(Event.objects.values_list("subject", "kind")) == [
        ("readiness:READY-KZC-2026-0002", "readiness.record")
    ]
    assert (Licence.objects.count(), NumberSeries.objects.count(), RegisterEntry.objects.count()) == (0, 0, 0)
    with pytest.raises(DatabaseError, match="permission denied"):
        ReadinessRecord.objects.update(recorded_by_name="Somebody else")
