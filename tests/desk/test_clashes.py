"""Two people with one form: the second sees both versions, and what they typed is not lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.desk.pages.requests import EditRequestPage
from applications.models import InformationRequest, TypedText
from applications.services import intake, requests
from applications.services.assessment import assess
from look import words
from tests.desk.conftest import at, finding_data, on, question_of
from tests.plugins.cases import fresh
from tests.plugins.days import working


@pytest.fixture
def asked(case, afsa_staff):
    reviewer = fresh(afsa_staff.reviewer)
    code = case.findings.first().requirement
    points = [{"requirement": code, "question": "As it was."}]
    due = working(timezone.localdate() + timedelta(days=14))
    return requests.write_request(actor=reviewer, case=case, due_on=due, points=points)


def rewritten(asked, afsa_staff, words):
    code = asked.points.get().requirement
    return requests.rewrite_request(
        actor=fresh(afsa_staff.lead_reviewer), request=asked, expected_version=asked.version,
        due_on=asked.due_on, points=[{"requirement": code, "question": words}],
    )  # fmt: skip


def sent_back(asked, words):
    code = asked.points.get().requirement
    return {"pick_1": f"{code}|", "text_1": words, "version": asked.version, **on(asked.due_on, "due_on")}


def test_a_request_that_two_rewrite(case, asked, browsers, afsa_staff):
    url = at("request_edit", case, asked.number)
    mine = sent_back(asked, "Mine.")
    rewritten(asked, afsa_staff, "Theirs.")

    response = browsers.reviewer.post(url, mine)

    clash = response.context["clash"]
    assert (response.status_code, clash.who) == (409, afsa_staff.lead_reviewer.full_name)
    assert clash.rows == [("Question to the firm", "Theirs.", "Mine.")]
    page = response.content.decode()
    assert ("Theirs, now" in page, f'<a href="{url}">Keep theirs</a>' in page) == (True, True)
    assert fresh(asked).points.get().question == "Theirs."
    again = mine | {"version": response.context["version"]}
    assert browsers.reviewer.post(url, again).status_code == 302
    assert fresh(asked).points.get().question == "Mine."


def test_what_was_typed_is_shown_even_where_the_form_is_not_there_any_more(
    case, asked, browsers, afsa_staff, monkeypatch
):
    """It is sent between the look-up of the page and the lock of the service."""
    run = EditRequestPage.run

    def too_late(page, data):
        sending = {"request": fresh(asked), "expected_version": asked.version}
        requests.send_request(actor=fresh(afsa_staff.lead_reviewer), **sending)
        return run(page, data)

    monkeypatch.setattr(EditRequestPage, "run", too_late)
    response = browsers.reviewer.post(
        at("request_edit", case, asked.number), sent_back(asked, "Mine, of half an hour.")
    )
    assert (response.status_code, fresh(asked).status) == (409, InformationRequest.SENT)
    assert "Mine, of half an hour." in response.content.decode()


def test_the_fee_that_two_record(case, browsers, afsa_staff):
    officer, day = fresh(afsa_staff.case_officer), timezone.localdate()
    intake.record_fee(
        actor=officer, case=case, fee="invoiced", number="7", on=day, expected_version=case.version
    )
    case = fresh(case)
    page = browsers.case_officer.get(at("fee", case))
    typed = {"fee": "waived", "reason": "A pilot.", "version": case.version, "seen": page.context["seen"]}
    typed |= on(day, "on")
    type(case).objects.filter(pk=case.pk).update(version=case.version + 1)

    def clash():
        response = browsers.case_officer.post(at("fee", case), typed)
        assert response.status_code == 409
        return [row[1:] for row in response.context["clash"].rows]

    new = [("", "Waived"), ("", words.day(day)), ("", "A pilot.")]
    assert clash() == new  # something else was changed: there is no entry of theirs
    paid = {"fee": "paid", "reference": "77", "amount": "100", "on": day, "reason": "It was paid."}
    corrected = case.fee_entries.get()
    intake.record_fee(actor=officer, case=case, expected_version=case.version + 1, corrects=corrected, **paid)

    response = browsers.case_officer.post(at("fee", case), typed)
    assert response.status_code == 409
    assert response.context["clash"].rows == [  # the day is the same
        ("What happened", "Paid", "Waived"),
        ("Amount, as it stands on the paper", "100", ""),
        ("Reference of the payment", "77", ""),
        ("Reason, where the fee is waived or an entry is corrected", "It was paid.", "A pilot."),
        ("Corrects", "1. Invoiced 7", ""),
    ]
    assert [(place, entry.what) for place, entry, _corrected in response.context["entries"]] == [
        (1, "invoiced"), (2, "paid"),
    ]  # fmt: skip
    assert fresh(case).fee == "paid"


def test_a_note_is_kept_while_it_is_typed_and_is_there_again(case, browsers, afsa_staff, afm_staff, english):
    browser, url = browsers.reviewer, at("note_new", case)
    page = browser.get(url)
    mark = page.context["typed_page"].mark
    text = page.content.decode()
    assert 'class="pane__in pane__in--inside"><b>Not visible to the firm.</b>' in text
    assert 'src="/static/js/typed.js"' in text

    kept = browser.post("/applications/typed/", {"typed_mark": mark, "text": "Half a thought"})

    assert kept.status_code == 200
    assert "Half a thought" in browser.get(url).content.decode()
    assert "Half a thought" not in browsers.lead_reviewer.get(url).content.decode()
    assert case.notes.count() == 0
    assert browser.post(url, {"typed_mark": mark, "text": "A whole thought"}).status_code == 302
    assert (case.notes.get().text, TypedText.objects.count()) == ("A whole thought", 0)
    of_other = english(afm_staff.reviewer).post("/applications/typed/", {"typed_mark": mark, "text": "x"})
    assert (of_other.status_code, TypedText.objects.count()) == (404, 0)


def test_who_works_on_the_case_no_more_keeps_nothing(case, browsers, afsa_staff):
    browser, url = browsers.reviewer, at("note_new", case)
    mark = browser.get(url).context["typed_page"].mark
    gone = timezone.localdate() - timedelta(days=1)
    afsa_staff.reviewer.appointments.update(valid_from=gone, valid_until=gone)
    answer = browser.post("/applications/typed/", {"typed_mark": mark, "text": "x"})
    assert (answer.status_code, TypedText.objects.count()) == (404, 0)


def test_a_note_sent_after_the_session_has_ended_is_there_after_the_sign_in(case, browsers, client):
    url = at("note_new", case)
    mark = browsers.reviewer.get(url).context["typed_page"].mark
    answer = client.post(url, {"typed_mark": mark, "text": "Typed for an hour"})
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/accounts/login/")
    assert "Typed for an hour" in browsers.reviewer.get(url).content.decode()


def test_a_finding_is_kept_with_the_version_it_stood_on(case, browsers, afsa_staff):
    finding = case.findings.first()
    url = question_of(finding)
    mark = browsers.reviewer.get(url).context["typed_page"].mark
    typed = finding_data(finding, outcome="query", note="Half a reason") | {"typed_mark": mark}
    assert browsers.reviewer.post("/applications/typed/", typed).status_code == 200
    assess(actor=fresh(afsa_staff.lead_reviewer), finding=finding, expected_version=0, outcome="met")

    page = browsers.reviewer.get(url)

    assert "Half a reason" in page.content.decode()
    assert [row.version for row in page.context["rows"]] == [0]
    assert browsers.reviewer.post(url, typed).status_code == 409
    assert fresh(finding).outcome == "met"
