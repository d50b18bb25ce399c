"""Adverse steps take two people, by human and not by account; the public history follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from licences.models import Licence
from licences.states import Change
from regulators.models import Act
from tests.licences.acting import by_two, confirmed, proposed
from workflow.acts import acts_of
from workflow.errors import NotAllowed, NotReady, WrongState


def test_two_people_suspend_a_licence(grant, two):
    licence = grant()
    suspended = by_two(licence, "suspend", *two, reason="unsafe keys", public_note="By order of 3 November.")

    assert (suspended.state, suspended.in_force) == ("suspended", False)
    assert list(licence.history.values_list("what", "from_state", "to_state", "text")) == [
        ("granted", "", "active", ""),
        ("suspend", "active", "suspended", "By order of 3 November."),
    ]
    last = Event.objects.filter(subject=licence.audit_subject).last()
    assert (last.kind, last.actor_name, last.reason) == ("licence.suspend", "Berik", "unsafe keys")
    assert last.data["proposed_by"] == "Aliya"


def test_nobody_suspends_alone(grant, two):
    licence = grant()

    with pytest.raises(NotReady):
        confirmed(licence, "suspend", two[0])
    proposed(licence, "suspend", two[0], reason="unsafe keys")
    with pytest.raises(NotAllowed):
        confirmed(licence, "suspend", two[0])
    assert Licence.objects.get().state == "active"


def test_a_second_account_is_no_second_person(grant, decision_maker):
    licence = grant()
    first, same = decision_maker("Aliya", "N2000001"), decision_maker("Aliya again", "n 2000001")
    proposed(licence, "suspend", first, reason="unsafe keys")

    with pytest.raises(NotAllowed):
        confirmed(licence, "suspend", same)
    assert Licence.objects.get().state == "active"


def test_a_reason_is_needed(grant, two):
    with pytest.raises(NotReady):
        proposed(grant(), "suspend", two[0])


@pytest.mark.parametrize(
    ("powers", "allowed"),
    [
        ([], {"surrender"}),
        ([Act.SUSPEND], {"surrender", "suspend"}),
        ([Act.REVOKE], {"surrender", "revoke"}),
        ([Act.GRANT, Act.REFUSE], {"surrender"}),
    ],
)
def test_a_decision_maker_acts_within_the_power_given(powers, allowed, grant, decision_maker):
    licence, actor = grant(), decision_maker("Aliya", "N2000001", acts=powers)
    done = set()
    for name in ("suspend", "revoke", "surrender"):
        try:
            proposed(licence, name, actor, reason="r", proof_of_return="report 4")
            done.add(name)
        except NotAllowed:
            continue

    assert done == allowed


def test_others_may_not_suspend(grant, person):
    with pytest.raises(NotAllowed):
        proposed(grant(), "suspend", person("Clerk", "N1000009"), reason="r")


def test_a_suspension_is_lifted_and_a_revocation_stays(grant, two):
    licence = grant()
    by_two(licence, "suspend", *two, reason="r")
    assert by_two(licence, "lift", *two, reason="r").in_force is True
    assert by_two(licence, "revoke", *two, reason="r").state == "revoked"
    with pytest.raises(WrongState):
        proposed(licence, "lift", two[0], reason="r")


def test_surrender_needs_proof_that_clients_have_their_assets(grant, two):
    licence = grant()

    with pytest.raises(NotReady):
        proposed(licence, "surrender", two[0], reason="r")
    assert by_two(licence, "surrender", *two, reason="r", proof_of_return="report 4").state == "surrendered"


@pytest.mark.parametrize(("days", "may"), [(None, False), (0, False), (-1, True)])
def test_a_licence_expires_after_its_last_day(days, may, grant, two):
    last_day = None if days is None else timezone.localdate() + timedelta(days=days)
    licence = grant(valid_until=last_day)

    assert licence.past_last_day is may
    assert licence.in_force is not may
    if may:
        assert by_two(licence, "expire", *two, reason="r").state == "expired"
    else:
        with pytest.raises(NotReady):
            proposed(licence, "expire", two[0], reason="r")


def test_every_act_has_its_words_in_the_history():
    assert {"granted", *acts_of(Licence)} == set(Change.values)
