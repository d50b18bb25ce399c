"""One act: what it changes, what it writes down, and what it refuses."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actors import System
from audit.models import Event
from workflow.errors import Conflict, Gone, NotAllowed, NotReady, WrongState
from workflow.models import Duty, Proposal
from workflow.queries import offers
from workflow.services import perform, propose, withdraw_proposal

pytestmark = pytest.mark.django_db


def do(parcel, name, actor, *, version=None, **data):
    version = parcel.version if version is None else version
    return perform(type(parcel), parcel.pk, name, actor=actor, expected_version=version, **data)


def kinds(parcel):
    return list(Event.objects.filter(subject=parcel.audit_subject).values_list("kind", flat=True))


def stands(parcel):
    parcel.refresh_from_db()
    return parcel.state, parcel.version, kinds(parcel)


def test_an_act_moves_the_state_once_and_writes_one_event_and_one_duty(parcels, person):
    parcel, dana = parcels.objects.create(), person("Dana")

    done = do(parcel, "look", dana)

    assert (done.state, done.version, done.marks) == ("looked", 1, ["looked"])
    parcel.refresh_from_db()
    assert (parcel.state, parcel.version, parcel.marks) == ("looked", 1, ["looked"])
    event = Event.objects.get(subject=parcel.audit_subject)
    assert (event.kind, event.from_state, event.to_state) == ("parcel.look", "open", "looked")
    assert (event.actor_id, event.actor_name) == (str(dana.pk), "Dana")
    assert event.data == {"version": 1, "of": f"sample.parcel:{parcel.pk}"}
    assert list(Duty.objects.filter(case=parcel.audit_subject).values_list("human", "side", "act")) == [
        (dana.human, "examine", "look")
    ]


def test_every_change_that_the_transition_made_is_saved_and_nothing_else(parcels, person):
    parcel = parcels.objects.create(title="Tea", address="Astana")
    do(parcel, "look", person())
    parcels.objects.filter(pk=parcel.pk).update(address="Almaty")

    do(parcel, "close", person(), version=1, reason="seen")

    parcel.refresh_from_db()
    assert (parcel.title, parcel.address, parcel.state) == ("Tea (closed)", "Almaty", "closed")


def test_a_stale_version_is_refused_with_the_name_and_the_time(parcels, person):
    parcel = parcels.objects.create()
    do(parcel, "look", person("Dana"))
    at = timezone.localtime(Event.objects.get(subject=parcel.audit_subject).at).strftime("%d.%m.%Y %H:%M")

    with pytest.raises(Conflict) as refusal:
        do(parcel, "look", person("Erlan"), version=0)

    assert str(refusal.value) == (
        f"This was changed by Dana on {at}, while your page was open. It is now: Looked at."
    )
    assert refusal.value.current.state == "looked"


def test_a_version_that_no_act_made_names_nobody(parcels, person):
    parcel = parcels.objects.create()
    do(parcel, "look", person("Dana"))
    parcels.objects.filter(pk=parcel.pk).update(version=2)

    with pytest.raises(Conflict) as refusal:
        do(parcel, "look", person("Erlan"), version=1)

    assert str(refusal.value) == "This was changed while your page was open. It is now: Looked at."


@pytest.mark.parametrize(
    ("name", "staff", "refusal"),
    [
        ("close", True, WrongState),
        ("look", False, NotAllowed),
        ("keep", True, NotAllowed),
        ("vanish", True, WrongState),
        ("save", True, WrongState),
    ],
)
def test_what_is_refused_changes_nothing(parcels, person, name, staff, refusal):
    parcel = parcels.objects.create()

    with pytest.raises(refusal):
        do(parcel, name, person(staff=staff))

    assert stands(parcel) == ("open", 0, [])
    assert Duty.objects.filter(case=parcel.audit_subject).count() == 0


def test_an_account_that_was_closed_is_refused(parcels, person):
    parcel, dana = parcels.objects.create(), person()
    dana.is_active = False

    with pytest.raises(NotAllowed):
        do(parcel, "look", dana)

    assert offers(parcel, dana) == []


def test_the_system_is_not_staff(parcels):
    parcel = parcels.objects.create()

    with pytest.raises(NotAllowed):
        do(parcel, "look", System("timer"))


def test_a_record_that_is_not_there_is_gone(parcels, person):
    with pytest.raises(Gone):
        do(parcels(), "look", person())


def test_every_unmet_reason_is_named(parcels, person):
    parcel = parcels.objects.create()
    do(parcel, "look", person())

    with pytest.raises(NotReady) as refusal:
        do(parcel, "close", person(), version=1)

    assert [(reason.text, reason.url) for reason in refusal.value.reasons] == [
        ("“reason” is missing.", ""),
        ("The parcel has no address.", "/where-to-write-it"),
    ]
    assert stands(parcel) == ("looked", 1, ["parcel.look"])


def test_an_audit_event_that_cannot_be_written_undoes_the_act(parcels, person, monkeypatch):
    parcel = parcels.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("REVOKE INSERT ON audit_event FROM kzcustody_app")
        cursor.execute("RESET ROLE")

    with pytest.raises(Exception, match="permission denied for table audit_event"), transaction.atomic():
        do(parcel, "look", person())

    assert stands(parcel) == ("open", 0, [])
    assert Duty.objects.filter(case=parcel.audit_subject).count() == 0


# --- Second pair of eyes


def test_who_examined_may_not_decide_and_a_second_account_is_no_second_person(parcels, person):
    parcel = parcels.objects.create(address="Astana")
    dana = person("Dana")
    second_account = person("D. Serikqyzy", human=dana.human)
    do(parcel, "look", dana)
    words = "You examined this case, under this account or another, so someone else has to decide it."

    for actor in (dana, second_account):
        with pytest.raises(NotAllowed) as refusal:
            do(parcel, "close", actor, version=1, reason="seen")
        assert str(refusal.value) == words
        [offer] = offers(parcels.objects.get(pk=parcel.pk), actor)
        assert (offer.act.name, [str(reason) for reason in offer.reasons]) == ("close", [words])

    assert do(parcel, "close", person("Erlan"), version=1, reason="seen").state == "closed"


def test_the_database_refuses_a_second_side_with_the_code_by_passed(parcels, person):
    parcel, dana = parcels.objects.create(), person()
    do(parcel, "look", dana)

    with pytest.raises(IntegrityError, match="workflow_duty_one_side_a_human"), transaction.atomic():
        Duty.objects.create(case=parcel.audit_subject, human=dana.human, side="decide", act="close")
    with pytest.raises(IntegrityError, match="workflow_duty_human_known"), transaction.atomic():
        Duty.objects.create(case=parcel.audit_subject, human="", side="decide", act="close")
    with pytest.raises(IntegrityError, match="workflow_duty_side_known"), transaction.atomic():
        Duty.objects.create(case=parcel.audit_subject, human="other", side="watch", act="close")


def test_an_account_without_an_identity_takes_no_part(parcels, person):
    parcel, dana = parcels.objects.create(), person()
    dana.human = ""

    with pytest.raises(NotAllowed) as refusal:
        do(parcel, "look", dana)

    assert str(refusal.value) == "This account has no identity on record, so it cannot take part in a case."


# --- Two people


def burn(parcel, verb, actor, version=0):
    return verb(type(parcel), parcel.pk, "burn", actor=actor, expected_version=version, reason="It leaks.")


def test_an_act_of_two_people_is_proposed_by_one_and_confirmed_by_another(parcels, person):
    parcel, dana, erlan = parcels.objects.create(), person("Dana"), person("Erlan")

    burn(parcel, propose, dana)
    assert stands(parcel) == ("open", 0, ["parcel.burn.propose"])
    with pytest.raises(NotAllowed):
        burn(parcel, perform, dana)
    with pytest.raises(NotAllowed):
        burn(parcel, perform, person("D.", human=dana.human))
    assert burn(parcel, perform, erlan).state == "burnt"

    assert stands(parcel) == ("burnt", 1, ["parcel.burn.propose", "parcel.burn"])
    event = Event.objects.get(subject=parcel.audit_subject, kind="parcel.burn")
    assert (event.actor_name, event.data["proposed_by"], event.reason) == ("Erlan", "Dana", "It leaks.")


def test_an_act_of_two_people_is_refused_to_one(parcels, person):
    parcel = parcels.objects.create()

    with pytest.raises(NotReady) as refusal:
        burn(parcel, perform, person())

    assert str(refusal.value) == (
        "This needs two people: one proposes it, another confirms it. Nobody has proposed it yet."
    )
    assert stands(parcel) == ("open", 0, [])


def test_an_act_of_one_person_is_not_proposed(parcels, person):
    parcel = parcels.objects.create()

    with pytest.raises(WrongState):
        propose(parcels, parcel.pk, "look", actor=person(), expected_version=0)


def test_what_was_proposed_cannot_be_reworded_by_the_second_person(parcels, person):
    parcel = parcels.objects.create()
    burn(parcel, propose, person())

    perform(parcels, parcel.pk, "burn", actor=person(), expected_version=0, reason="Because.")

    assert Event.objects.get(subject=parcel.audit_subject, kind="parcel.burn").reason == "It leaks."


def test_a_second_proposal_waits_for_the_first_to_be_taken_back(parcels, person):
    parcel, dana, erlan = parcels.objects.create(), person("Dana"), person("Erlan")
    burn(parcel, propose, dana)
    with pytest.raises(NotReady, match="Dana has proposed this already"):
        burn(parcel, propose, erlan)

    withdraw_proposal(parcels, parcel.pk, "burn", actor=dana)
    burn(parcel, propose, erlan, version=1)

    assert kinds(parcel) == ["parcel.burn.propose", "parcel.burn.withdraw", "parcel.burn.propose"]
    assert burn(parcel, perform, dana, version=1).state == "burnt"


def test_a_page_that_showed_one_proposal_confirms_no_other(parcels, person):
    parcel, dana, erlan = parcels.objects.create(), person("Dana"), person("Erlan")
    burn(parcel, propose, dana)
    withdraw_proposal(parcels, parcel.pk, "burn", actor=dana)
    propose(parcels, parcel.pk, "burn", actor=dana, expected_version=1, reason="Another reason.")

    with pytest.raises(Conflict, match="This was changed by Dana"):
        burn(parcel, perform, erlan)


def test_a_proposal_that_the_record_has_outgrown_is_not_confirmed_but_replaced(parcels, person):
    parcel, dana, erlan = parcels.objects.create(), person("Dana"), person("Erlan")
    burn(parcel, propose, dana)
    parcels.objects.filter(pk=parcel.pk).update(version=1)
    with pytest.raises(Conflict, match="Propose it again"):
        burn(parcel, perform, erlan, version=1)

    burn(parcel, propose, erlan, version=1)

    assert burn(parcel, perform, dana, version=1).state == "burnt"


def test_the_database_refuses_one_human_as_two_with_the_code_by_passed(parcels, person):
    dana = person()
    row = {
        "model": "sample.parcel", "object_pk": "1", "transition": "burn", "object_version": 0,
        "proposed_by": dana, "proposed_human": dana.human,
    }  # fmt: skip
    now = timezone.now()
    for human, name in ((dana.human, "two_humans"), ("", "confirmed_by_somebody")):
        with pytest.raises(IntegrityError, match=f"workflow_proposal_{name}"), transaction.atomic():
            Proposal.objects.create(**row, confirmed_human=human, confirmed_at=now)
    with pytest.raises(IntegrityError, match="workflow_proposal_two_humans"), transaction.atomic():
        Proposal.objects.create(**{**row, "proposed_human": ""})


# --- Offers


def names(instance, actor):
    return [(offer.act.name, offer.open) for offer in offers(instance, actor)]


def test_offers_are_what_the_actor_may_do_now_open_or_with_what_is_unmet(parcels, person):
    parcel = parcels.objects.create()
    assert names(parcel, person()) == [("look", True), ("burn", True), ("carry", True)]
    assert names(parcel, person(staff=False)) == []

    parcel = do(parcel, "look", person())
    assert names(parcel, person()) == [("close", False)]
    parcel.address = "Astana"
    assert names(parcel, person()) == [("close", True)]


def test_a_proposal_is_offered_to_the_second_person_and_closed_to_the_first(parcels, person):
    parcel, dana = parcels.objects.create(), person()
    proposal = burn(parcel, propose, dana)

    [mine] = [offer for offer in offers(parcel, dana) if offer.act.name == "burn"]
    [theirs] = [offer for offer in offers(parcel, person()) if offer.act.name == "burn"]

    assert [str(reason) for reason in mine.reasons] == [
        "You proposed this; another person has to confirm it."
    ]
    assert (theirs.open, theirs.proposal) == (True, proposal)
