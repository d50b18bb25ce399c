"""Two people, or one person twice, at the same moment: on real connections."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts import services
from accounts.models import Firm, Membership, User
from workflow.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """What each act gave, or the kind of refusal it met; all start at once."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        gate.wait()
        try:
            answers[place] = act()
        except (Refused, ValidationError) as refusal:
            answers[place] = type(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_invitation_opened_twice_is_used_once(applicant, firm):
    founder, guest = applicant(), applicant()
    altyn = firm(founder)
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=guest.email, roles=["editor"])[1]
    accept = [lambda: services.accept_invitation(actor=User.objects.get(pk=guest.pk), token=token)] * 2
    answers = together(*accept)
    assert sorted(map(str, answers)) == sorted(map(str, [altyn, Refused]))
    assert Membership.objects.filter(user=guest).count() == 1


def test_two_owners_who_leave_together_do_not_leave_the_firm_alone(applicant, firm):
    founder, second = applicant(), applicant()
    altyn = firm(founder)
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=second.email, roles=["owner"])[1]
    services.accept_invitation(actor=second, token=token)
    owners = Membership.objects.filter(firm=altyn, role="owner")
    leave = [
        lambda row=row: services.end_membership(
            actor=User.objects.get(pk=row.user_id), firm_id=altyn.pk, membership_id=row.pk
        )
        for row in owners
    ]
    together(*leave)
    assert owners.filter(ended_at__isnull=True).count() == 1


def test_one_bin_given_twice_makes_one_firm(applicant):
    people = [applicant(), applicant()]
    found = [
        lambda person=person: services.found_firm(
            actor=person, name="Altyn", legal_form="llp", bin="940140000385"
        )
        for person in people
    ]
    answers = together(*found)
    assert [answer for answer in answers if answer is ValidationError] == [ValidationError]
    assert Firm.objects.count() == 1
