"""The worklist and the first page: each regulator its own cases, and every count opens its list."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.desk.my_work import my_work
from applications.desk.worklist import counts as narrowing
from applications.desk.worklist import pages
from applications.models import ClockEntry, Consultation, Deadline, InformationRequest, Note, RequestPoint
from applications.queries.standing import to_answer
from applications.services import requests, rounds
from applications.services.standing import keep
from applications.services.submission import withdraw_application
from tests.plugins.cases import fresh

LIST = reverse("admin:applications_application_changelist")


def shown(browser, **filters):
    """Of everybody, unless the filters say whose."""
    response = browser.get(LIST, {"whose": "all"} | filters)
    assert response.status_code == 200
    return {row["case"].reference for row in response.context["rows"]}


def test_each_regulator_sees_its_own_filed_cases_and_no_total_of_others(
    filed, afsa, afm, afsa_staff, afm_staff, english, draft_case
):
    here, there = filed(afsa), filed(afm)

    assert shown(english(afsa_staff.reviewer)) == {here.reference}
    assert shown(english(afm_staff.reviewer)) == {there.reference}
    assert shown(english(afm_staff.reviewer), q=here.firm.name) == set()


def test_open_cases_come_first_and_the_others_by_choice_or_search(filed, afsa, browsers):
    granted, running = filed(afsa, state="granted"), filed(afsa)

    assert shown(browsers.reviewer) == {running.reference}
    assert shown(browsers.reviewer, cases="decided") == {granted.reference}
    assert shown(browsers.reviewer, cases="all") == {granted.reference, running.reference}
    assert shown(browsers.reviewer, state="granted") == {granted.reference}
    assert shown(browsers.reviewer, q=granted.reference) == {granted.reference}


def test_a_search_that_finds_nothing_in_a_narrower_list_goes_on_among_all_cases(filed, afsa, browsers):
    granted = filed(afsa, state="granted")
    further = {"q": granted.reference, "whose": "all"}

    def link(**filters):
        page = browsers.reviewer.get(LIST, filters)
        assert page.context["rows"] == []
        return re.findall(r'href="([^"]*)">Search among all cases', page.content.decode())

    assert link(q=granted.reference, whose="me") == link(
        q=granted.reference, state="in_review", sort="oldest"
    )
    assert link(q=granted.reference, whose="me") == [f"?q={granted.reference}&amp;whose=all"]
    assert shown(browsers.reviewer, **further) == {granted.reference}
    assert link(q="nowhere", whose="all") == link(q="nowhere", sort="oldest") == link(whose="me") == []


def test_the_nearest_date_stands_first(filed, afsa, browsers):
    cases = [filed(afsa) for _n in range(3)]
    for case, days in zip(cases[:2], (9, 2), strict=True):
        Deadline.objects.create(
            application=case, code="decision", rule="r", starts_on=timezone.localdate(), working_days=60,
            due_on=timezone.localdate() + timedelta(days=days), due_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
    keep([case.pk for case in cases])

    found = browsers.reviewer.get(LIST, {"whose": "all"}).context["rows"]

    assert [row["case"].pk for row in found] == [cases[1].pk, cases[0].pk, cases[2].pk]


def test_the_age_is_in_words_with_a_bar_and_says_that_the_clock_is_paused(filed, afsa, browsers):
    cases = {name: filed(afsa) for name in ("running", "paused", "late", "undated")}
    for name, days in (("running", 21), ("paused", 21), ("late", -21)):
        Deadline.objects.create(
            application=cases[name], code="review", rule="r", starts_on=timezone.localdate(), working_days=60,
            due_on=timezone.localdate() + timedelta(days=days), due_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        for number, what in enumerate(("start", "pause", "stop" if name == "paused" else "resume")):
            at = timezone.now() + timedelta(minutes=number)
            ClockEntry.objects.create(application=cases[name], clock="review", what=what, at=at, cause="c")
        keep([cases[name].pk])

    page = browsers.reviewer.get(LIST, {"whose": "all"}).content.decode()
    rows = {re.search(r"KZC-TEST-\d+", row)[0]: row for row in page.split("<tr>") if "KZC-TEST" in row}
    cells = {name: rows[case.reference].split('<div class="age">')[1] for name, case in cases.items()}

    assert {name for name, cell in cells.items() if "Paused since" in cell} == {"paused"}
    assert {name for name, cell in cells.items() if "<svg" in cell} == {"running", "paused", "late"}
    assert {name for name, cell in cells.items() if ' class="late">' in cell and "late<" in cell} == {"late"}
    assert "due in " in cells["running"]
    assert {name for name, cell in cells.items() if "working days old" in cell} == set(cases)


def test_it_says_whom_each_case_waits_on(filed, afsa, browsers, firm_user):
    asked, recommended = filed(afsa), filed(afsa, state="recommended")
    InformationRequest.objects.create(
        application=asked, number=1, status="sent", due_on=timezone.localdate(), written_by=firm_user
    )
    keep([asked.pk])

    page = browsers.decision_maker.get(LIST, {"whose": "all"}).content.decode()
    rows = {re.search(r"KZC-TEST-\d+", row)[0]: row for row in page.split("<tr>") if "KZC-TEST" in row}

    assert "The firm" in rows[asked.reference]
    assert "Your turn" in rows[recommended.reference]
    assert "Your turn" not in rows[asked.reference]


def test_the_number_of_queries_does_not_grow_with_the_cases(filed, afsa, browsers):
    counted = []
    for number in (1, 2):  # one case, then three
        for _n in range(number):
            filed(afsa)
        browsers.reviewer.get(LIST, {"whose": "all"})
        with CaptureQueriesContext(connection) as queries:
            browsers.reviewer.get(LIST, {"whose": "all"})
        counted.append(len(queries))

    assert counted == [6, 7]  # there is nothing to narrow in a list of one


def test_the_case_page_reads_each_part_once_and_none_that_is_not_there(
    filed, afsa, browsers, afsa_staff, firm_user
):
    case = filed(afsa)
    page = reverse("admin:applications_application_change", args=[case.pk])
    counted = []
    for number in (0, 1, 2):  # none, one, three of each
        for _n in range(number):
            last = case.requests.count() + 1
            asked = InformationRequest.objects.create(
                application=case,
                number=last,
                status="sent",
                due_on=timezone.localdate(),
                written_by=firm_user,
            )
            RequestPoint.objects.create(request=asked, number=1, requirement="X", question="Which?")
            Note.objects.create(application=case, text="Remember.", author=afsa_staff.reviewer)
        browsers.reviewer.get(page)
        with CaptureQueriesContext(connection) as queries:
            browsers.reviewer.get(page)
        counted.append(len(queries))

    assert counted == [11, 14, 14]


def test_every_count_of_the_first_page_opens_a_list_of_that_length(filed, afsa, browsers, afsa_staff):
    for state in ("submitted", "in_review", "recommended", "refusal_proposed", "granted"):
        filed(afsa, state=state)

    for role in ("case_officer", "reviewer", "decision_maker"):
        browser = getattr(browsers, role)
        assert browser.get(reverse("admin:index")).status_code == 200
        for item in my_work(fresh(getattr(afsa_staff, role)))["counts"]:
            assert browser.get(item.url).context["found"] == item.count, item.text


def counts_of(response):
    return {str(one.text): one.count for one in response.context["narrowers"]}


def test_a_list_is_narrowed_by_chips_that_say_how_many_cases_they_leave(
    filed, afsa, afm, browsers, ask, firm_user, afsa_staff
):
    filed(afsa)
    asked, late, view = filed(afsa), filed(afsa), filed(afsa)
    firm = late.firm
    granted = filed(afsa, state="granted", firm=firm)
    filed(afsa, state="recommended")
    filed(afm)
    ask(asked, "Where?")
    Deadline.objects.create(
        application=late, code="decision", rule="r", starts_on=timezone.localdate(), working_days=60,
        due_on=timezone.localdate() - timedelta(days=2), due_at=timezone.now() - timedelta(days=2),
    )  # fmt: skip
    Consultation.objects.create(
        application=view, question="?", asked_by=firm_user, specialist=afsa_staff.specialist, inside=True
    )
    keep([late.pk])
    stage = asked.stages.first()
    type(stage).objects.filter(pk=stage.pk).update(state="complete")

    page = browsers.specialist.get(LIST, {"whose": "all"})

    assert counts_of(page) == {
        "Past a date due": 1, "Waits on an answer of the firm": 1, "A stage to take": 1,
        "My view is asked": 1, "In review": 4, "Recommended": 1,
    }  # fmt: skip
    assert "Past a date due <b>1</b>" in page.content.decode()
    for one in page.context["narrowers"]:
        narrowed = browsers.specialist.get(LIST + one.url)
        assert narrowed.context["found"] == one.count, one.text
        assert not {"In review", "Recommended"} & set(counts_of(narrowed)) or "state=" not in one.url
    assert "My view is asked" not in counts_of(browsers.reviewer.get(LIST, {"whose": "all"}))
    assert counts_of(browsers.reviewer.get(LIST, {"whose": "all", "q": firm.name})) == {
        "Past a date due": 1, "In review": 1, "Granted": 1,
    }  # fmt: skip
    both = browsers.reviewer.get(LIST, {"whose": "all", "cases": "all"})
    assert counts_of(both)["Granted"] == 1
    assert browsers.reviewer.get(LIST, {"state": "granted"}).context["rows"][0]["case"] == granted
    one = browsers.reviewer.get(LIST, {"whose": "all", "needs": "late"})
    assert (one.context["found"], counts_of(one)) == (1, {})


def test_nothing_is_counted_of_a_list_that_is_longer_than_what_is_counted(filed, afsa, browsers, monkeypatch):
    for _n in range(3):
        filed(afsa, questions=0)
    monkeypatch.setattr(pages, "SIZE", 1)  # so that the number found is asked for
    for most, counts, queries_asked in ((3, {"In review": 3}, 8), (2, {}, 7)):
        for module in (pages, narrowing):
            monkeypatch.setattr(module, "MOST", most)
        browsers.reviewer.get(LIST, {"whose": "all"})
        with CaptureQueriesContext(connection) as queries:
            page = browsers.reviewer.get(LIST, {"whose": "all"})
        assert (counts_of(page), len(queries)) == (counts, queries_asked)
        assert not [one["sql"] for one in queries if "COUNT" in one["sql"] and "LIMIT" not in one["sql"]]


@pytest.fixture
def asks(ask, firm_user):
    """A function: a request goes to this case, the firm asks about two of its points, and for more time."""

    def make(case):
        Membership.objects.get_or_create(user=firm_user, firm=case.firm, role="editor")
        user = fresh(firm_user)
        sent = ask(case, "Where?", "Who?", "When?")
        for point in sent.points.all()[:2]:
            rounds.ask_about_point(actor=user, point=point, text="Which?")
        until = sent.due_on + timedelta(days=7)
        rounds.ask_for_time(actor=user, request=sent, until=until, reason="Slow.")
        return sent

    return make


def rows_of(browser, **filters):
    page = browser.get(LIST, {"whose": "all"} | filters).content.decode()
    return {re.search(r"KZC-TEST-\d+", row)[0]: row for row in page.split("<tr>") if "KZC-TEST" in row}


def test_what_the_firm_asks_back_is_marked_in_words_until_it_is_answered(
    filed, afsa, browsers, asks, afsa_staff, firm_user
):
    asking, silent = filed(afsa), filed(afsa)
    sent = asks(asking)
    asked = "2 questions of the firm", "More time asked for"

    def marks(case):
        return [words for words in asked if f">{words}</span>" in rows_of(browsers.reviewer)[case.reference]]

    assert (marks(asking), marks(silent)) == ([*asked], [])
    assert shown(browsers.reviewer, needs="asked") == {asking.reference}
    point = sent.points.first()
    rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text="This one.")
    assert ">1 question of the firm</span>" in rows_of(browsers.reviewer)[asking.reference]
    rounds.decline_time(actor=afsa_staff.reviewer, extension=sent.extensions.get(), answer="The law waits.")
    assert marks(asking) == []
    assert ">1 question of the firm</span>" in rows_of(browsers.reviewer)[asking.reference]
    rounds.ask_about_point(actor=fresh(firm_user), point=point, text="Really?")
    assert ">2 questions of the firm</span>" in rows_of(browsers.reviewer)[asking.reference]
    requests.close_request(
        actor=afsa_staff.reviewer, request=sent, expected_version=fresh(sent).version, note="Enough."
    )
    assert "question of the firm" not in rows_of(browsers.reviewer)[asking.reference]
    assert shown(browsers.reviewer, needs="asked") == set()


def test_a_question_waits_for_its_reply_also_after_the_firm_has_answered_the_point_itself(
    filed, afsa, browsers, asks, afsa_staff, firm_user
):
    case = filed(afsa)
    sent = asks(case)
    rounds.decline_time(actor=afsa_staff.reviewer, extension=sent.extensions.get(), answer="The law waits.")
    tile = "The firm asks something"

    def count():
        return {one.text: one.count for one in my_work(fresh(afsa_staff.reviewer))["counts"]}[tile]

    for point in sent.points.all():
        requests.answer_point(
            actor=fresh(firm_user), point=point, expected_version=fresh(point).version, text="Here."
        )
    requests.send_answers(actor=fresh(firm_user), request=fresh(sent), expected_version=fresh(sent).version)
    assert fresh(sent).status == "answered"
    assert ">2 questions of the firm</span>" in rows_of(browsers.reviewer)[case.reference]
    assert (count(), shown(browsers.reviewer, needs="asked")) == (1, {case.reference})
    for point in sent.points.all()[:2]:
        rounds.reply_about_point(actor=afsa_staff.reviewer, point=point, text="This one.")
    assert "of the firm</span>" not in rows_of(browsers.reviewer)[case.reference]
    assert (count(), shown(browsers.reviewer, needs="asked")) == (0, set())


def test_a_case_that_is_decided_asks_nothing(filed, afsa, browsers, asks):
    case = filed(afsa)
    asks(case)
    here = type(case).objects.filter(pk=case.pk)
    assert to_answer(here).count() == 1
    withdraw_application(
        actor=case.created_by, case=fresh(case), expected_version=fresh(case).version, reason="Enough."
    )
    row = rows_of(browsers.reviewer, cases="all")[case.reference]
    assert "of the firm</span>" not in row
    assert "More time asked for</span>" not in row
    assert to_answer(here).count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_marks_ask_nothing_more_of_the_database(filed, afsa, browsers, asks, number):
    for _n in range(number):
        asks(filed(afsa))
    browsers.reviewer.get(LIST, {"whose": "all"})
    with CaptureQueriesContext(connection) as queries:
        browsers.reviewer.get(LIST, {"whose": "all"})
    assert len(queries) == (6 if number == 1 else 7)  # a list of one is narrowed to nothing
