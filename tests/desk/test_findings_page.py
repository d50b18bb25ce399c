"""The page of a question: answer, document and rule side by side; each finding saved or refused by itself."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import request_texts
from applications.models import Finding, InformationRequest, RequestPoint
from applications.services import assessment
from applications.services.requests import send_request
from regulators.calendars import add_working_days
from tests.desk.conftest import at, finding_data, question_of, stage_act
from tests.plugins.cases import fresh


def page(case):
    """Of the question that is asked about people."""
    return question_of(case.findings.exclude(person=None).first())


@pytest.fixture
def case(filed, afsa):
    return filed(afsa, questions=1, people=2)


@pytest.fixture
def two(case):
    return list(case.findings.exclude(person=None).select_related("person"))


def test_it_shows_question_answer_source_and_snapshot(case, browsers):
    finding = case.findings.get(person=None)
    requirement = case.book.by_code[finding.requirement]

    shown = browsers.reviewer.get(question_of(finding)).content.decode()

    for words in (requirement.code, f"Answer to {requirement.code}.", requirement.citations[0].provision,
                  f"confidence mark {requirement.citations[0].confidence}", case.snapshots.get().sha256[:12],
                  f'href="/law/{case.book.code}/{case.book.version}/#provisions"'):  # fmt: skip
        assert words in shown, words


def test_a_question_that_is_not_asked_here_is_not_found(case, two, browsers):
    of_firm = case.findings.get(person=None)

    assert browsers.reviewer.get(at("question", case, "capital", of_firm.requirement)).status_code == 404
    assert browsers.reviewer.get(f"{page(case)}?person=nobody").status_code == 404
    one = browsers.reviewer.get(f"{page(case)}?person={two[0].person_id}")
    assert [row.item.finding for row in one.context["rows"]] == [two[0]]


def test_what_the_firm_does_not_know_yet_is_shown_as_such(filed, afsa, browsers):
    case = filed(afsa, questions=3)
    snapshot = case.snapshots.get()
    unknown, not_ours, _answered = snapshot.content["questions"]
    unknown |= {"value": {}, "declined": "The auditor is chosen in May.", "declined_as": "not_known"}
    not_ours |= {"value": {}, "declined": "We hold no cash."}
    snapshot.pk, snapshot.number = None, 2
    snapshot.save(force_insert=True)

    first, second, _third = case.findings.order_by("pk")
    shown = browsers.reviewer.get(question_of(first)).content.decode()
    assert shown.count("Not known yet</span>") == 1
    assert "Not known yet:" in shown
    shown = browsers.reviewer.get(question_of(second)).content.decode()
    assert shown.count("Not known yet</span>") == 0
    assert "Does not apply:" in shown


def test_several_findings_are_saved_at_once(case, two, browsers, afsa_staff):
    data = finding_data(two[0]) | finding_data(two[1], outcome="deficient", note="The plan has no figures.")

    assert browsers.reviewer.post(page(case), data).status_code == 302

    first, second = fresh(two[0]), fresh(two[1])
    assert (first.outcome, first.note, first.assessed_by) == ("met", "", afsa_staff.reviewer)
    assert (second.outcome, second.note) == ("deficient", "The plan has no figures.")


def test_a_row_that_cannot_be_saved_keeps_what_was_typed_and_the_others_are_saved(case, two, browsers):
    data = finding_data(two[0]) | finding_data(two[1], outcome="met_subject", note="Typed and kept.")

    response = browsers.reviewer.post(page(case), data)

    assert response.status_code == 422
    shown = response.content.decode()
    assert "Typed and kept." in shown
    assert "Write the condition." in shown
    assert (fresh(two[0]).outcome, fresh(two[1]).outcome) == ("met", "")


def test_a_row_that_somebody_else_changed_is_a_conflict_and_one_not_touched_is_left_alone(
    case, two, browsers, afsa_staff
):
    for finding in two:
        assessment.assess(
            actor=fresh(afsa_staff.lead_reviewer), finding=finding, expected_version=0, outcome="met"
        )
    stale = finding_data(two[0], outcome="query", note="My own words.") | finding_data(two[1], outcome="")

    response = browsers.reviewer.post(page(case), stale)

    assert response.status_code == 409
    assert "My own words." in response.content.decode()
    assert [row.item.finding for row in response.context["broken"]] == [two[0]]
    assert [(fresh(f).outcome, fresh(f).version) for f in two] == [("met", 1), ("met", 1)]


def test_whoever_may_not_assess_sees_no_form_and_saves_nothing(case, two, browsers):
    shown = browsers.decision_maker.get(page(case)).content.decode()

    assert "Save and next open" not in shown
    assert browsers.decision_maker.post(page(case), finding_data(*two)).status_code == 403
    assert [fresh(f).outcome for f in two] == ["", ""]


def test_findings_of_another_case_and_fields_that_are_not_asked_are_ignored(case, two, filed, afsa, browsers):
    other = filed(afsa, people=1).findings.exclude(person=None).get()
    prefix = f"f{two[0].pk}"
    crafted = {f"{prefix}-assessed_by": "1", f"{prefix}-affected": "on", f"{prefix}-due": "grant"}

    browsers.reviewer.post(page(case), finding_data(other, two[0]) | crafted)

    assert fresh(other).outcome == ""
    assert (fresh(two[0]).outcome, fresh(two[0]).affected, fresh(two[0]).due) == ("met", False, two[0].due)


def test_an_outcome_that_is_not_offered_is_refused(case, two, browsers):
    response = browsers.reviewer.post(page(case), finding_data(two[0], outcome="excellent"))

    assert (response.status_code, fresh(two[0]).outcome) == (422, "")


def test_a_stage_is_approved_when_its_findings_are_settled_and_not_before(case, browsers):
    finding = case.findings.get(person=None)
    stage = case.stages.first()

    assert browsers.reviewer.post(stage_act(stage, "approve"), {"version": 0}).status_code == 422
    browsers.reviewer.post(question_of(finding), finding_data(finding))
    approved = browsers.reviewer.post(stage_act(stage, "approve"), {"version": 0})

    assert (approved.status_code, approved.url) == (302, at("stage", case, stage.code))
    assert fresh(stage).state == "approved"


def test_a_stale_page_approves_nothing(case, browsers):
    finding, stage = case.findings.get(person=None), case.stages.first()
    browsers.reviewer.post(question_of(finding), finding_data(finding))

    assert browsers.reviewer.post(stage_act(stage, "approve"), {"version": 7}).status_code == 409
    assert fresh(stage).state == "in_review"


def test_the_second_of_two_people_sees_both_versions_and_loses_nothing(case, two, browsers, afsa_staff):
    first = two[0]
    words = {"outcome": "deficient", "note": "Theirs: no diploma.", "condition": ""}
    assessment.assess(actor=fresh(afsa_staff.lead_reviewer), finding=first, expected_version=0, **words)

    response = browsers.reviewer.post(page(case), finding_data(first, outcome="waived", note="Mine: known."))

    clash = next(row.clash for row in response.context["rows"] if row.clash)
    assert [row[1:] for row in clash.rows] == [
        ("Deficient", "Waived"), ("Theirs: no diploma.", "Mine: known."),
    ]  # fmt: skip
    assert (response.status_code, clash.who) == (409, afsa_staff.lead_reviewer.full_name)
    again = finding_data(first, outcome="waived", note="Mine: known.", version=1)
    assert browsers.reviewer.post(page(case), again).status_code == 302
    assert (fresh(first).outcome, fresh(first).version) == ("waived", 2)


def test_saving_leads_on_to_the_next_that_is_open_and_back_to_the_stage_when_none_is(filed, afsa, browsers):
    case = filed(afsa, questions=3)
    one, two, three = case.findings.order_by("requirement")
    narrowed = "?show=open"

    def save(finding):
        return browsers.reviewer.post(
            question_of(finding) + narrowed, finding_data(finding) | {"next": "1"}
        ).url

    assert save(two) == question_of(three) + narrowed
    assert save(three) == question_of(one) + narrowed
    assert save(one) == at("stage", case, one.stage) + narrowed
    plain = browsers.reviewer.post(question_of(one) + narrowed, finding_data(fresh(one), note="Seen."))
    assert plain.url == question_of(one) + narrowed


def test_the_links_to_what_is_open_stop_at_the_first_and_the_last(filed, afsa, browsers):
    case = filed(afsa, questions=4)
    one, two, three, four = case.findings.order_by("requirement")
    Finding.objects.filter(pk=two.pk).update(outcome="met")

    def links(finding):
        shown = browsers.reviewer.get(question_of(finding)).content.decode()
        return dict(re.findall(r'rel="(prev|next)" href="([^"]*)"', shown))

    assert [links(finding) for finding in (one, two, three, four)] == [
        {"next": question_of(three)},
        {"prev": question_of(one), "next": question_of(three)},
        {"prev": question_of(one), "next": question_of(four)},
        {"prev": question_of(three)},
    ]


def listed(response):
    return [
        [
            (entry.first.requirement.code, entry.first.person if entry.of_person else "")
            for entry in group.entries
        ]
        for group in response.context["list"].groups
    ]


def test_the_list_is_narrowed_to_what_is_open_and_turned_to_people(filed, afsa, browsers):
    case = filed(afsa, questions=0, people=2)
    one, two = case.findings.order_by("person__given_names")
    Finding.objects.filter(pk=one.pk).update(outcome="met")
    stage, code = at("stage", case, one.stage), one.requirement

    assert listed(browsers.reviewer.get(stage)) == [[(code, "")]]
    assert listed(browsers.reviewer.get(f"{stage}?by=person")) == [[(code, "Person 0")], [(code, "Person 1")]]
    assert listed(browsers.reviewer.get(f"{stage}?by=person&show=open")) == [[(code, "Person 1")]]
    assert listed(browsers.reviewer.get(f"{stage}?show=changes")) == []
    nonsense = browsers.reviewer.get(f"{stage}?by=age&show=nothing")
    assert (nonsense.status_code, listed(nonsense)) == (200, [[(code, "")]])
    Finding.objects.filter(pk=two.pk).update(outcome="met", affected=True)
    assert listed(browsers.reviewer.get(f"{stage}?by=person&show=open")) == [[(code, "Person 1")]]


def test_what_was_asked_about_a_question_stands_at_it_and_an_answer_once_it_was_sent(
    case, two, browsers, firm_user
):
    asked = InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=timezone.localdate(), written_by=firm_user
    )
    about = {"request": asked, "requirement": two[0].requirement, "person": two[0].person}
    RequestPoint.objects.create(number=1, question="Which school?", answer="Being typed", **about)
    RequestPoint.objects.create(number=2, question="When?", answer="In 2010", sent_at=timezone.now(), **about)

    response = browsers.reviewer.get(page(case))

    assert [[line.answer for line in row.points] for row in response.context["rows"]] == [["", "In 2010"], []]
    shown = response.content.decode()
    assert ("Which school?" in shown, "In 2010" in shown, "Being typed" in shown) == (True, True, False)


def test_a_query_is_put_into_a_request_by_one_press(case, two, browsers, afsa_staff):
    by_hand = re.compile(r'href="([^"]*requests/new/[^"]*)">([^<]*)')
    signed = next(one for one in request_texts.texts_of("AFSA") if one.code == "signed")
    Finding.objects.filter(pk__in=[f.pk for f in two]).update(outcome="query", note="Unclear.")
    Finding.objects.filter(pk=two[1].pk).update(outcome="")
    url = f"{page(case)}?by=person&person={two[0].person_id}"
    whole = browsers.reviewer.get(page(case)).content.decode()
    assert by_hand.findall(whole) == [
        (f"{at('request_new', case)}?about={two[1].requirement}%7C{two[1].person_id}", "Ask the firm")
    ]
    shown = browsers.reviewer.get(url).content.decode()
    form = re.search(rf'<form id="put{two[0].pk}" method="post" action="([^"]*)".*?</form>', shown, re.S)
    sent = {"query": re.search(r'name="query" value="([^"]*)"', form[0])[1], "text": "signed"}
    assert f'name="text" id="text{two[0].pk}" form="put{two[0].pk}"' in shown

    for _press in range(2):
        done = browsers.reviewer.post(unescape(form[1]), sent, follow=True)
        assert done.redirect_chain == [(f"{url}#q{two[0].pk}", 302)]
        link = f'<a href="{at("request_edit", case, 1)}">request 1, point 1</a>'
        assert f"The query is in {link}, a draft." in done.content.decode()
    point = RequestPoint.objects.select_related("request").get()
    asked = point.request
    assert (point.question, point.person_id) == (f"Unclear.\n\n{signed.text['en']}", two[0].person_id)
    assert (asked.status, asked.written_by, asked.due_on) == (
        "draft", afsa_staff.reviewer, add_working_days(timezone.localdate(), 10),
    )  # fmt: skip
    assert f"put{two[0].pk}" not in done.content.decode()  # it says where it is instead
    assert "In request 1, point 1" in done.content.decode()

    def put(who=browsers.reviewer, **data):
        return who.post(at("request_put", case), data)

    second = f"{two[1].requirement}|{two[1].person_id}"
    assert put(query=second).status_code == 422  # no query
    Finding.objects.filter(pk=two[1].pk).update(outcome="query")
    assert put(query=second, text="x").status_code == 422
    assert put(browsers.specialist, query=second).status_code == 403
    yesterday = timezone.localdate() - timedelta(days=1)
    InformationRequest.objects.filter(pk=asked.pk).update(due_on=yesterday)
    assert put(query=second).status_code == 302
    assert [p.question for p in asked.points.order_by("number")] == [point.question, "Unclear."]
    now = fresh(asked)
    assert (now.version, now.due_on, case.requests.count()) == (asked.version + 1, asked.due_on, 1)
    send_request(actor=afsa_staff.reviewer, request=now, expected_version=now.version)
    told = browsers.reviewer.post(at("request_put", case), {"query": second}, follow=True).content.decode()
    sent_already = f'was sent already, in <a href="{at("request", case, 1)}">request 1, point 2</a>'
    assert (sent_already in told, case.requests.count()) == (True, 1)


def test_a_query_that_is_settled_is_put_into_no_request(case, two, browsers, firm_user, afsa_staff):
    finding = two[0]
    Finding.objects.filter(pk=finding.pk).update(
        outcome="query", note="Unclear.", assessed_at=timezone.now() - timedelta(hours=1)
    )
    asked = InformationRequest.objects.create(
        application=case, number=1, due_on=timezone.localdate(), written_by=afsa_staff.reviewer,
        status="closed", sent_at=timezone.now(),
    )  # fmt: skip
    point = RequestPoint.objects.create(
        request=asked, number=1, requirement=finding.requirement, person=finding.person, question="?",
        verdict="satisfactory", verdict_at=timezone.now(), sent_at=timezone.now(),
    )  # fmt: skip
    sent = {"query": f"{finding.requirement}|{finding.person_id}"}

    refused = browsers.reviewer.post(at("request_put", case), sent)
    assert (refused.status_code, case.requests.count()) == (422, 1)
    assert "No query is open here any more" in refused.content.decode()
    RequestPoint.objects.filter(pk=point.pk).update(verdict="unsatisfactory")
    assert browsers.reviewer.post(at("request_put", case), sent).status_code == 302
    again = RequestPoint.objects.latest("pk")
    assert (again.follows, again.question, again.round) == (point, "?", 2)  # as the firm was asked before


@pytest.mark.parametrize("where", ["question", "stage"])
def test_the_number_of_queries_does_not_grow_with_the_findings(filed, afsa, browsers, where):
    counted = {}
    for people in (1, 3):
        case = filed(afsa, questions=people, people=people)
        url = page(case) if where == "question" else at("stage", case, case.book.stage_codes[0])
        browsers.reviewer.get(url)
        with CaptureQueriesContext(connection) as queries:
            browsers.reviewer.get(url)
        counted[people] = len(queries)

    assert counted[1] == counted[3] <= 12


def test_a_finding_that_is_closed_is_shown_with_the_reason_and_without_save(case, two, browsers):
    finding, stage = case.findings.get(person=None), case.stages.first()
    browsers.reviewer.post(question_of(finding), finding_data(finding, outcome="waived", note="A pilot."))
    browsers.reviewer.post(stage_act(stage, "approve"), {"version": 0})

    def shown(url):
        text = browsers.reviewer.get(url).content.decode()
        reason = re.search(r'<p class="note">(.*?)</p>', text)
        return reason and reason[1], "Save and next open" in text, "<p>A pilot.</p>" in text

    assert shown(question_of(finding)) == ("The stage is approved: reopen it first.", False, True)
    assert shown(page(case)) == (None, True, False)
    late = browsers.reviewer.post(question_of(finding), finding_data(fresh(finding), note="Typed too late."))
    assert (late.status_code, "Typed too late.</textarea>" in late.content.decode()) == (422, True)
    type(case).objects.filter(pk=case.pk).update(state="granted")
    ended = "Findings are recorded while the application is in review."
    assert (shown(question_of(finding)), shown(page(case))) == ((ended, False, True), (ended, False, False))
