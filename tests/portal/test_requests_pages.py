"""The page of a request: points with the answer of before, parts, questions back, more time."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.due.firms import dates_of_firms
from applications.models import ExtensionRequest, InformationRequest, PointMessage, RequestPoint
from applications.services import requests, rounds
from applications.services.submission import withdraw_application
from look import words
from tests.plugins.asked import filed_with_little, with_text
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.days import working
from tests.portal.conftest import pdf
from workflow.errors import NotReady


def body(response):
    return response.content.decode()


@pytest.fixture
def sent(asked_case, ask):
    return ask(asked_case, "Where exactly?", "Who signs?")


@pytest.fixture
def url(sent):
    return reverse("portal:request", args=[sent.application_id, sent.number])


def fields_in(page):
    """What a page of a request lets one type or press."""
    return set(re.findall(r'name="((?:p\d|more)-\w+|act)"', page))


def days(day, prefix="more-until"):
    return {f"{prefix}_day": day.day, f"{prefix}_month": day.month, f"{prefix}_year": day.year}


def test_each_point_stands_beside_its_citation_and_the_answer_of_before(browser, sent, url):
    page = body(browser.get(url))
    for point in sent.points.all():
        assert f"Submitted for {point.requirement}." in page
    assert page.count("Your earlier answer (submission 1)") == 2
    assert page.count('class="cite') == 2
    assert "Your answer to point 1" in page
    assert "Your answer to point 2" in page


def test_the_answer_of_before_is_that_of_before_the_request(browser, sent, url, asked_case, firm_user):
    last = asked_case.snapshots.get()
    content = {**last.content, "questions": [
        {**question, "value": {"text": "Written since."}} for question in last.content["questions"]
    ]}  # fmt: skip
    type(last).objects.create(
        application=asked_case, number=2, content=content, sha256="0" * 64, law={},
        made_at=sent.sent_at + timedelta(minutes=1), made_by_name="Firm",
    )  # fmt: skip
    page = body(browser.get(url))
    assert "Submitted for" in page
    assert "Written since." not in page


def test_a_part_goes_only_after_the_page_said_which(browser, sent, url):
    typed = {"version": 1, "act": "send", "p1-text": "Here.", "p2-text": ""}
    asked = browser.post(url, typed)
    assert asked.url == f"{url}?send=part"
    assert fresh(sent).status == "sent"
    page = body(browser.get(asked.url))
    going, staying = page.split("This point goes")[1].split("stays with you")
    assert "1. " in going
    assert "2. " not in going
    assert "#point-2" in staying
    shown = page.split('name="shown" value="')[1].split('"')[0]
    assert shown == "1.1"
    stale = browser.post(url, {"version": 1, "act": "send", "shown": "1.0"})
    assert stale.status_code == 409
    assert "Check what goes" in body(stale)
    assert browser.post(url, {"version": 1, "act": "send", "shown": shown}).url == url
    assert fresh(sent).status == "part_answered"
    assert [bool(point.sent_at) for point in sent.points.all()] == [True, False]
    page = body(browser.get(url))
    assert 'name="p1-text"' not in page
    assert 'name="p2-text"' in page
    refused = browser.post(url, {"version": 2, "act": "later", "p1-text": "Other.", "p1-version": 1})
    assert refused.status_code == 302
    assert sent.points.get(number=1).answer == "Here."


def test_when_all_is_answered_there_is_one_press(browser, sent, url):
    typed = {"version": 1, "act": "send", "p1-text": "Here.", "p2-text": "She.", "p2-files": [pdf()]}
    assert browser.post(url, typed).url == url
    assert fresh(sent).status == "answered"
    page = body(browser.get(url))
    assert "Every answer is sent. What is sent cannot be changed." in page
    assert fields_in(page) == set()
    stale = browser.post(url, {**typed, "version": 0})
    assert (stale.status_code, fresh(sent).status) == (409, "answered")


def test_nothing_to_send_is_said(browser, sent, url):
    refused = browser.post(url, {"version": 1, "act": "send", "p1-text": "", "p2-text": ""})
    assert refused.status_code == 422
    assert "Answer at least one point" in body(refused)
    assert browser.get(f"{url}?send=part").url == url


def test_a_question_is_asked_beside_an_answer_that_is_kept(browser, sent, url, firm_user):
    asked = browser.post(
        url, {"version": 1, "act": "ask", "p1-text": "Half.", "p2-ask": "Who counts as signing?"}
    )
    assert asked.url == f"{url}#point-2"
    message = PointMessage.objects.get()
    assert (message.point.number, message.from_firm, message.text) == (2, True, "Who counts as signing?")
    assert sent.points.get(number=1).answer == "Half."
    page = body(browser.get(url))
    assert "Who counts as signing?" in page
    assert firm_user.full_name in page


def test_an_empty_question_is_refused_at_its_field_and_nothing_is_lost(browser, sent, url):
    refused = browser.post(url, {"version": 1, "act": "ask", "p1-text": "Half.", "p1-ask": " "})
    assert refused.status_code == 422
    assert "Write your question." in body(refused)
    assert "Half." in body(refused)
    assert PointMessage.objects.count() == 0


def test_a_question_that_is_typed_and_not_sent_stays_on_the_page(browser, sent, url):
    page = browser.post(
        url, {"version": 1, "act": "later", "p1-ask": "Which one?", "more-reason": "The bank is slow."}
    )
    assert page.status_code == 200
    for text in ("Which one?", "The bank is slow.", "has a button of its own"):
        assert text in body(page)
    assert (PointMessage.objects.count(), ExtensionRequest.objects.count()) == (0, 0)


def test_the_reply_is_read_under_the_name_of_the_regulator(browser, sent, url, firm_user, afsa_staff):
    point = sent.points.get(number=1)
    rounds.ask_about_point(actor=firm_user, point=point, text="Which?")
    rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text="The first.")
    page = body(browser.get(url))
    assert "The first." in page
    assert afsa_staff.reviewer.full_name not in page


def test_more_time_is_wished_up_to_a_working_day(browser, sent, url, new_calendar):
    year = sent.due_on.year + 1
    new_calendar("2026.2", until=year - 1)
    typed = {"version": 1, "act": "extension", "more-reason": "Slow."}
    off = sent.due_on + timedelta(days=12 - sent.due_on.weekday())  # a Saturday
    refused = browser.post(url, {**typed, **days(off)})
    assert (refused.status_code, ExtensionRequest.objects.count()) == (422, 0)
    assert "is a day off. The next working day is" in body(refused)
    done = browser.post(url, {**typed, **days(date(year, 1, 1))}, follow=True)
    assert ExtensionRequest.objects.get().until == date(year, 1, 1)
    assert f"is a day off could not be checked: the calendar of {year} is not entered." in body(done)


def test_more_time_is_asked_for_on_the_same_page(browser, sent, url, afsa_staff):
    until = working(sent.due_on + timedelta(days=7))
    typed = {"version": 1, "act": "extension", "p1-text": "Half."}
    refused = browser.post(url, {**typed, **days(until)})
    assert refused.status_code == 422
    assert "Say why you need more time" in body(refused)
    early = browser.post(url, {**typed, **days(sent.due_on), "more-reason": "Slow.", "p1-version": 1,
                               "initial-p1-text": "Half."})  # fmt: skip
    assert early.status_code == 422
    assert "Choose a day after the last day" in body(early)
    assert "Slow." in body(early)
    done = browser.post(url, {**typed, **days(until), "more-reason": "Slow.", "p1-version": 1,
                              "initial-p1-text": "Half."})  # fmt: skip
    assert done.url == f"{url}#time"
    extension = ExtensionRequest.objects.get()
    assert (extension.until, extension.reason) == (until, "Slow.")
    assert sent.points.get(number=1).answer == "Half."
    page = body(browser.get(url))
    assert 'name="more-reason"' not in page
    assert "With the reviewer" in page
    rounds.grant_time(
        actor=afsa_staff.reviewer, extension=extension, until=until + timedelta(days=1), answer="Granted so."
    )
    page = body(browser.get(url))
    assert "Granted so." in page
    assert 'name="more-reason"' in page


def test_a_request_that_was_closed_before_it_was_sent_is_never_seen(browser, asked_case, sent, afsa_staff):
    draft = requests.write_request(
        actor=afsa_staff.reviewer, case=asked_case, due_on=sent.due_on,
        points=[{"requirement": sent.points.first().requirement, "question": "zhasyryn-kanareika"}],
    )  # fmt: skip
    requests.close_request(actor=afsa_staff.reviewer, request=draft, expected_version=0, note="Not needed.")
    assert browser.get(reverse("portal:request", args=[asked_case.pk, draft.number])).status_code == 404
    page = body(browser.get(reverse("portal:case", args=[asked_case.pk])))
    assert "Request 1" in page
    assert "Request 2" not in page
    assert "Request closed" not in page


def test_a_viewer_reads_and_changes_nothing(signed_in, sent, url, asked_case):
    viewer = new_applicant("Only Viewer")
    Membership.objects.create(user=viewer, firm=asked_case.firm, role="viewer")
    browser = signed_in(fresh(viewer))
    page = body(browser.get(url))
    assert "Where exactly?" in page
    assert 'name="p1-text"' not in page
    for act in ("ask", "extension", "send"):
        data = {"version": 1, "act": act, "p1-ask": "x", **days(sent.due_on + timedelta(days=2))}
        assert browser.post(url, {**data, "more-reason": "x"}).status_code in (403, 422)
    assert (PointMessage.objects.count(), ExtensionRequest.objects.count()) == (0, 0)


@pytest.mark.parametrize("points", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_points(
    browser, asked_case, ask, firm_user, points, django_assert_max_num_queries
):
    sent = ask(asked_case, *[f"Question {n}?" for n in range(points)])
    for point in sent.points.all():
        requests.attach_to_point(actor=firm_user, point=point, upload=pdf(), name="plan.pdf")
        rounds.ask_about_point(actor=firm_user, point=point, text="Which?")
    with django_assert_max_num_queries(15):
        assert browser.get(reverse("portal:request", args=[asked_case.pk, 1])).status_code == 200


@pytest.mark.parametrize(
    ("state", "word"), [("granted", "Granted"), ("refused", "Refused"), ("lapsed", "Lapsed"),
                        ("withdrawn", "Withdrawn"), ("not_accepted", "Not accepted for consideration")],
)  # fmt: skip
def test_a_request_of_a_case_that_ended_is_read_and_says_why_no_more(
    browser, custody_firm, firm_user, afsa, afsa_staff, state, word
):
    case = filed_with_little(custody_firm, firm_user, afsa, state=state)
    last_day = timezone.localdate() + timedelta(days=9)
    asked = InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=last_day, written_by=afsa_staff.reviewer,
        sent_at=timezone.now(),
    )  # fmt: skip
    [rule] = with_text(case, 1)
    RequestPoint.objects.create(
        request=asked, number=1, requirement=rule.code, question="Where exactly?", answer="Half written."
    )
    url = reverse("portal:request", args=[case.pk, 1])
    page = body(browser.get(url))
    assert f"The case has ended ({word})." in page
    case_page = body(browser.get(reverse("portal:case", args=[case.pk])))
    assert "Not answered." in page
    assert "not answered" in case_page
    assert words.day(last_day) not in page + case_page
    assert "Requests (1)" not in page + case_page
    assert 'task--you"><a href="' + url not in case_page
    for text in ("Where exactly?", "Half written."):
        assert text in page
    assert fields_in(page) == set()
    assert fields_in(body(browser.get(f"{url}?send=part"))) == set()
    typed = {"version": 0, "p1-text": "After", "p1-version": 0, "p1-ask": "Why?", "more-reason": "Ill",
             **days(working(last_day + timedelta(days=3)))}  # fmt: skip
    for act in ("send", "ask", "extension", "later", ""):
        refused = browser.post(url, {**typed, "act": act, "p1-files": [pdf()]})
        assert refused.status_code == 422
        assert f"The case has ended ({word})." in body(refused)
    assert browser.post(url, {"version": 0, "act": "send", "shown": "1.0"}).status_code == 422
    point = asked.points.get()
    assert (point.answer, point.sent_at, point.files.count()) == ("Half written.", None, 0)
    assert (PointMessage.objects.count(), ExtensionRequest.objects.count()) == (0, 0)


def test_an_answered_request_names_the_day_of_the_answers(browser, sent, url, firm_user):
    for point in sent.points.all():
        requests.answer_point(actor=firm_user, point=point, expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=fresh(sent), expected_version=fresh(sent).version)
    page = body(browser.get(url))
    case_page = body(browser.get(reverse("portal:case", args=[sent.application_id])))
    today = words.day(timezone.localdate())
    assert (f"Answered on {today}." in page, f"answered on {today}" in case_page) == (True, True)
    assert "Answer by the end of" not in page
    assert "answer by the end of" not in case_page


def test_a_closed_request_keeps_nothing_that_is_posted(browser, sent, url, afsa_staff):
    requests.close_request(actor=afsa_staff.reviewer, request=sent, expected_version=1, note="Enough.")
    page = body(browser.get(url))
    assert "The reviewer has closed this request." in page
    case_page = body(browser.get(reverse("portal:case", args=[sent.application_id])))
    today = words.day(timezone.localdate())
    assert (f"Closed on {today}." in page, f"closed on {today}" in case_page) == (True, True)
    assert words.day(sent.due_on) not in page + case_page
    assert fields_in(page) == set()
    for act in ("send", "ask", "extension", "later"):
        typed = {"version": 2, "act": act, "p1-text": "Late", "p1-version": 0, "p1-ask": "Why?"}
        assert browser.post(url, typed).status_code == 422
    assert set(sent.points.values_list("answer", flat=True)) == {""}
    assert PointMessage.objects.count() == 0


def test_a_request_of_a_case_that_was_withdrawn_is_not_answered_and_not_spoken_of(
    browser, sent, url, firm_user, asked_case
):
    point, last_day = sent.points.first(), sent.due_on
    requests.answer_point(actor=firm_user, point=point, expected_version=0, text="Before")
    withdraw_application(
        actor=firm_user, case=asked_case, expected_version=fresh(asked_case).version, reason="Enough."
    )
    version = fresh(sent).version
    for act in ("send", "ask", "extension", "later"):
        typed = {"p1-text": "After", "p1-version": "1", "p1-ask": "Why?", "more-reason": "Ill"}
        typed |= days(working(last_day + timedelta(days=3)))
        assert browser.post(url, typed | {"act": act, "version": version}).status_code == 422
    with pytest.raises(NotReady, match="decided"):
        requests.send_answers(actor=firm_user, request=sent, expected_version=version)
    with pytest.raises(NotReady, match="decided"):
        rounds.ask_for_time(actor=firm_user, request=sent, until=last_day + timedelta(days=3), reason="Ill")
    point.refresh_from_db()
    assert (point.answer, point.sent_at) == ("Before", None)
    assert not PointMessage.objects.exists()
    assert not ExtensionRequest.objects.exists()
    assert list(dates_of_firms(last_day)) == []
