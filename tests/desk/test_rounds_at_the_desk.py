"""What the firm asks back, at the desk: a reply, more time, a request changed before it goes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import ExtensionRequest
from applications.services import rounds
from applications.services.submission import notify_change
from tests.desk.conftest import at, on
from tests.plugins.cases import fresh
from tests.plugins.days import working


@pytest.fixture
def sent(asked_case, ask):
    return ask(asked_case, "Where?", "Who?")


@pytest.fixture
def extension(sent, firm_user):
    until = sent.due_on + timedelta(days=7)
    return rounds.ask_for_time(actor=firm_user, request=sent, until=until, reason="The bank is slow.")


def test_a_question_is_read_and_replied_to(asked_case, sent, firm_user, browsers):
    point, url = sent.points.get(number=2), at("request_reply", asked_case, 1, 2)
    assert browsers.reviewer.get(url).status_code == 404  # nothing was asked
    rounds.ask_about_point(actor=firm_user, point=point, text="Who counts?")
    page = browsers.reviewer.get(at("request", asked_case, 1)).content.decode()
    assert "Who counts?" in page
    assert url in page
    assert url not in browsers.decision_maker.get(at("request", asked_case, 1)).content.decode()
    assert "Who counts?" in browsers.reviewer.get(url).content.decode()
    assert browsers.decision_maker.get(url).status_code == 403
    assert browsers.reviewer.post(url, {"text": ""}).status_code == 422
    done = browsers.reviewer.post(url, {"text": "The signatory."})
    assert (done.status_code, done.url) == (302, at("request", asked_case, 1))
    assert [m.text for m in point.messages.all()] == ["Who counts?", "The signatory."]


def test_more_time_is_granted_or_not(asked_case, sent, extension, browsers):
    url = at("request_extension", asked_case, 1)
    assert url in browsers.reviewer.get(at("request", asked_case, 1)).content.decode()
    page = browsers.reviewer.get(url).content.decode()
    assert "The bank is slow." in page
    assert browsers.decision_maker.post(url, {"grant": "no", "answer": "No."}).status_code == 403
    assert browsers.reviewer.post(url, {"grant": "no", "answer": ""}).status_code == 422
    assert browsers.reviewer.post(url, {"grant": "yes"}).status_code == 422
    early = browsers.reviewer.post(url, {"grant": "yes", "answer": "Kept.", **on(sent.due_on, "until")})
    assert early.status_code == 422
    assert "Kept." in early.content.decode()
    until = working(sent.due_on + timedelta(days=3))
    assert browsers.reviewer.post(url, {"grant": "yes", **on(until, "until")}).status_code == 302
    assert fresh(sent).due_on == until
    assert browsers.reviewer.get(url).status_code == 404


def test_more_time_is_declined_with_a_reason(asked_case, sent, extension, browsers):
    done = browsers.reviewer.post(
        at("request_extension", asked_case, 1), {"grant": "no", "answer": "It is urgent."}
    )
    assert done.status_code == 302
    extension = ExtensionRequest.objects.get()
    assert (extension.outcome, extension.answer) == ("declined", "It is urgent.")
    assert fresh(sent).due_on == sent.due_on


def test_a_request_is_changed_until_it_is_sent(asked_case, browsers):
    codes = [question["requirement"] for question in asked_case.snapshots.get().content["questions"]]
    day = working(timezone.localdate() + timedelta(days=10))
    written = {"pick_1": f"{codes[0]}|", "text_1": "Which bank?", **on(day, "due_on")}
    browsers.reviewer.post(at("request_new", asked_case), written)
    url = at("request_edit", asked_case, 1)
    assert url in browsers.reviewer.get(at("request", asked_case, 1)).content.decode()
    assert "Which bank?" in browsers.reviewer.get(url).content.decode()
    other = {
        "pick_1": f"{codes[1]}|", "text_1": "Which branch?", "pick_2": f"{codes[0]}|", "text_2": "Why?",
        **on(working(day + timedelta(days=1)), "due_on"),
    }  # fmt: skip
    assert browsers.reviewer.post(url, {**other, "version": 5}).status_code == 409
    assert browsers.reviewer.post(url, {**other, "version": 0}).status_code == 302
    asked = asked_case.requests.get()
    assert [(p.requirement, p.question) for p in asked.points.all()] == [
        (codes[1], "Which branch?"), (codes[0], "Why?"),
    ]  # fmt: skip
    assert (asked.due_on, asked.version) == (working(day + timedelta(days=1)), 1)
    assert browsers.decision_maker.get(url).status_code == 403
    assert (
        browsers.reviewer.post(at("request", asked_case, 1), {"send": "1", "version": 1}).status_code == 302
    )
    assert browsers.reviewer.get(url).status_code == 404


def test_what_the_firm_is_told_of_a_change_is_said_before_it_is_written(
    asked_case, firm_user, browsers, signed_in
):
    notice = notify_change(actor=firm_user, case=asked_case, text="A new director.")
    url = at("change_notice", asked_case, notice.pk)
    assert "The firm reads what the change means" in browsers.reviewer.get(url).content.decode()
    assert browsers.reviewer.post(url, {"resolution": "Send her papers."}).status_code == 302
    page = signed_in(firm_user).get(reverse("portal:change", args=[asked_case.pk])).content.decode()
    assert "A new director." in page
    assert "Send her papers." in page
