"""Who serves a regulator, and from when it counts."""

from datetime import date, timedelta
from functools import partial
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import System
from accounts.models import User
from audit.models import Event
from regulators import rules, services
from regulators.models import Delegation, Role, Staff
from regulators.queries import appointments, is_administrator, may_decide, regulators_of, staff_roles
from tests.plugins.cases import appointed
from workflow.errors import NotAllowed, Refused

SHELL = System("tests")
TODAY = timezone.localdate
ONE_DAY = timedelta(days=1)


def fresh(user):
    return User.objects.get(pk=user.pk)


def fresh_row(row):
    return Staff.objects.get(pk=row.pk)


def appoint(user, regulator, role="case_officer", **fields):
    return services.appoint_staff(actor=SHELL, user=user, regulator=regulator, role=role, **fields)


@pytest.mark.parametrize("role", Role.values)
def test_no_role_counts_before_a_second_administrator_confirmed_it(person, afsa, administrators, role):
    first, second = administrators(afsa)
    user = person()
    row = services.appoint_staff(actor=first, user=user, regulator=afsa, role=role)
    assert (row.needs_confirmation, staff_roles(fresh(user), afsa.pk)) == (True, frozenset())
    with pytest.raises(NotAllowed, match="third person"):
        services.confirm_appointment(actor=first, appointment=row)
    services.confirm_appointment(actor=second, appointment=row)
    assert (fresh_row(row).needs_confirmation, staff_roles(fresh(user), afsa.pk)) == (False, {role})
    events = Event.objects.filter(subject=f"account:{user.pk}", kind__startswith="staff.").order_by("number")
    assert [(event.kind, event.actor_id) for event in events] == [
        ("staff.appoint", str(first.pk)),
        ("staff.confirm", str(second.pk)),
    ]


def test_a_superuser_gets_no_role_by_their_own_hand(person, afsa):
    user = person()
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    with pytest.raises(NotAllowed):
        services.appoint_staff(actor=user, user=user, regulator=afsa, role="decision_maker")
    row = appoint(user, afsa, "decision_maker")
    with pytest.raises(NotAllowed):
        services.confirm_appointment(actor=user, appointment=row)
    assert staff_roles(fresh(user), afsa.pk) == frozenset()


def test_an_appointment_from_before_the_rule_counts_as_it_is(person, afsa, administrators):
    _first, second = administrators(afsa)
    user = person()
    row = appoint(user, afsa, "reviewer")
    Staff.objects.filter(pk=row.pk).update(counts_unconfirmed=True)
    assert staff_roles(fresh(user), afsa.pk) == {"reviewer"}
    with pytest.raises(Refused, match="needs no confirmation"):
        services.confirm_appointment(actor=second, appointment=row)
    row = appoint(person(), afsa, "decision_maker")
    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.filter(pk=row.pk).update(counts_unconfirmed=True)


def test_roles_stay_within_their_regulator(person, afsa, afm):
    user = person()
    appointed(user, afsa, "reviewer")
    appointed(user, afsa, "case_officer")
    user = fresh(user)
    assert staff_roles(user, afsa.pk) == {"reviewer", "case_officer"}
    assert staff_roles(user, afm.pk) == frozenset()
    assert regulators_of(user) == {afsa.pk}


def test_the_roles_are_asked_for_once(person, afsa, afm, django_assert_num_queries):
    user = person()
    appointed(user, afsa, "case_officer")
    user = fresh(user)
    with django_assert_num_queries(1):
        staff_roles(user, afsa.pk)
        staff_roles(user, afm.pk)
        regulators_of(user)
        rules.is_case_officer(user, afsa)


def test_an_appointment_is_seen_by_the_same_object(person, afsa, administrators):
    administrator, _second = administrators(afsa)
    user = person()
    assert staff_roles(user, afsa.pk) == frozenset()
    services.confirm_appointment(actor=administrator, appointment=appoint(user, afsa))
    assert staff_roles(user, afsa.pk) == {"case_officer"}


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(0, None, True), (0, 0, True), (-5, 0, True), (-5, -1, False), (1, None, False)],
)
def test_both_ends_of_an_appointment_count(person, afsa, first, last, counts):
    user = person()
    until = None if last is None else TODAY() + last * ONE_DAY
    appointed(user, afsa, "case_officer", valid_from=TODAY() + first * ONE_DAY, valid_until=until)
    assert (staff_roles(fresh(user), afsa.pk) == {"case_officer"}) is counts


def test_a_closed_account_and_the_system_hold_no_role(person, afsa):
    user = person()
    appointed(user, afsa, "case_officer")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert staff_roles(fresh(user), afsa.pk) == frozenset()
    assert staff_roles(SHELL, afsa.pk) == frozenset()
    assert may_decide(SHELL, 1, "grant", TODAY()) is False
    assert rules.is_staff_of_regulator(user, None) is False


def test_the_first_two_administrators_confirm_each_other_and_nobody_else_gets_in(person, afsa):
    first, second, third = person(), person(), person()
    one, two = appoint(first, afsa, "administrator"), appoint(second, afsa, "administrator")
    with pytest.raises(NotAllowed, match="third person"):
        services.confirm_appointment(actor=first, appointment=one)
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.confirm_appointment(actor=third, appointment=one)
    services.confirm_appointment(actor=first, appointment=two)
    services.confirm_appointment(actor=fresh(second), appointment=one)
    assert is_administrator(fresh(first))
    assert is_administrator(fresh(second))
    late = appoint(third, afsa, "administrator")
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.confirm_appointment(actor=third, appointment=appoint(person(), afsa, "decision_maker"))
    services.confirm_appointment(actor=fresh(first), appointment=late)
    assert is_administrator(fresh(third))


def test_whoever_appoints_a_decision_maker_does_not_confirm_it(person, afsa, administrators):
    first, second = administrators(afsa)
    user = person()
    row = services.appoint_staff(actor=first, user=user, regulator=afsa, role="decision_maker")
    with pytest.raises(NotAllowed, match="third person"):
        services.confirm_appointment(actor=first, appointment=row)
    assert staff_roles(fresh(user), afsa.pk) == frozenset()
    services.confirm_appointment(actor=second, appointment=row)
    assert staff_roles(fresh(user), afsa.pk) == {"decision_maker"}
    with pytest.raises(Refused, match="has it already"):
        services.confirm_appointment(actor=second, appointment=row)


def test_a_second_account_is_no_second_person(person, afsa, administrators):
    first, _second = administrators(afsa)
    twin = person()
    User.objects.filter(pk=twin.pk).update(human=first.human)
    twin = fresh(twin)
    Staff.objects.create(user=twin, regulator=afsa, role="case_officer")
    with pytest.raises(NotAllowed, match="appoints themselves"):
        services.appoint_staff(actor=first, user=twin, regulator=afsa, role="reviewer")


def test_the_database_refuses_one_human_for_two_people(person, afsa):
    one, two = person(), person()
    fields = {"user": two, "regulator": afsa, "role": "administrator", "human": "c"}
    for wrong in (
        {"granted_by": one, "granted_human": "a", "confirmed_by": two, "confirmed_human": "a"},
        {"confirmed_by": two, "confirmed_human": ""},
        {"confirmed_by": two, "confirmed_human": "c"},
        {"granted_by": one, "granted_human": "c"},
        {"confirmed_human": "b"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Staff.objects.create(**fields, **wrong)
    Staff.objects.create(**fields, granted_human="a", confirmed_by=one, confirmed_human="b")


def test_only_an_administrator_of_this_regulator_appoints(person, afsa, afm, administrators):
    foreign, _other = administrators(afm)
    for actor in (person(), foreign):
        with pytest.raises(NotAllowed, match="Only an administrator"):
            services.appoint_staff(actor=actor, user=person(), regulator=afsa, role="reviewer")


def test_refused_appointments_say_why(person, afsa):
    user = person()
    with pytest.raises(Refused, match="no role king"):
        appoint(user, afsa, "king")
    appoint(user, afsa, "reviewer")
    with pytest.raises(Refused, match="holds the role already"):
        appoint(user, afsa, "reviewer")
    outsider = User.objects.create_user("outside@example.test", full_name="Out Side")
    with pytest.raises(Refused, match="identity on record"):
        appoint(outsider, afsa, "reviewer")


def test_an_ended_appointment_stops_counting_the_day_after(person, afsa):
    user = person()
    row = appointed(user, afsa, "case_officer", valid_from=TODAY() - 10 * ONE_DAY)
    services.end_appointment(actor=SHELL, appointment=row, last_day=TODAY() - ONE_DAY, reason="left")
    assert staff_roles(fresh(user), afsa.pk) == frozenset()
    assert Event.objects.filter(subject=f"account:{user.pk}", kind="staff.end").get().reason == "left"


def test_a_delegation_empowers_for_its_act_type_and_days(person, afsa, custody, administrators):
    first, second = administrators(afsa)
    user = person()
    row = services.appoint_staff(actor=first, user=user, regulator=afsa, role="decision_maker")
    start, end = TODAY(), TODAY() + 5 * ONE_DAY
    given = services.delegate(
        actor=first, staff=row, licence_type=custody, act="grant", valid_from=start, valid_until=end
    )
    assert may_decide(user, custody.pk, "grant", start) is False  # not confirmed yet
    services.confirm_appointment(actor=second, appointment=row)
    assert may_decide(user, custody.pk, "grant", start) is False  # the delegation is not confirmed yet
    with pytest.raises(NotAllowed, match="third person"):
        services.confirm_delegation(actor=first, delegation=given)
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.confirm_delegation(actor=fresh(user), delegation=given)
    assert services.confirm_delegation(actor=second, delegation=given).confirmed_by == second
    with pytest.raises(Refused, match="has it already"):
        services.confirm_delegation(actor=second, delegation=given)
    days = [start - ONE_DAY, start, end, end + ONE_DAY]
    assert [may_decide(user, custody.pk, "grant", day) for day in days] == [False, True, True, False]
    assert may_decide(user, custody.pk, "refuse", start) is False
    assert may_decide(user, custody.pk + 1000, "grant", start) is False
    services.end_delegation(actor=first, delegation=given, last_day=start, reason="moved")
    assert may_decide(user, custody.pk, "grant", start + ONE_DAY) is False


def test_what_is_ended_before_it_begins_is_never_in_force(person, afsa, custody, pair):
    first, second = pair
    user, day = person(), TODAY() + 5 * ONE_DAY
    row = appointed(user, afsa, "decision_maker")
    later = appointed(user, afsa, "reviewer", valid_from=day)
    give = {"actor": first, "staff": row, "licence_type": custody, "act": "grant"}
    given, old = services.delegate(**give, valid_from=day), services.delegate(**give)
    Delegation.objects.filter(pk=old.pk).update(counts_unconfirmed=True)
    services.confirm_delegation(actor=second, delegation=given)
    end = {"actor": first, "reason": "Moved."}
    services.end_delegation(delegation=given, last_day=day - ONE_DAY, **end)
    services.end_delegation(delegation=old, last_day=TODAY() - ONE_DAY, **end)
    services.end_appointment(appointment=later, last_day=TODAY(), **end)

    span = [TODAY() + n * ONE_DAY for n in range(-3, 9)]
    assert [may_decide(fresh(user), custody.pk, "grant", on) for on in span] == [False] * 12
    assert [appointments(on).filter(pk=later.pk).exists() for on in span] == [False] * 12
    for again in (
        partial(services.confirm_delegation, delegation=given),
        partial(services.confirm_appointment, appointment=later),
    ):
        with pytest.raises(Refused, match="is over: make a new one"):
            again(actor=second)
    said = Event.objects.filter(subject=f"account:{user.pk}", kind__startswith="staff.end").order_by("number")
    assert [(event.data["first_day"], event.reason) for event in said] == [
        (day.isoformat(), "Moved."), (TODAY().isoformat(), "Moved."), (day.isoformat(), "Moved."),
    ]  # fmt: skip


def test_a_delegation_that_has_begun_keeps_its_first_day(person, afsa, custody, pair):
    first, second = pair
    user, day = person(), TODAY() - 5 * ONE_DAY
    row = appointed(user, afsa, "decision_maker", valid_from=day)
    given = services.delegate(actor=first, staff=row, licence_type=custody, act="grant", valid_from=day)
    services.confirm_delegation(actor=second, delegation=given)
    services.end_delegation(actor=first, delegation=given, last_day=day - ONE_DAY, reason="Moved.")
    span = [day - ONE_DAY, day, day + ONE_DAY]
    assert [may_decide(fresh(user), custody.pk, "grant", on) for on in span] == [False, True, False]


def test_refused_delegations_say_why(person, afsa, afm, custody, administrators):
    first, second = administrators(afsa)
    reviewer = appoint(person(), afsa, "reviewer")
    with pytest.raises(Refused, match="only to a Decision maker"):
        services.delegate(actor=first, staff=reviewer, licence_type=custody, act="grant")
    foreign = appoint(person(), afm, "decision_maker")
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.delegate(actor=first, staff=foreign, licence_type=custody, act="grant")
    with pytest.raises(Refused, match="another regulator"):
        services.delegate(actor=SHELL, staff=foreign, licence_type=custody, act="grant")
    own = services.appoint_staff(actor=second, user=first, regulator=afsa, role="decision_maker")
    with pytest.raises(NotAllowed, match="empowers themselves"):
        services.delegate(actor=first, staff=own, licence_type=custody, act="grant")


def test_each_act_leaves_its_event_on_the_persons_chain(person, afsa, custody, administrators):
    first, second = administrators(afsa)
    user = person()
    row = services.appoint_staff(actor=first, user=user, regulator=afsa, role="decision_maker")
    services.confirm_appointment(actor=second, appointment=row)
    given = services.delegate(
        actor=first, staff=row, licence_type=custody, act="refuse", valid_from=date(2026, 1, 1)
    )
    services.confirm_delegation(actor=second, delegation=given)
    events = Event.objects.filter(subject=f"account:{user.pk}", kind__startswith="staff.").order_by("number")
    assert [(event.kind, event.actor_id) for event in events] == [
        ("staff.appoint", str(first.pk)),
        ("staff.confirm", str(second.pk)),
        ("staff.delegate", str(first.pk)),
        ("staff.confirm_delegation", str(second.pk)),
    ]


def test_the_migration_keeps_who_serves_and_waits_for_the_rest(person, afsa):
    migration = import_module("regulators.migrations.0003_appointments_confirmed")
    serving, past = appoint(person(), afsa), appoint(person(), afsa, valid_until=TODAY())
    later = appoint(person(), afsa, valid_from=TODAY() + ONE_DAY)
    decides = appoint(person(), afsa, "decision_maker")
    migration.keep_those_in_force(apps, None)
    assert [fresh_row(row).counts_unconfirmed for row in (serving, past, later, decides)] == [
        True, True, False, False
    ]  # fmt: skip


def test_whoever_is_empowered_confirms_it_under_no_account(person, afsa, custody, administrators, pair):
    first, second = pair
    row = services.appoint_staff(actor=first, user=person(), regulator=afsa, role="decision_maker")
    given = services.delegate(actor=first, staff=row, licence_type=custody, act="grant")
    held = {"confirmed_by": second, "confirmed_human": given.human}
    for wrong in (held, held | {"confirmed_human": first.human}, held | {"confirmed_human": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.filter(pk=given.pk).update(**wrong)
    Delegation.objects.filter(pk=given.pk).update(human="", granted_human="")  # of before they were kept
    with pytest.raises(NotAllowed, match="third person"):
        services.confirm_delegation(actor=first, delegation=given)
    assert services.confirm_delegation(actor=second, delegation=given).confirmed_by == second


def test_the_migration_keeps_the_powers_that_are_in_force(person, afsa, custody, pair):
    migration = import_module("regulators.migrations.0004_delegations_confirmed")
    row = services.appoint_staff(actor=pair[0], user=person(), regulator=afsa, role="decision_maker")
    give = {"actor": pair[0], "staff": row, "licence_type": custody, "act": "grant"}
    now, later = services.delegate(**give), services.delegate(**give, valid_from=TODAY() + ONE_DAY)
    migration.keep_those_in_force(apps, None)
    counts = Delegation.objects.in_bulk([now.pk, later.pk])
    assert [counts[one.pk].counts_unconfirmed for one in (now, later)] == [True, False]
