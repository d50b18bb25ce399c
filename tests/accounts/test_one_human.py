"""A human has several numbers and may have several accounts; all of them are one person."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts import queries, services
from accounts.identifiers import check_papers, human_hash
from accounts.models import Identifier
from accounts.services.humans import human_of
from applications.samples.numbers import sample_iin
from audit.models import Event
from workflow.errors import Refused

IIN = sample_iin(born="900228", century_digit=3, serial=12)
OTHER_IIN = sample_iin(born="900228", century_digit=3, serial=500)
PASSPORT = "N1234567"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "accounts",
    [
        [{"iin": IIN, "passport": PASSPORT}, {"passport": PASSPORT, "citizenship": "GB"}],
        [{"passport": PASSPORT, "citizenship": "GB"}, {"iin": IIN, "passport": PASSPORT}],
        [{"iin": IIN}, {"iin": IIN, "passport": PASSPORT}],
        [{"iin": IIN}, {"iin": IIN, "passport": PASSPORT}, {"passport": PASSPORT, "citizenship": "GB"}],
    ],
)
def test_accounts_that_share_any_number_are_one_human(staff, accounts):
    assert len({staff(**papers).human for papers in accounts}) == 1


@pytest.mark.django_db
def test_accounts_that_share_no_number_are_two_humans(staff):
    assert staff(iin=IIN).human != staff(iin=OTHER_IIN, passport=PASSPORT).human


@pytest.mark.django_db
def test_numbers_of_two_people_on_record_are_refused_and_join_nobody(staff):
    first, second = staff(iin=IIN), staff(passport=PASSPORT, citizenship="GB")
    with pytest.raises(Refused, match="two people on record"):
        staff(iin=IIN, passport=PASSPORT)
    assert dict(Identifier.objects.values_list("hash", "human")) == {
        human_hash(IIN): first.human,
        human_hash(PASSPORT): second.human,
    }


@pytest.mark.django_db(transaction=True)
def test_two_accounts_made_at_the_same_moment_are_one_human():
    gate, humans = threading.Barrier(2), []

    def make(numbers):
        gate.wait()
        try:
            humans.append(human_of(numbers))
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[numbers]) for numbers in ([IIN, PASSPORT], [IIN])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert humans == [human_hash(IIN)] * 2


@pytest.mark.parametrize(
    ("papers", "field"),
    [
        ({"citizenship": "KZ", "iin": "", "passport": PASSPORT}, "iin"),
        ({"citizenship": " kz", "iin": " ", "passport": PASSPORT}, "iin"),
        ({"citizenship": "GB", "iin": "", "passport": ""}, "iin"),
        ({"citizenship": "GB", "iin": "1", "passport": PASSPORT}, "iin"),
        ({"citizenship": "GB", "iin": IIN, "passport": "1"}, "passport"),
        ({"citizenship": "", "iin": IIN, "passport": ""}, "citizenship"),
    ],
)
def test_papers_that_name_nobody_for_sure(papers, field):
    with pytest.raises(ValidationError) as refusal:
        check_papers(**papers)
    assert list(refusal.value.message_dict) == [field]


def test_papers_that_name_a_human():
    assert check_papers(citizenship="KZ", iin=IIN, passport="") == [IIN]
    assert check_papers(citizenship="kz", iin=IIN, passport="n 123-4567") == [IIN, PASSPORT]
    assert check_papers(citizenship="GB", iin="", passport=PASSPORT) == [PASSPORT]


@pytest.mark.django_db
def test_an_applicant_is_found_by_any_number_of_a_member_of_staff(staff, applicant, firm):
    member = staff(iin=IIN, passport=PASSPORT)
    founder = applicant(identifier=PASSPORT)
    altyn = firm(founder)
    assert [m.user for m in queries.memberships_ever(altyn.pk, member.human)] == [founder] * 3


@pytest.mark.django_db
def test_an_applicant_who_was_there_first_is_found_too(staff, applicant, firm):
    altyn = firm(applicant(identifier=PASSPORT))
    member = staff(iin=IIN, passport=PASSPORT)
    assert queries.memberships_ever(altyn.pk, member.human).exists()
    assert not queries.memberships_ever(altyn.pk, staff(iin=OTHER_IIN).human).exists()


@pytest.mark.django_db
def test_what_an_applicant_says_of_themselves_joins_no_numbers_and_stands(applicant):
    founder = applicant()
    services.identify(user=founder, identifier="n 123 4567")
    founder.refresh_from_db()
    assert founder.human == human_hash(PASSPORT)
    services.identify(user=founder, identifier=IIN)
    founder.refresh_from_db()
    assert founder.human == human_hash(PASSPORT)
    assert Identifier.objects.count() == 0
    kinds = Event.objects.filter(subject=f"account:{founder.pk}").values_list("kind", flat=True)
    assert sorted(kinds) == ["account.create", "account.identify"]
    with pytest.raises(Refused, match="IIN of 12 digits"):
        services.identify(user=applicant(), identifier="12")
