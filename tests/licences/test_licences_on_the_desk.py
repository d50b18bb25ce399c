"""The desk's pages of a licence: for staff of its regulator, with acts for its decision makers."""

import pytest
from django.test import Client
from django.urls import reverse

from licences.models import Licence
from regulators.models import Act, Regulator, Role, Staff


def signed_in(user):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def act_page(licence, name):
    return reverse("admin:licences_licence_act", args=[licence.pk, name])


def change_page(licence):
    return reverse("admin:licences_licence_change", args=[licence.pk])


@pytest.fixture
def officer(person, licence_type):
    def make(name, paper, regulator=None):
        user = person(name, paper)
        Staff.objects.create(
            user=user, regulator=regulator or licence_type.regulator, role=Role.CASE_OFFICER, human=user.human
        )
        return user

    return make


def test_two_people_suspend_through_the_desk(grant, decision_maker):
    licence = grant()
    first = signed_in(decision_maker("Aliya", "N2000001"))
    second = signed_in(decision_maker("Berik", "N2000002"))
    page = act_page(licence, "suspend")

    told = {"version": 0, "reason": "unsafe keys", "public_note": "By order."}
    assert first.post(page, told).status_code == 302
    assert Licence.objects.get().state == "active"
    assert first.post(page, {"version": 0}).status_code != 302
    assert second.post(page, {"version": 0}).status_code == 302

    assert Licence.objects.get().state == "suspended"
    assert licence.history.last().text == "By order."


def test_staff_of_the_regulator_may_look_and_not_act(grant, officer):
    licence, client = grant(), signed_in(officer("Clerk", "N1000009"))

    assert client.get(change_page(licence)).status_code == 200
    assert client.get(act_page(licence, "suspend")).status_code == 403
    told = {"version": 0, "reason": "r"}
    assert client.post(act_page(licence, "suspend"), told).status_code == 403


def test_the_page_shows_the_acts_within_the_power_given(grant, decision_maker):
    licence = grant()
    shown = signed_in(decision_maker("Aliya", "N2000001", acts=[Act.SUSPEND])).get(change_page(licence))

    assert [act["name"] for act in shown.context["acts"]] == ["suspend", "surrender", "expire"]


def test_staff_of_another_regulator_find_nothing(grant, officer, db):
    licence = grant()
    client = signed_in(officer("Other", "N1000009", Regulator.objects.create(code="afm", name="AFM")))

    assert client.get(act_page(licence, "suspend")).status_code == 404
    assert licence.number not in client.get(reverse("admin:licences_licence_changelist")).content.decode()


def test_nobody_types_into_a_licence_or_deletes_it(grant, decision_maker):
    licence, client = grant(), signed_in(decision_maker("Aliya", "N2000001"))

    client.post(change_page(licence), {"version": 0, "firm_name": "Mine", "state": "revoked", "number": "X"})
    assert Licence.objects.values_list("firm_name", "state", "number").get() == (
        licence.firm_name,
        "active",
        licence.number,
    )
    assert client.post(reverse("admin:licences_licence_delete", args=[licence.pk])).status_code == 403
    assert client.get(reverse("admin:licences_licence_add")).status_code == 403
