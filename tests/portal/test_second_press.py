"""A button pressed twice on one page makes one thing; the same words from a newer page are meant."""

import contextlib
import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.models import (
    ChangeNotice,
    Entity,
    ExtensionRequest,
    InsideNote,
    Note,
    PointMessage,
    RefusalNotice,
    Representation,
    RequestPoint,
)
from applications.presses import newest, posted_seen, same_press
from applications.services import copying, drafting, inside, requests, rounds
from applications.services.inside import Place
from audit.models import Event
from notifications.models import Message
from tests.plugins.asked import filed_with_little, with_text
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.days import working
from workflow.errors import Refused


def body(response):
    return response.content.decode()


def hidden(page):
    """The fields that the page sends back by itself: of the last form that has them."""
    return dict(
        re.findall(r'<input type="hidden" name="(version|seen|act|notice)" value="(\w+)">', body(page))
    )


def press_twice(browser, url, typed, page=None):
    data = {**hidden(browser.get(page or url)), **typed}
    first, second = browser.post(url, data), browser.post(url, data)
    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    return first


@pytest.fixture
def sent(asked_case, ask):
    return ask(asked_case, "Where exactly?", "Who signs?")


@pytest.fixture
def url(sent):
    return reverse("portal:request", args=[sent.application_id, sent.number])


def test_a_question_is_asked_once(browser, sent, url):
    typed = {"act": "ask", "p1-ask": "Which office?", "p2-ask": "Who counts?"}
    press_twice(browser, url, typed)
    told = Message.objects.filter(template="request_question").count()
    events = Event.objects.filter(kind="request.question").count()
    assert (PointMessage.objects.count(), told, events) == (2, 2, 2)
    press_twice(browser, url, typed)  # a page that shows both: they are asked again
    assert PointMessage.objects.count() == 4


def test_another_question_from_the_same_page_is_another(browser, sent, url):
    data = {**hidden(browser.get(url)), "act": "ask"}
    for words in ("Which office?", "Which floor?"):
        browser.post(url, {**data, "p1-ask": words})
    assert PointMessage.objects.count() == 2


def test_a_colleague_with_the_same_question_is_heard(sent, firm_user, custody_firm):
    colleague = new_applicant("Colleague")
    Membership.objects.create(user=colleague, firm=custody_firm, role="editor")
    for user in (firm_user, fresh(colleague)):
        rounds.ask_about_point(actor=user, point=sent.points.first(), text="Which office?", seen=0)
    assert PointMessage.objects.count() == 2


def test_more_time_is_asked_for_once(browser, sent, url):
    until = working(sent.due_on + timedelta(days=7))
    day = {"more-until_day": until.day, "more-until_month": until.month, "more-until_year": until.year}
    press_twice(browser, url, {"act": "extension", "more-reason": "Slow.", **day})
    told = Message.objects.filter(template="extension_asked").count()
    assert (ExtensionRequest.objects.count(), told) == (1, 1)
    other = browser.post(
        url, {**hidden(browser.get(url)), "act": "extension", "more-reason": "Other.", **day}
    )
    assert other.status_code == 422
    assert "More time is asked for already" in body(other)


def test_answers_are_sent_once(browser, sent, url):
    press_twice(browser, url, {"act": "send", "p1-text": "Here.", "p2-text": "She."})
    told = Message.objects.filter(template__in=["request_answered", "reply_received"]).count()
    events = Event.objects.filter(kind="request.answer").count()
    assert (fresh(sent).status, fresh(sent).version, told, events) == ("answered", 2, 2, 1)


def test_a_part_is_sent_once_and_what_was_written_since_is_not_sent_with_it(browser, sent, url, firm_user):
    first = sent.points.get(number=1)
    requests.answer_point(actor=firm_user, point=first, expected_version=0, text="Here.")
    part = {"version": 1, "act": "send", "shown": "1.1"}
    for _press in range(2):
        assert browser.post(url, part).url == url
    assert fresh(sent).version == 2
    second = sent.points.get(number=2)
    requests.answer_point(actor=firm_user, point=second, expected_version=0, text="She.")
    assert browser.post(url, part).status_code == 409
    assert fresh(second).sent_at is None


def test_a_comment_inside_the_firm_is_written_once(browser, asked_case, firm_user):
    stage = asked_case.stages.first()
    page = reverse("portal:stage", args=[asked_case.pk, stage.code])
    here = reverse("portal:inside", args=[asked_case.pk, stage.code])
    press_twice(browser, here, {"act": "comment", "text": "Look at the dates."}, page)
    assert InsideNote.objects.count() == 1
    press_twice(browser, here, {"act": "comment", "text": "Look at the dates."}, page)
    assert InsideNote.objects.count() == 2
    press_twice(browser, here, {"act": "comment", "text": "From its own page."}, here)
    assert InsideNote.objects.count() == 3


def test_a_change_is_reported_once(browser, asked_case):
    url = reverse("portal:change", args=[asked_case.pk])
    press_twice(browser, url, {"text": "A new director."})
    assert ChangeNotice.objects.count() == 1


def test_a_representation_is_made_once(browser, custody_firm, firm_user, afsa):
    case = filed_with_little(custody_firm, firm_user, afsa, state="refusal_proposed")
    today = timezone.localdate()
    RefusalNotice.objects.create(
        application=case, grounds=[], evidence="e", text="t", proposed_by=firm_user,
        proposed_at=timezone.now(), served_on=today, served_how="h", representations_until=today,
    )  # fmt: skip
    url = reverse("portal:representation", args=[case.pk])
    press_twice(browser, url, {"text": "The wallets are apart."})
    assert Representation.objects.count() == 1


def test_at_the_desk_a_reply_and_a_note_are_written_once(signed_in, asked_case, sent, firm_user, afsa_staff):
    desk = signed_in(afsa_staff.reviewer)
    rounds.ask_about_point(actor=firm_user, point=sent.points.get(number=1), text="Which?")
    reply = reverse("admin:applications_application_request_reply", args=[asked_case.pk, 1, 1])
    press_twice(desk, reply, {"text": "The first."})
    assert PointMessage.objects.filter(from_firm=False).count() == 1
    note = reverse("admin:applications_application_note_new", args=[asked_case.pk])
    press_twice(desk, note, {"text": "Remember."})
    assert Note.objects.count() == 1
    press_twice(desk, note, {"text": "Remember."})
    assert Note.objects.count() == 2


def test_at_the_desk_a_request_and_a_consultation_are_written_once(signed_in, asked_case, afsa_staff):
    desk, day = signed_in(afsa_staff.reviewer), working(timezone.localdate() + timedelta(days=9))
    code = with_text(asked_case, 1)[0].code
    typed = {"pick_1": f"{code}|", "text_1": "Why?", "due_on_day": day.day, "due_on_month": day.month}
    typed["due_on_year"] = day.year
    url = reverse("admin:applications_application_request_new", args=[asked_case.pk])
    old = hidden(desk.get(url))
    press_twice(desk, url, typed)
    assert [p.question for p in RequestPoint.objects.all()] == ["Why?"]
    desk.post(url, {**old, **typed, "text_1": "Where?"})
    assert [p.question for p in RequestPoint.objects.order_by("pk")] == ["Why?", "Where?"]
    press_twice(desk, url, typed)
    assert asked_case.requests.count() == 3
    url = reverse("admin:applications_application_consultation_new", args=[asked_case.pk])
    for count in (1, 2):
        press_twice(desk, url, {"body": "The bank", "question": "Is it so?", "silence": "wait"})
        assert asked_case.consultations.count() == count


@pytest.mark.parametrize(
    ("data", "expected"), [({"seen": "12"}, 12), ({"seen": "0"}, 0), ({}, None), ({"seen": "x"}, None),
                           ({"seen": "-1"}, None), ({"seen": "9" * 30}, None)],
)  # fmt: skip
def test_what_a_form_may_send_back(data, expected):
    assert posted_seen(data) == expected


def test_without_it_every_press_counts(asked_case, afsa_staff):
    for _press in range(2):
        Note.objects.create(application=asked_case, text="a", author=afsa_staff.reviewer)
    rows = Note.objects.all()
    assert newest(rows) == max(note.pk for note in rows)
    assert newest([]) == 0
    assert same_press(rows, seen=None, text="a") is None
    assert same_press(rows, seen=newest(rows), text="a") is None
    assert same_press(rows, seen=newest(rows) - 1, text="a") is not None


def at_the_same_moment(press):
    ready = threading.Barrier(2)

    def run():
        ready.wait()
        with contextlib.suppress(Refused):
            press()
        connection.close()

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def slow(monkeypatch, module, name):
    """What it finds is old when it is used."""
    now = getattr(module, name)

    def later(*given, **named):
        found = now(*given, **named)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(module, name, later)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_start_one_application(firm_user, custody_firm, afsa, monkeypatch):
    slow(monkeypatch, drafting, "draft_of")
    at_the_same_moment(lambda: drafting.draft_or_start(actor=firm_user, firm=custody_firm, licence_type=afsa))
    assert custody_firm.applications.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_copy_once(asked_case, firm_user, custody_firm, monkeypatch):
    slow(monkeypatch, copying, "draft_of")
    Entity.objects.create(application=asked_case, name=custody_firm.name, country="KZ", is_applicant=True)
    at_the_same_moment(lambda: copying.copy_application(actor=firm_user, source=asked_case))
    assert custody_firm.applications.filter(copied_from=asked_case).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_write_one_comment(asked_case, firm_user, monkeypatch):
    slow(monkeypatch, inside, "same_press")
    place = Place(stage=asked_case.stages.first())
    at_the_same_moment(lambda: inside.comment(actor=firm_user, place=place, text="Look.", seen=0))
    assert InsideNote.objects.count() == 1


def test_what_was_typed_on_a_notice_of_before_is_not_on_the_newer_one(browser, custody_firm, firm_user, afsa):
    case = filed_with_little(custody_firm, firm_user, afsa, state="refusal_proposed")
    today = timezone.localdate()
    about = {"application": case, "grounds": [], "evidence": "e", "proposed_by": firm_user,
             "served_on": today, "served_how": "h", "representations_until": today}  # fmt: skip
    url = reverse("portal:representation", args=[case.pk])
    RefusalNotice.objects.create(text="The first.", proposed_at=timezone.now(), **about)
    page = browser.get(url)
    said = {**hidden(page), "typed_mark": page.context["typed_page"].mark, "text": "Not so."}
    assert browser.post("/applications/typed/", said).status_code == 200
    RefusalNotice.objects.create(text="The second.", proposed_at=timezone.now(), **about)

    assert "Not so." not in browser.get(url).content.decode()
    sent = browser.post(url, said)
    assert (sent.status_code, Representation.objects.count()) == (409, 0)
    assert browser.post(url, {**hidden(sent), "text": "Nor this."}).status_code == 302
    assert Representation.objects.get().notice.text == "The second."
