"""A question of the firm about a point, and the reply: both are told, nothing else moves."""

import pytest

from applications.models import PointMessage
from applications.services import requests, rounds
from audit.models import Event
from notifications.models import Message
from tests.plugins.cases import fresh
from workflow.errors import NotAllowed, NotReady


@pytest.fixture
def request_sent(asked_case, ask):
    return ask(asked_case, "Where?", "Who?")


@pytest.fixture
def point(request_sent):
    return request_sent.points.first()


@pytest.fixture
def question(point, firm_user):
    return rounds.ask_about_point(actor=firm_user, point=point, text="Which office do you mean?")


def test_a_question_and_its_reply(question, point, request_sent, asked_case, firm_user, afsa_staff):
    rounds.reply_about_point(actor=afsa_staff.second_lead_reviewer, point=point, text="The one in Astana.")
    thread = PointMessage.objects.values_list("from_firm", "text", "by")
    assert list(thread) == [
        (True, "Which office do you mean?", firm_user.pk),
        (False, "The one in Astana.", afsa_staff.second_lead_reviewer.pk),
    ]
    asked = fresh(request_sent)
    assert (asked.status, asked.version, asked.due_on) == ("sent", 1, request_sent.due_on)
    mails = Message.objects.filter(template__in=["request_question", "request_reply"]).order_by("pk")
    assert [(m.email, m.internal) for m in mails] == [
        (afsa_staff.reviewer.email, True), (firm_user.email, False),
    ]  # fmt: skip
    assert mails[0].subject == "[Internal] KZC-TEST-ASKED question about a request"
    assert not any("office" in m.body_text or "Astana" in m.body_text for m in mails)
    events = Event.objects.filter(subject=asked_case.audit_subject, kind__startswith="request.")
    assert [(e.kind, e.data) for e in events.order_by("number")][2:] == [
        ("request.question", {"number": 1, "point": 1}), ("request.reply", {"number": 1, "point": 1}),
    ]  # fmt: skip


def test_no_reply_where_nothing_was_asked(point, afsa_staff):
    with pytest.raises(NotReady, match="asked nothing"):
        rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text="Hello.")


def test_empty_words_are_neither(question, point, firm_user, afsa_staff):
    with pytest.raises(NotReady, match="Write your question"):
        rounds.ask_about_point(actor=firm_user, point=point, text=" ")
    with pytest.raises(NotReady, match="Write your reply"):
        rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text=" ")


def test_who_may(question, point, firm_user, afsa_staff):
    with pytest.raises(NotAllowed):
        rounds.ask_about_point(actor=afsa_staff.reviewer, point=point, text="x")
    for actor in (firm_user, afsa_staff.decision_maker, afsa_staff.specialist):
        with pytest.raises(NotAllowed):
            rounds.reply_about_point(actor=actor, point=point, text="x")
    assert PointMessage.objects.count() == 1


def test_a_point_that_is_sent_or_closed_takes_no_more(question, request_sent, point, firm_user, afsa_staff):
    requests.answer_point(actor=firm_user, point=point, expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=request_sent, expected_version=1)
    with pytest.raises(NotReady, match="not open"):
        rounds.ask_about_point(actor=firm_user, point=point, text="One more.")
    rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text="It was sent while I wrote.")
    requests.close_request(
        actor=afsa_staff.reviewer, request=request_sent, expected_version=2, note="Enough."
    )
    with pytest.raises(NotReady, match="closed already"):
        rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text="Late.")
