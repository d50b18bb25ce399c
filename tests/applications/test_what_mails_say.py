"""Where the mails of a case lead, and what they say that a day rests on."""

import re
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from applications.services import requests, rounds
from notifications.models import Message
from regulators.calendars import add_working_days
from tests.plugins.cases import fresh, serve


def told(**about):
    """The address of each message, by its mail."""
    return {message.template: message.url for message in Message.objects.filter(**about)}


def test_a_mail_about_a_request_leads_to_the_request(asked_case, ask, firm_user, afsa_staff):
    sent = ask(asked_case, "Where?")
    point, reviewer = sent.points.get(), afsa_staff.reviewer
    rounds.ask_about_point(actor=firm_user, point=point, text="Which?")
    rounds.reply_about_point(actor=reviewer, point=point, text="The first.")
    for days, answer in ((7, "no"), (8, "yes")):
        until = sent.due_on + timedelta(days=days)
        asked = rounds.ask_for_time(actor=firm_user, request=sent, until=until, reason="Slow.")
        if answer == "yes":
            rounds.grant_time(actor=reviewer, extension=asked, until=until, answer="")
        else:
            rounds.decline_time(actor=reviewer, extension=asked, answer="No.")
    requests.answer_point(actor=firm_user, point=point, expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=sent, expected_version=fresh(sent).version)

    here = settings.BASE_URL + reverse("portal:request", args=[asked_case.pk, 1])
    desk = settings.BASE_URL + reverse("admin:applications_application_request", args=[asked_case.pk, 1])
    assert told(recipient=firm_user) == dict.fromkeys(
        ["request_sent", "request_reply", "extension_declined", "extension_granted", "reply_received"], here
    )
    assert told(recipient=reviewer) == dict.fromkeys(
        ["request_question", "extension_asked", "request_answered"], desk
    )


def test_its_notice_leads_there_too(asked_case, ask, signed_in, firm_user):
    sent = ask(asked_case, "Where?")
    notice = Message.objects.get(template="request_sent")
    page = signed_in(firm_user).get(reverse("portal:notice", args=[notice.uuid])).content.decode()
    here = reverse("portal:request", args=[asked_case.pk, sent.number])
    assert f'<a class="btn" href="{here}">Open the page</a>' in page


def test_the_receipt_and_the_acceptance_name_the_target_as_our_own(case_in_review):
    today = timezone.localdate()
    for template, words, days in (
        ("submitted", "Expect that by", 10),
        ("accepted", "It is to end by", 60),
    ):
        message = Message.objects.get(template=template)
        assert message.context["reply_by"] == add_working_days(today, days).isoformat()
        assert words in message.body_text
        assert "(our target, not law)" in message.body_text


def test_a_period_of_law_is_cited(submitted_afm_case):
    message = Message.objects.get(template="submitted")
    due = add_working_days(timezone.localdate(), 2)
    assert message.context == {
        "received_on": message.context["received_on"],
        "reply_by": due.isoformat(),
        "basis": "Rule: Law No. 202-V of 16 May 2014 on permits and notifications art. 25(1)",
    }
    assert (
        "(Rule: Law No. 202-V of 16 May 2014 on permits and notifications art. 25(1))." in message.body_text
    )


def test_the_notice_of_a_refusal_cites_what_the_right_to_reply_rests_on(refusal_proposed, afsa_staff):
    serve(refusal_proposed.refusal_notices.get(), afsa_staff)
    message = Message.objects.get(template="refusal_notice")
    assert message.url.endswith(reverse("portal:representation", args=[refusal_proposed.pk]))
    [basis] = re.findall(r"The period for a reply: (.*)", message.body_text)
    act = "AIFC Financial Services Framework Regulations"
    assert basis == f"length not on record: Rule: {act} s 10(1), Schedule 1 para 4."
