"""Requests at the desk: collected from queries, worded with templates, judged point by point, asked again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import request_texts
from applications.desk.picks import question_choices
from applications.models import InformationRequest, RequestPoint
from applications.queries.asking import open_queries
from applications.queries.submissions import newest_submission
from applications.services import requests, verdicts
from tests.desk.conftest import at, on
from tests.plugins.cases import fresh
from tests.plugins.days import working
from workflow.errors import NotReady

CANARY = "zhasyryn-kanareika"


@pytest.fixture
def day():
    return working(timezone.localdate() + timedelta(days=10))


@pytest.fixture
def sent(asked_case, ask):
    return ask(asked_case, "Where?", "Who?")


def answer(request, user, *texts):
    for point, text in zip(request.points.select_related("request"), texts, strict=False):
        requests.answer_point(actor=user, point=point, expected_version=point.version, text=text)
    request = fresh(request)
    return requests.send_answers(actor=user, request=request, expected_version=request.version)


def judge(who, request, number, verdict, note=""):
    point = request.points.select_related("request").get(number=number)
    return verdicts.judge_point(
        actor=who, point=point, expected_version=point.version, verdict=verdict, note=note
    )


def test_a_request_has_as_many_points_as_it_needs(case, browsers, day):
    code, url = case.findings.first().requirement, at("request_new", case)
    typed = {f"pick_{n}": f"{code}|" for n in range(1, 13)} | {
        f"text_{n}": f"Point {n}?" for n in range(1, 13)
    }

    more = browsers.reviewer.post(url, {"pick_1": f"{code}|", "text_1": "Typed.", "more": "1"})
    assert (more.status_code, case.requests.count()) == (200, 0)
    page = more.content.decode()
    assert "Typed." in page
    assert [f'name="text_{n}"' in page for n in (5, 6)] == [True, False]
    assert browsers.reviewer.post(url, {**typed, **on(day, "due_on")}).status_code == 302
    assert [p.question for p in case.requests.get().points.all()] == [f"Point {n}?" for n in range(1, 13)]


def test_a_template_is_put_in_as_it_stands_in_the_language_of_the_case(case, browsers):
    code, url = case.findings.first().requirement, at("request_new", case)
    type(case).objects.filter(pk=case.pk).update(language="ru")
    typed = {"pick_2": f"{code}|", "text_2": "Typed.", "template_2": "signed", "template_1": "document"}

    page = browsers.reviewer.post(url, {**typed, "insert": "2"})

    form = page.context["form"]
    signed = next(one for one in request_texts.texts_of("AFSA") if one.code == "signed")
    assert form["text_2"].value() == f"Typed.\n\n{signed.text['ru']}"
    assert form["text_1"].value() in (None, "")
    assert (page.status_code, case.requests.count()) == (200, 0)


def test_every_text_is_there_in_three_languages_and_computes_nothing():
    texts = request_texts.texts_of("AFSA")
    assert len({text.code for text in texts}) == len(texts) > 5
    for text in texts:
        assert set(text.title) == set(text.text) == {"en", "ru", "kk"}
        assert not set("{}%") & set("".join(text.text.values()))


def test_queries_that_nobody_asked_are_collected_into_one_draft(case, browsers, day):
    first, second = case.findings.order_by("pk")
    case.findings.filter(pk=first.pk).update(outcome="query", note="Which bank?", assessed_at=timezone.now())
    case.findings.filter(pk=second.pk).update(outcome="query", note="Not dated.", assessed_at=timezone.now())
    url = at("request_collect", case)

    page = browsers.reviewer.get(url).content.decode()
    assert "Which bank?" in page
    assert browsers.reviewer.post(url, on(day, "due_on")).status_code == 422
    chosen = {"chosen": [f"{first.requirement}|", f"{second.requirement}|"], **on(day, "due_on")}
    done = browsers.reviewer.post(url, chosen)
    assert (done.status_code, done.url) == (302, at("request_edit", case, 1))
    asked = case.requests.get()
    assert [(p.requirement, p.question) for p in asked.points.all()] == [
        (first.requirement, "Which bank?"), (second.requirement, "Not dated."),
    ]  # fmt: skip
    assert asked.status == "draft"
    assert "No query is open" in browsers.reviewer.get(url).content.decode()
    assert browsers.reviewer.post(url, chosen).status_code == 422


def test_a_verdict_needs_an_answer_or_a_note(asked_case, sent, firm_user, browsers, afsa_staff):
    url = at("request_verdict", asked_case, 1, 1)
    post = browsers.reviewer.post
    assert post(url, {"verdict": "satisfactory", "version": 0}).status_code == 422  # no answer yet
    answer(sent, firm_user, "In Almaty.")
    version = sent.points.get(number=1).version
    assert post(url, {"verdict": "unsatisfactory", "version": version}).status_code == 422
    assert post(url, {"verdict": "satisfactory", "version": version + 1}).status_code == 409
    assert browsers.specialist.post(url, {"verdict": "satisfactory", "version": version}).status_code == 403
    done = post(url, {"verdict": "unsatisfactory", "note": CANARY, "version": version})
    assert (done.status_code, done.url) == (302, at("request", asked_case, 1) + "#p1")
    point = sent.points.get(number=1)
    assert (point.verdict, point.verdict_note, point.verdict_by) == (
        "unsatisfactory", CANARY, afsa_staff.reviewer,
    )  # fmt: skip
    assert CANARY in browsers.reviewer.get(at("request", asked_case, 1)).content.decode()


def test_a_request_closes_when_every_point_has_a_verdict_or_with_a_reason(
    asked_case, sent, firm_user, browsers, afsa_staff
):
    url = at("request", asked_case, 1)
    answer(sent, firm_user, "In Almaty.")
    judge(afsa_staff.reviewer, sent, 1, "satisfactory")
    assert browsers.reviewer.post(url, {"close": "1", "version": fresh(sent).version}).status_code == 422
    judge(afsa_staff.reviewer, sent, 2, "withdrawn", "Known from the register.")
    assert fresh(sent).status == "answered"  # nothing is left with the firm
    assert browsers.reviewer.post(url, {"close": "1", "version": fresh(sent).version}).status_code == 302
    assert fresh(sent).status == "closed"
    assert browsers.reviewer.get(at("request_verdict", asked_case, 1, 1)).status_code == 404


def test_a_withdrawn_point_takes_no_answer(asked_case, sent, firm_user, afsa_staff):
    judge(afsa_staff.reviewer, sent, 2, "withdrawn", "Not needed.")
    point = sent.points.select_related("request").get(number=2)
    with pytest.raises(NotReady, match="not open"):
        requests.answer_point(actor=firm_user, point=point, expected_version=point.version, text="Late.")
    answer(sent, firm_user, "In Almaty.")
    assert fresh(sent).status == "answered"


def test_what_was_not_satisfactory_is_asked_again_as_the_next_round(
    asked_case, sent, firm_user, browsers, afsa_staff, day, signed_in
):
    answer(sent, firm_user, "In Almaty.", "The board.")
    judge(afsa_staff.reviewer, sent, 1, "unsatisfactory", CANARY)
    judge(afsa_staff.reviewer, sent, 2, "satisfactory")
    first = sent.points.get(number=1)
    assert [(q.requirement, q.text, q.follows, q.times) for q in open_queries(asked_case)] == [
        (first.requirement, "Where?", first, 1)
    ]
    chosen = {"chosen": [f"{first.requirement}|"], **on(day, "due_on")}
    assert browsers.reviewer.post(at("request_collect", asked_case), chosen).status_code == 302
    assert open_queries(asked_case) == []
    with pytest.raises(NotReady, match="asked again already"):
        judge(afsa_staff.reviewer, sent, 1, "satisfactory")

    edit = at("request_edit", asked_case, 2)
    worded = {"pick_1": f"{first.requirement}|", "text_1": "In which street?", **on(day, "due_on")}
    assert browsers.reviewer.post(edit, {**worded, "version": 0}).status_code == 302
    again = RequestPoint.objects.get(request__number=2)
    assert (again.follows, again.round, again.question) == (first, 2, "In which street?")

    firm = signed_in(firm_user)
    before = reverse("portal:request", args=[asked_case.pk, 1])
    assert "Asked again" not in firm.get(before).content.decode()
    requests.send_request(actor=afsa_staff.reviewer, request=fresh(again.request), expected_version=1)
    requests.close_request(
        actor=afsa_staff.reviewer, request=fresh(sent), expected_version=fresh(sent).version
    )
    page = firm.get(before).content.decode()
    assert "Asked again in request 2" in page
    assert "Accepted" in page
    pages = [page, firm.get(reverse("portal:request", args=[asked_case.pk, 2])).content.decode(),
             firm.get(reverse("portal:case", args=[asked_case.pk])).content.decode()]  # fmt: skip
    assert [CANARY in one for one in pages] == [False, False, False]

    shown = browsers.reviewer.get(at("request", asked_case, 2)).content.decode()
    for words in ("Times asked: 2", "Round 1: request 1, point 1", "In Almaty."):
        assert words in shown, words
    assert "round 2" in browsers.reviewer.get(at("change", asked_case)).content.decode()


def test_a_draft_that_is_dropped_sets_its_points_free(asked_case, sent, firm_user, afsa_staff, day):
    answer(sent, firm_user, "In Almaty.", "The board.")
    first = judge(afsa_staff.reviewer, sent, 1, "unsatisfactory", "No street.")
    points = [{"requirement": first.requirement, "question": "Street?", "person": None, "follows": first}]
    written = requests.write_request(actor=afsa_staff.reviewer, case=asked_case, due_on=day, points=points)
    with pytest.raises(NotReady, match="Another request"):
        requests.write_request(actor=afsa_staff.reviewer, case=asked_case, due_on=day, points=points)
    requests.close_request(actor=afsa_staff.reviewer, request=written, expected_version=0, note="Not now.")
    assert [q.follows for q in open_queries(asked_case)] == [first]
    assert InformationRequest.objects.count() == 2


def test_a_clash_over_a_draft_shows_both_and_overwrites_nothing(asked_case, browsers, day, afsa_staff):
    code = asked_case.snapshots.get().content["questions"][0]["requirement"]
    points = [{"requirement": code, "question": "Which bank?"}]
    requests.write_request(actor=afsa_staff.reviewer, case=asked_case, due_on=day, points=points)
    url = at("request_edit", asked_case, 1)
    typed = {"pick_1": f"{code}|", **on(day, "due_on"), "version": 0}
    assert browsers.reviewer.post(url, {**typed, "text_1": "The first."}).status_code == 302
    clash = browsers.lead_reviewer.post(url, {**typed, "text_1": "The second."})
    assert clash.status_code == 409
    page = clash.content.decode()
    assert ("The first." in page, "The second." in page) == (True, True)
    assert RequestPoint.objects.get().question == "The first."


def test_the_questions_to_choose_from_are_of_the_submission_that_the_page_has_read(
    case, django_assert_num_queries
):
    submission = newest_submission(case)
    with django_assert_num_queries(0):
        choices = question_choices(case, people=True)
    offered = [key for _title, group in choices[1:] for key, _text in group]
    assert offered == [f"{one['requirement']}|" for one in submission.content["questions"]]


def test_of_a_case_that_is_recommended_nothing_is_asked_and_nothing_offered(case, browsers, day):
    finding = case.findings.first()
    browser, question = browsers.reviewer, at("question", case, finding.stage, finding.requirement)
    points = {"pick_1": f"{finding.requirement}|", "text_1": "Where?", **on(day, "due_on")}
    assert browser.post(at("request_new", case), points).status_code == 302
    case.findings.filter(pk=finding.pk).update(
        outcome="query", note="Which bank?", assessed_at=timezone.now()
    )
    offers = (
        at("request_new", case),
        at("request_collect", case),
        at("request_put", case),
        at("request_edit", case, 1),
    )
    pages = (
        reverse("admin:applications_application_change", args=[case.pk]),
        question,
        at("request", case, 1),
    )

    def offered():
        shown = [browser.get(url).content.decode() for url in pages]
        return {url for url in offers if any(f'"{url}' in page for page in shown)}, 'name="send"' in shown[2]

    assert offered() == ({offers[0], offers[1], offers[3]}, True)
    type(case).objects.filter(pk=case.pk).update(state="recommended")
    assert offered() == (set(), False)
    why = "Information is asked for while the application is in review."
    assert why in browser.get(pages[2]).content.decode()
    for url in offers:
        page = browser.get(url)
        assert (page.context["form"], why in page.content.decode()) == (None, True)
        posted = {**points, "version": case.requests.get().version, "chosen": f"{finding.requirement}|"}
        assert (
            url == offers[2] or browser.post(url, posted).status_code == 422
        )  # what is in one is put in no other
    assert case.requests.count() == 1
    close = {"close": "1", "note": "The case is recommended.", "version": case.requests.get().version}
    assert browser.post(pages[2], close).status_code == 302  # what can be done is offered still
