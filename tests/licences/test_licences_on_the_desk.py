"""The desk's pages of a licence: for staff of its regulator, with acts for its decision makers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from licences.models import Licence
from regulators.models import Act, Regulator, Role
from tests.desk.conftest import on
from tests.licences.acting import let_time_pass, proposed, serve
from tests.plugins.cases import appointed
from tests.plugins.days import working
from tests.plugins.second_factor import asks, shown_ago


def signed_in(user):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def act_page(licence, name):
    return reverse("admin:licences_licence_act", args=[licence.pk, name])


def work(row, name):
    licence = row.licence_id if name != "answer" else row.notice.licence_id
    return reverse(f"admin:licences_licence_{name}", args=[licence, row.pk])


def today():
    return timezone.localdate()


def text(answer):
    return answer.content.decode()


def change_page(licence):
    return reverse("admin:licences_licence_change", args=[licence.pk])


@pytest.fixture
def officer(person, licence_type):
    def make(name, paper, regulator=None):
        user = person(name, paper)
        appointed(user, regulator or licence_type.regulator, Role.CASE_OFFICER)
        return user

    return make


def test_two_people_suspend_through_the_desk(grant, decision_maker):
    licence = grant()
    first = signed_in(decision_maker("Aliya", "N2000001"))
    second = signed_in(decision_maker("Berik", "N2000002"))
    page = act_page(licence, "suspend")

    told = {"version": 0, "reason": "unsafe keys", "public_note": "By order."}
    unheard = first.post(page, told)
    assert (unheard.status_code, "Write the text of the preliminary notice" in text(unheard)) == (422, True)
    told["notice"] = "We propose to suspend."
    stale = first.post(page, {**told, "version": 7})
    assert (stale.status_code, [word in text(stale) for word in told.values() if word]) == (409, [True] * 3)
    assert first.post(page, told).status_code == 302
    assert first.post(page, {"version": 0}).status_code != 302
    unserved = second.post(page, {"version": 0})
    assert (unserved.status_code, "is not served yet" in text(unserved)) == (422, True)
    notice = licence.notices.get()
    served = {
        **on(today(), "served_on"),
        **on(working(today() + timedelta(days=1)), "until"),
        "how": "By courier.",
    }
    assert first.post(work(notice, "service"), served).status_code == 302
    assert second.post(page, {"version": 0}).status_code == 422
    let_time_pass(notice)
    asked = text(second.get(page))
    assert ("We propose to suspend." in asked, "unsafe keys" in asked) == (True, True)
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

    names = [act["name"] for act in shown.context["acts"]]
    assert names == ["suspend", "surrender", "restrict"]


def test_staff_of_another_regulator_find_nothing(grant, officer, db):
    licence = grant()
    client = signed_in(officer("Other", "N1000009", Regulator.objects.create(code="afm", name="AFM")))

    assert client.get(act_page(licence, "suspend")).status_code == 404
    assert licence.number not in client.get(reverse("admin:licences_licence_changelist")).content.decode()


def test_nobody_types_into_a_licence_or_deletes_it(grant, decision_maker):
    licence, client = grant(), signed_in(decision_maker("Aliya", "N2000001"))

    typed = {"version": 0, "firm_name": "Mine", "state": "revoked", "number": "X"}
    assert client.post(change_page(licence), typed).status_code == 405
    assert Licence.objects.values_list("firm_name", "state", "number").get() == (
        licence.firm_name,
        "active",
        licence.number,
    )
    assert client.post(reverse("admin:licences_licence_delete", args=[licence.pk])).status_code == 403
    assert client.get(reverse("admin:licences_licence_add")).status_code == 403


def test_a_variation_is_typed_over_what_stands(grant, decision_maker):
    licence = grant(conditions=["Two keys.", "Report monthly."])
    first = signed_in(decision_maker("Aliya", "N2000001"))
    page = act_page(licence, "vary")
    form = first.get(page).context["form"]
    assert (form["condition_1"].value(), form["firm_name"].value()) == ("Two keys.", "Turan Vault Ltd")
    typed = {"version": 0, "reason": "r", "condition_1": "Two keys.", "condition_2": "Report monthly."}

    nothing = first.post(page, {**typed, "firm_name": "Turan Vault Ltd"})
    assert (nothing.status_code, "Nothing would change" in text(nothing)) == (422, True)
    unheard = first.post(page, {**typed, "condition_1": "Three keys.", "firm_name": "Turan Vault Ltd"})
    assert (unheard.status_code, "Three keys." in text(unheard)) == (422, True)
    told = {**typed, "condition_2": "", "new_conditions": "A.\n\nB.", "firm_name": "Turan Keys Ltd"}
    assert first.post(page, {**told, "firm_asked": "Letter 7 of 1 November"}).status_code == 302
    second = signed_in(decision_maker("Berik", "N2000002"))
    asked = text(second.get(page))
    for words in (
        "Condition 2 was removed",
        "Condition added: A.",
        "Name of the firm: Turan Keys Ltd",
        "Letter 7",
    ):
        assert words in asked, words
    assert second.post(page, {"version": 0}).status_code == 302
    licence = Licence.objects.get()
    assert (licence.conditions_in_force, licence.firm_name) == (["Two keys.", "A.", "B."], "Turan Keys Ltd")


def test_the_page_of_a_licence_shows_conditions_notices_and_history(
    grant, decision_maker, officer, django_assert_max_num_queries
):
    licence = grant(conditions=["Two keys."])
    first = decision_maker("Aliya", "N2000001")
    proposed(licence, "suspend", first, reason="unsafe keys")
    with django_assert_max_num_queries(60):
        page = text(signed_in(first).get(change_page(licence)))
    for words in (
        "Two keys.", "Carried over from the case", "We propose: suspend.", "Not served yet", "unsafe keys",
        "Proposed, not confirmed", "Record its service", "Issued in this form on",
    ):  # fmt: skip
        assert words in page, words
    clerk = text(signed_in(officer("Clerk", "N1000009")).get(change_page(licence)))
    assert ("Record its service" in clerk, "Withdraw it" in clerk, "acts/" in clerk) == (True, False, False)


def test_what_the_firm_says_is_recorded_answered_and_a_notice_withdrawn(grant, decision_maker, officer):
    licence = grant()
    first, clerk = decision_maker("Aliya", "N2000001"), signed_in(officer("Clerk", "N1000009"))
    proposed(licence, "revoke", first, reason="r")
    notice = licence.notices.get()
    serve(notice, first)
    said = {**on(today(), "made_on"), "text": "Not so.", "how": "Letter 4."}
    assert clerk.post(work(notice, "said"), {**said, "text": ""}).status_code == 422
    said["seen"] = clerk.get(work(notice, "said")).context["form"]["seen"].value()
    assert [clerk.post(work(notice, "said"), said).status_code for _press in range(2)] == [302, 302]
    representation = notice.representations.get()
    answer = {"our_answer": "It is so.", "accepted": "no"}
    assert clerk.post(work(representation, "answer"), answer).status_code == 403
    assert signed_in(first).post(work(representation, "answer"), answer).status_code == 302
    assert clerk.post(work(notice, "withdraw"), {"why": "Mended."}).status_code == 403
    assert signed_in(first).post(work(notice, "withdraw"), {"why": "Mended."}).status_code == 302
    page = text(clerk.get(change_page(licence)))
    for words in ("Not so.", "Letter 4.", "Not accepted", "It is so.", "Withdrawn", "Mended."):
        assert words in page, words
    assert clerk.get(work(notice, "service").replace(f"/{notice.pk}/", "/999999/")).status_code == 404


def test_a_name_that_the_firm_chose_is_text_on_the_page_of_a_variation(grant, decision_maker, firm):
    licence = grant()
    type(firm).objects.filter(pk=firm.pk).update(name="<b id=mine>Vault</b>")
    page = text(signed_in(decision_maker("Aliya", "N2000001")).get(act_page(licence, "vary")))
    assert ("<b id=mine>" in page, "&lt;b id=mine&gt;Vault" in page) == (False, True)


def test_the_steps_of_an_act_against_the_firm_take_a_fresh_factor(grant, decision_maker):
    licence, first = grant(), decision_maker("Aliya", "N2000001")
    proposed(licence, "revoke", first, reason="r")
    notice = licence.notices.get()
    stale = shown_ago(signed_in(first), first, seconds=6 * 60)
    served = {
        **on(today(), "served_on"),
        **on(working(today() + timedelta(days=1)), "until"),
        "how": "By courier.",
    }
    for name, data in (("service", served), ("withdraw", {"why": "Mended."})):
        for answer in (stale.get(work(notice, name)), stale.post(work(notice, name), data)):
            assert asks(answer)
    assert stale.get(work(notice, "said")).status_code == 200  # writes down what the firm said
    serve(notice, first)
    said = notice.representations.create(text="Not so.", made_on=today(), recorded_by=first)
    answer = {"our_answer": "It is so.", "accepted": "no"}
    assert stale.post(work(said, "answer"), answer).status_code == 403
    notice.refresh_from_db()
    said.refresh_from_db()
    assert (notice.is_open, said.answered_at) == (True, None)


def test_who_is_of_the_firm_under_another_account_reads_nothing_of_it_at_the_desk(grant, officer, firm):
    licence, clerk = grant(), officer("Clerk", "N1000009")
    assert signed_in(clerk).get(change_page(licence)).status_code == 200
    other = type(clerk).objects.create_user("other@firm.test", full_name="Other", human=clerk.human)
    firm.memberships.create(user=other, role="viewer")
    assert signed_in(clerk).get(change_page(licence)).status_code == 403
