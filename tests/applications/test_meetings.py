"""A meeting before an application: asked for by the firm, offered or declined by a case officer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.models import MeetingRequest
from applications.services.meetings import (
    ask_for_meeting,
    decline_meeting,
    offer_meeting,
    withdraw_meeting,
)
from audit.models import Event
from notifications.models import Message
from regulators import books
from regulators.rulebook import say
from tests.plugins.cases import fresh, new_applicant, new_firm
from workflow.errors import NotAllowed, NotReady


@pytest.fixture
def ask(custody_firm, firm_user, afsa):
    def make(**other):
        told = {"topics": "Our plan CANARY-TOPIC", "wished": "Mondays", "language": "kk", **other}
        return ask_for_meeting(**{"actor": firm_user, "firm": custody_firm, "licence_type": afsa, **told})

    return make


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def offer(staff, meeting, **other):
    told = {"meets_on": tomorrow(), "meets_at": "10:00, Mangilik El 55", **other}
    return offer_meeting(actor=staff.case_officer, meeting=meeting, **told)


def test_the_case_officers_are_told_and_the_event_has_no_word_of_it(ask, afsa_staff, custody_firm):
    meeting = ask()
    mails = Message.objects.filter(template="internal_meeting")
    assert [mail.recipient for mail in mails] == [afsa_staff.case_officer]
    assert "CANARY" not in mails[0].body_text + mails[0].subject
    event = Event.objects.get(subject=custody_firm.audit_subject, kind="meeting.ask")
    assert event.data == {"meeting": meeting.pk, "licence_type": "providing-custody"}


def test_a_second_request_waits_for_the_answer_to_the_first(ask, afm, afsa_staff):
    first = ask()
    with pytest.raises(NotReady):
        ask()
    ask(licence_type=afm)
    offer(afsa_staff, first)
    ask()
    assert MeetingRequest.objects.count() == 3


@pytest.mark.parametrize("empty", [{"topics": "  "}, {"wished": " "}])
def test_empty_words_are_refused(ask, empty):
    with pytest.raises(NotReady):
        ask(**empty)
    assert MeetingRequest.objects.count() == 0


def test_somebody_who_only_reads_and_a_stranger_do_not_ask(ask, custody_firm):
    reader, stranger = new_applicant("Reader"), new_applicant("Stranger")
    Membership.objects.create(user=reader, firm=custody_firm, role="viewer")
    new_firm(stranger, "Other Ltd")
    for somebody in (reader, stranger):
        with pytest.raises(NotAllowed):
            ask(actor=fresh(somebody))


def test_an_offer_reaches_everybody_of_the_firm_and_is_on_their_page(ask, afsa_staff, signed_in, firm_user):
    meeting = offer(afsa_staff, ask(), answer="Bring the draft plan.")
    assert (meeting.status, meeting.meets_on) == ("offered", tomorrow())
    assert [mail.recipient for mail in Message.objects.filter(template="meeting_answered")] == [firm_user]
    page = signed_in(firm_user).get(reverse("portal:meetings")).content.decode()
    assert "10:00, Mangilik El 55" in page
    assert "Bring the draft plan." in page


def test_an_offer_names_a_day_that_is_not_over_and_a_place(ask, afsa_staff):
    meeting = ask()
    for wrong in ({"meets_on": timezone.localdate() - timedelta(days=1)}, {"meets_at": " "}):
        with pytest.raises(NotReady):
            offer(afsa_staff, meeting, **wrong)
    assert offer(afsa_staff, meeting, meets_on=timezone.localdate()).status == "offered"


def test_only_a_case_officer_of_the_regulator_answers_and_only_once(ask, afsa_staff, afm_staff):
    meeting = ask()
    for other in (afsa_staff.reviewer, afsa_staff.decision_maker, afm_staff.case_officer):
        with pytest.raises(NotAllowed):
            decline_meeting(actor=other, meeting=meeting, answer="No.")
    with pytest.raises(NotReady):
        decline_meeting(actor=afsa_staff.case_officer, meeting=meeting, answer=" ")
    assert (
        decline_meeting(actor=afsa_staff.case_officer, meeting=meeting, answer="Write.").status == "declined"
    )
    with pytest.raises(NotReady):
        offer(afsa_staff, meeting)


def test_the_firm_withdraws_what_is_open_or_offered(ask, afsa_staff, firm_user):
    meeting = offer(afsa_staff, ask())
    assert withdraw_meeting(actor=firm_user, meeting=meeting).status == "withdrawn"
    with pytest.raises(NotReady):
        withdraw_meeting(actor=firm_user, meeting=meeting)


def test_from_the_page_of_the_firm_to_the_desk_and_back(signed_in, firm_user, custody_firm, afsa, afsa_staff):
    firm, desk = signed_in(firm_user), signed_in(afsa_staff.case_officer)
    url = reverse("portal:meetings")
    empty = firm.post(url, {"firm": custody_firm.pk, "spoken": "en"})
    assert empty.status_code == 422
    assert sorted(empty.context["form"].errors) == ["licence_type", "topics", "wished"]
    typed = {
        "firm": custody_firm.pk,
        "licence_type": afsa.pk,
        "topics": "Plan",
        "wished": "Any",
        "spoken": "en",
    }
    assert firm.post(url, typed).status_code == 302
    again = firm.post(url, typed)
    assert (again.status_code, "asked for already" in again.content.decode()) == (422, True)
    meeting = MeetingRequest.objects.get()
    page = reverse("admin:applications_meetingrequest_offer", args=[meeting.pk])
    assert "Plan" in desk.get(page).content.decode()
    day = tomorrow()
    data = {
        "meets_on_day": day.day,
        "meets_on_month": day.month,
        "meets_on_year": day.year,
        "meets_at": "10:00",
    }
    assert desk.post(page, data).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.status, meeting.answered_by) == ("offered", afsa_staff.case_officer)


def test_the_list_reads_the_same_however_many_there_are(signed_in, firm_user, ask, afm, afsa_staff):
    browser, url = signed_in(firm_user), reverse("portal:meetings")
    ask()
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        browser.get(url)
    offer(afsa_staff, MeetingRequest.objects.get())
    ask()
    ask(licence_type=afm)
    with CaptureQueriesContext(connection) as three:
        assert browser.get(url).content.decode().count('class="file"') == 3
    assert len(three) == len(one) <= 9  # one of them counts the new notices, for the header


def test_what_a_meeting_is_about_is_chosen_by_its_name(custody_firm, firm_user, afsa, signed_in):
    form = signed_in(firm_user).get(reverse("portal:meetings")).context["form"]
    named = {str(value): words for value, words in form.fields["licence_type"].choices}
    assert named[str(afsa.pk)] == str(say(books.current(afsa.code).title))
    assert afsa.code not in named.values()
