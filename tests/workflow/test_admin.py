"""The desk's pages for acts: what is shown, what a crafted request gets, and that nobody overwrites
anybody.
"""

import logging

import pytest
from django.urls import reverse

from audit.models import Event
from workflow.models import Proposal
from workflow.services import perform, propose

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.plugins.parcel_urls")]


@pytest.fixture
def desk(client, person):
    """A browser on which Dana is signed in."""
    dana = person("Dana")
    client.force_login(dana)
    client.person = dana
    return client


def act_url(parcel, name):
    return reverse("sample:sample_parcel_act", args=[parcel.pk, name])


def change_url(parcel):
    return reverse("sample:sample_parcel_change", args=[parcel.pk])


def stands(parcel):
    parcel.refresh_from_db()
    events = Event.objects.filter(subject=parcel.audit_subject)
    return parcel.state, parcel.version, list(events.values_list("kind", flat=True))


@pytest.fixture
def refusals(caplog):
    """The lines of the security log."""
    caplog.set_level(logging.WARNING, logger="kzcustody.security")
    return lambda: [entry.getMessage() for entry in caplog.records if entry.name == "kzcustody.security"]


# --- The record's page


def test_acts_are_links_where_open_and_closed_with_their_reasons_where_not(desk, parcels, person):
    parcel = parcels.objects.create()
    page = desk.get(change_url(parcel)).content.decode()
    assert f'<a class="btn" href="{act_url(parcel, "look")}">Look</a>' in page
    assert "Carry" not in page
    assert "Keep" not in page

    perform(parcels, parcel.pk, "look", actor=person(), expected_version=0)
    page = desk.get(change_url(parcel)).content.decode()

    assert act_url(parcel, "look") not in page
    assert (
        '<button class="btn" type="button" aria-disabled="true" aria-describedby="why-close">Close</button>'
        in page
    )
    assert '<a href="/where-to-write-it">The parcel has no address.</a>' in page


def test_state_and_version_cannot_be_typed(desk, parcels):
    parcel = parcels.objects.create()

    desk.post(change_url(parcel), {"version": 0, "title": "Tea", "address": "", "state": "closed"})

    parcel.refresh_from_db()
    assert (parcel.title, parcel.state, parcel.version) == ("Tea", "open", 1)


def test_nothing_is_ever_deleted(desk, parcels):
    parcel = parcels.objects.create()

    page = desk.get(reverse("sample:sample_parcel_changelist")).content.decode()
    answer = desk.post(reverse("sample:sample_parcel_delete", args=[parcel.pk]), {"post": "yes"})

    assert "delete_selected" not in page
    assert answer.status_code == 403
    assert parcels.objects.filter(pk=parcel.pk).exists()


def test_an_edit_is_audited_by_the_names_of_its_fields(desk, parcels):
    parcel = parcels.objects.create()

    desk.post(change_url(parcel), {"version": 0, "title": "Tea", "address": ""})

    event = Event.objects.get(subject=parcel.audit_subject)
    assert (event.kind, event.actor_name) == ("parcel.edit", "Dana")
    assert event.data == {"fields": ["title"], "version": 1, "of": parcel.record_name}


def test_a_save_that_changes_nothing_is_no_event(desk, parcels):
    parcel = parcels.objects.create(title="Tea")

    desk.post(change_url(parcel), {"version": 0, "title": "Tea", "address": ""})

    assert stands(parcel) == ("open", 0, [])


def test_the_second_of_two_savers_sees_both_versions_and_overwrites_nothing(desk, parcels):
    parcel = parcels.objects.create(title="Tea")
    assert '<input type="hidden" name="version" value="0">' in desk.get(change_url(parcel)).content.decode()
    desk.post(change_url(parcel), {"version": 0, "title": "Coffee", "address": "Astana"})

    answer = desk.post(change_url(parcel), {"version": 0, "title": "<b>Milk</b>", "address": "Astana"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This was changed by Dana on " in page
    assert '<th scope="row">Title</th><td>&lt;b&gt;Milk&lt;/b&gt;</td><td>Coffee</td>' in page
    assert '<th scope="row">Address</th>' not in page
    assert f'href="{change_url(parcel)}"' in page
    parcel.refresh_from_db()
    assert (parcel.title, parcel.version) == ("Coffee", 1)


@pytest.mark.parametrize("version", ["", "x", "-1", "٠", "99999999999999999999"])
def test_a_save_without_a_version_is_stale(desk, parcels, version):
    parcel = parcels.objects.create(title="Tea")

    answer = desk.post(change_url(parcel), {"version": version, "title": "Milk", "address": ""})

    assert answer.status_code == 409
    parcel.refresh_from_db()
    assert parcel.title == "Tea"


# --- The act's page


def test_the_page_asks_and_changes_nothing(desk, parcels):
    parcel = parcels.objects.create()

    answer = desk.get(act_url(parcel, "look"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<input type="hidden" name="version" value="0">' in page
    assert "The state changes from “Open” to “Looked at”." in page
    assert "You cannot decide on it afterwards" in page
    assert "<script" not in page.replace('<script src="', "")
    assert "style=" not in page
    assert stands(parcel) == ("open", 0, [])


def test_a_post_does_it_once_and_goes_back_to_the_record(desk, parcels):
    parcel = parcels.objects.create()

    answer = desk.post(act_url(parcel, "look"), {"version": 0})

    assert (answer.status_code, answer.headers["Location"]) == (302, change_url(parcel))
    assert stands(parcel) == ("looked", 1, ["parcel.look"])


def test_a_field_is_asked_for_each_thing_the_act_needs(desk, parcels, person):
    parcel = parcels.objects.create(address="Astana")
    perform(parcels, parcel.pk, "look", actor=person(), expected_version=0)

    assert '<textarea name="reason"' in desk.get(act_url(parcel, "close")).content.decode()
    answer = desk.post(act_url(parcel, "close"), {"version": 1, "reason": " "})
    assert answer.status_code == 422
    assert stands(parcel) == ("looked", 1, ["parcel.look"])

    desk.post(act_url(parcel, "close"), {"version": 1, "reason": "Seen."})
    assert stands(parcel) == ("closed", 2, ["parcel.look", "parcel.close"])
    assert Event.objects.get(subject=parcel.audit_subject, kind="parcel.close").reason == "Seen."


def test_what_is_unmet_is_listed_with_links_and_the_typed_text_stays(desk, parcels, person):
    parcel = parcels.objects.create()
    perform(parcels, parcel.pk, "look", actor=person(), expected_version=0)

    answer = desk.post(act_url(parcel, "close"), {"version": 1, "reason": "Half a page of <reasons>"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="/where-to-write-it">The parcel has no address.</a>' in page
    assert "Half a page of &lt;reasons&gt;</textarea>" in page
    assert stands(parcel) == ("looked", 1, ["parcel.look"])


def test_the_slower_of_two_sees_who_was_faster_and_keeps_the_text(desk, parcels, person):
    parcel = parcels.objects.create(address="Astana")
    perform(parcels, parcel.pk, "look", actor=person(), expected_version=0)
    perform(parcels, parcel.pk, "close", actor=person("Erlan"), expected_version=1, reason="Seen.")

    answer = desk.post(act_url(parcel, "close"), {"version": 1, "reason": "Mine"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This was changed by Erlan on " in page
    assert "It is now: Closed." in page
    assert '<th scope="row">Reason</th><td>Mine</td>' in page
    assert f'href="{change_url(parcel)}"' in page
    assert stands(parcel) == ("closed", 2, ["parcel.look", "parcel.close"])


# --- Crafted requests


@pytest.mark.parametrize("name", ["keep", "carry", "close"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_act_that_is_not_offered_is_refused_and_noted(desk, parcels, refusals, name, method):
    """keep: no rule lets anyone; carry: hidden from this page; close: not from this state."""
    parcel = parcels.objects.create(address="Astana")

    answer = getattr(desk, method)(act_url(parcel, name), {"version": 0, "reason": "x"})

    assert answer.status_code == 403
    assert stands(parcel) == ("open", 0, [])
    assert refusals() == [f"act refused: user={desk.person.pk} record={parcel.record_name} act={name}"]


@pytest.mark.parametrize("name", ["keep", "carry"])
def test_a_stale_version_does_not_turn_a_refusal_into_news(desk, parcels, name):
    parcel = parcels.objects.create()

    assert desk.post(act_url(parcel, name), {"version": 7}).status_code == 403


def test_without_the_right_to_change_no_act_is_done(desk, parcels, refusals):
    parcel = parcels.objects.create(title="sealed")

    answer = desk.post(act_url(parcel, "look"), {"version": 0})

    assert answer.status_code == 403
    assert stands(parcel) == ("open", 0, [])
    assert refusals() == [f"act refused: user={desk.person.pk} record={parcel.record_name} act=look"]


@pytest.mark.parametrize("name", ["vanish", "save", "delete", "refresh_from_db", "__init__"])
def test_what_is_no_act_is_not_found(desk, parcels, name):
    parcel = parcels.objects.create()

    assert desk.post(act_url(parcel, name), {"version": 0}).status_code == 404
    assert stands(parcel) == ("open", 0, [])


def test_a_record_that_is_not_there_is_not_found(desk, parcels):
    assert desk.post(act_url(parcels(), "look"), {"version": 0}).status_code == 404


def test_who_is_not_staff_is_sent_to_sign_in(client, parcels, person):
    client.force_login(person(staff=False))
    parcel = parcels.objects.create()

    assert client.post(act_url(parcel, "look"), {"version": 0}).status_code == 302
    assert stands(parcel) == ("open", 0, [])


def test_who_examined_is_refused_the_decision(desk, parcels, refusals):
    parcel = parcels.objects.create(address="Astana")
    desk.post(act_url(parcel, "look"), {"version": 0})

    answer = desk.post(act_url(parcel, "close"), {"version": 1, "reason": "x"})

    assert answer.status_code == 403
    assert "You examined this case" in answer.content.decode()
    assert stands(parcel) == ("looked", 1, ["parcel.look"])
    assert refusals() == [f"act refused: user={desk.person.pk} record={parcel.record_name} act=close"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(desk, parcels, method):
    assert getattr(desk, method)(act_url(parcels.objects.create(), "look")).status_code == 405


def test_a_post_without_the_token_is_refused(parcels, person):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person())
    parcel = parcels.objects.create()

    assert strict.post(act_url(parcel, "look"), {"version": 0}).status_code == 403
    assert stands(parcel) == ("open", 0, [])


# --- Two people


def test_two_people_burn_a_parcel_from_the_desk(desk, client, parcels, person):
    parcel, erlan = parcels.objects.create(), person("Erlan")
    assert ">Propose: Burn</button>" in desk.get(act_url(parcel, "burn")).content.decode()

    desk.post(act_url(parcel, "burn"), {"version": 0, "reason": "It leaks."})
    assert stands(parcel) == ("open", 0, ["parcel.burn.propose"])
    assert desk.post(act_url(parcel, "burn"), {"version": 0}).status_code == 403
    assert stands(parcel) == ("open", 0, ["parcel.burn.propose"])

    client.force_login(erlan)
    page = client.get(act_url(parcel, "burn")).content.decode()
    assert ">Confirm: Burn</button>" in page
    assert "It leaks." in page
    assert "<textarea" not in page
    client.post(act_url(parcel, "burn"), {"version": 0})
    assert stands(parcel) == ("burnt", 1, ["parcel.burn.propose", "parcel.burn"])


def test_a_proposal_can_be_taken_back_from_the_desk(desk, parcels):
    parcel = parcels.objects.create()
    propose(parcels, parcel.pk, "burn", actor=desk.person, expected_version=0, reason="It leaks.")

    desk.post(act_url(parcel, "burn"), {"version": 0, "take_back": "1"})

    assert stands(parcel) == ("open", 1, ["parcel.burn.propose", "parcel.burn.withdraw"])
    assert Proposal.objects.get(object_pk=str(parcel.pk)).withdrawn_at is not None
