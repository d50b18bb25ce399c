"""The law by which a licence is granted: entered by one administrator, confirmed by another."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.models import Event
from regulators import services
from regulators.models import AuthorityBasis
from regulators.queries import confirmed_basis
from workflow.errors import NotAllowed, Refused

START, END = date(2026, 1, 1), date(2026, 12, 31)


def enter(actor, licence_type, **fields):
    fields = {
        "act": "FSFR",
        "article": "s 35",
        "scope": "Custody",
        "valid_from": START,
        "valid_until": END,
        **fields,
    }
    return services.enter_authority_basis(actor=actor, licence_type=licence_type, **fields)


def test_a_basis_counts_once_a_second_administrator_confirmed_it(afsa, custody, administrators):
    first, second = administrators(afsa)
    basis = enter(first, custody)
    assert confirmed_basis(custody.pk, START) is None
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_authority_basis(actor=first, basis=basis)
    services.confirm_authority_basis(actor=second, basis=basis)
    days = [date(2025, 12, 31), START, END, date(2027, 1, 1)]
    assert [confirmed_basis(custody.pk, day) for day in days] == [None, basis, basis, None]
    with pytest.raises(Refused, match="confirmed already"):
        services.confirm_authority_basis(actor=second, basis=basis)
    events = Event.objects.filter(subject="licence-type:providing-custody").order_by("number")
    assert [event.kind for event in events] == ["authority_basis.enter", "authority_basis.confirm"]


def test_the_later_basis_is_the_one(afsa, custody, administrators):
    first, second = administrators(afsa)
    rows = [enter(first, custody), enter(first, custody, article="s 36", valid_from=date(2026, 6, 1))]
    for row in rows:
        services.confirm_authority_basis(actor=second, basis=row)
    assert confirmed_basis(custody.pk, date(2026, 5, 31)) == rows[0]
    assert confirmed_basis(custody.pk, date(2026, 6, 1)) == rows[1]


def test_only_administrators_of_this_regulator_enter_and_confirm(afsa, afm, custody, administrators, person):
    first, _second = administrators(afsa)
    foreign, _other = administrators(afm)
    basis = enter(first, custody)
    for actor in (foreign, person()):
        with pytest.raises(NotAllowed, match="Only an administrator"):
            enter(actor, custody)
        with pytest.raises(NotAllowed, match="Only an administrator"):
            services.confirm_authority_basis(actor=actor, basis=basis)


def test_a_basis_is_complete_and_its_period_runs_forward(afsa, custody, administrators):
    first, _second = administrators(afsa)
    for wrong in ({"act": " "}, {"article": ""}, {"scope": ""}, {"valid_until": date(2025, 12, 31)}):
        with pytest.raises(ValidationError):
            enter(first, custody, **wrong)


def test_the_database_refuses_one_human_for_two_people(afsa, custody, administrators):
    first, second = administrators(afsa)
    fields = {
        "licence_type": custody,
        "act": "FSFR",
        "article": "s 35",
        "scope": "Custody",
        "entered_by": first,
    }
    for wrong in (
        {"entered_human": ""},
        {"entered_human": "a", "confirmed_by": second, "confirmed_human": "a"},
        {"entered_human": "a", "confirmed_by": second, "confirmed_human": ""},
        {"entered_human": "a", "confirmed_human": "b"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuthorityBasis.objects.create(**fields, **wrong)
    AuthorityBasis.objects.create(**fields, entered_human="a", confirmed_by=second, confirmed_human="b")
