"""Pages of work on a case: what is posted reaches the service, and what is refused keeps what was typed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import ChangeNotice, Consultation
from tests.desk.conftest import at, finding_data, on, question_of
from tests.plugins.cases import fresh
from tests.plugins.days import working

CANARY = "zhasyryn-kanareika"


@pytest.fixture
def submitted(filed, afsa):
    return filed(afsa, state="submitted")


def test_a_case_is_given_to_a_case_officer_of_the_regulator_only(submitted, browsers, afsa_staff, afm_staff):
    url = at("assign", submitted)

    stranger = {"officer": afm_staff.case_officer.pk, "version": 0}
    assert browsers.lead_reviewer.post(url, stranger).status_code == 422
    assert fresh(submitted).case_officer is None
    data = {"officer": afsa_staff.case_officer.pk, "version": 0}
    assert browsers.lead_reviewer.post(url, data).status_code == 302
    assert fresh(submitted).case_officer == afsa_staff.case_officer


def test_a_request_is_written_sent_and_closed(case, browsers):
    code, day = case.findings.first().requirement, working(timezone.localdate() + timedelta(days=10))
    written = {"pick_1": f"{code}|", "text_1": "Which bank?", **on(day, "due_on")}

    response = browsers.reviewer.post(at("request_new", case), written)
    url = at("request", case, 1)
    assert (response.status_code, response.url) == (302, url)
    asked = case.requests.get()
    assert (asked.status, asked.points.get().requirement, asked.points.get().question) == (
        "draft", code, "Which bank?",
    )  # fmt: skip

    assert browsers.decision_maker.post(url, {"send": "1", "version": 0}).status_code == 403
    assert browsers.reviewer.post(url, {"send": "1", "version": 0}).status_code == 302
    assert browsers.reviewer.post(url, {"close": "1", "version": 0, "note": "Kept."}).status_code == 409
    assert browsers.reviewer.post(url, {"close": "1", "version": 1}).status_code == 422
    assert browsers.reviewer.post(url, {"close": "1", "version": 1, "note": "Not needed."}).status_code == 302
    assert (fresh(asked).status, fresh(asked).closed_note) == ("closed", "Not needed.")


def test_a_request_due_in_the_past_keeps_what_was_typed(case, browsers):
    code = case.findings.first().requirement
    data = {"pick_1": f"{code}|", "text_1": "Typed.", **on(timezone.localdate(), "due_on")}

    response = browsers.reviewer.post(at("request_new", case), data)

    assert response.status_code == 422
    assert "Typed." in response.content.decode()
    assert case.requests.count() == 0


def test_consultations_and_reported_changes_are_finished_once(case, browsers, firm_user):
    posted = {"body": "National Bank", "question": "Any objection?", "silence": "wait"}
    assert browsers.reviewer.post(at("consultation_new", case), posted).status_code == 302
    consultation = Consultation.objects.get()
    url = at("consultation", case, consultation.pk)
    assert browsers.reviewer.post(url, {"answer": "None."}).status_code == 302
    assert browsers.reviewer.post(url, {"answer": "Another."}).status_code == 404
    assert fresh(consultation).answer == "None."

    code = case.findings.first().requirement
    change = ChangeNotice.objects.create(application=case, text="New address.", notified_by=firm_user)
    resolved = {"resolution": "Look at it again.", "affected": [f"{code}|"]}
    assert browsers.reviewer.post(at("change_notice", case, change.pk), resolved).status_code == 302
    assert list(case.findings.filter(affected=True).values_list("requirement", flat=True)) == [code]


def test_whoever_declares_a_conflict_does_nothing_more_on_the_case(case, browsers):
    assert browsers.reviewer.post(at("conflict_new", case), {"text": "My brother."}).status_code == 302

    assert browsers.reviewer.get(at("request_new", case)).status_code == 403
    finding = case.findings.first()
    data = {f"f{finding.pk}-outcome": "met", f"f{finding.pk}-version": "0"}
    assert browsers.reviewer.post(question_of(finding), data).status_code == 403
    assert fresh(finding).outcome == ""


def test_a_day_off_is_refused_and_a_year_without_calendar_is_said(case, browsers, today, new_calendar):
    today(date(2026, 11, 30))
    new_calendar("2026.2", until=2026)
    code, url = case.findings.first().requirement, at("request_new", case)
    data = {"pick_1": f"{code}|", "text_1": "Typed."}

    off = browsers.reviewer.post(url, {**data, **on(date(2026, 12, 5), "due_on")})
    assert (off.status_code, case.requests.count()) == (422, 0)
    page = off.content.decode()
    assert "Saturday 5 December 2026 is a day off. The next working day is Monday 7 December 2026." in page
    assert "Typed." in page

    done = browsers.reviewer.post(url, {**data, **on(date(2027, 1, 9), "due_on")}, follow=True)
    assert case.requests.get().due_on == date(2027, 1, 9)
    said = "Whether Saturday 9 January 2027 is a day off could not be checked"
    assert done.content.decode().count(said) == 1


def test_what_staff_write_among_themselves_never_reaches_the_firm(case, browsers, english):
    reviewer, finding = browsers.reviewer, case.findings.first()
    consulted = {"body": CANARY, "question": CANARY, "silence": "wait"}
    held = {"kind": "call", "place": CANARY, "subject": CANARY, "minutes": CANARY, "others": CANARY,
            "actions": CANARY, **on(timezone.localdate(), "held_on")}  # fmt: skip
    assert reviewer.post(at("meeting_new", case), held).status_code == 302
    day = working(timezone.localdate() + timedelta(days=10))
    request = {"pick_1": f"{finding.requirement}|", "text_1": CANARY, **on(day, "due_on")}
    assert reviewer.post(at("note_new", case), {"text": CANARY}).status_code == 302
    assert reviewer.post(at("consultation_new", case), consulted).status_code == 302
    assert reviewer.post(at("request_new", case), request).status_code == 302
    rows = finding_data(finding, outcome="deficient", note=CANARY)
    assert reviewer.post(question_of(finding), rows).status_code == 302
    assert browsers.specialist.post(at("conflict_new", case), {"text": CANARY}).status_code == 302
    assert CANARY in reviewer.get(at("change", case)).content.decode()

    firm = english(case.created_by)
    plain = ("case", "check", "people")
    pages = {name: firm.get(reverse(f"portal:{name}", args=[case.pk])) for name in plain}
    pages["stage"] = firm.get(reverse("portal:stage", args=[case.pk, finding.stage]))
    pages["request"] = firm.get(reverse("portal:request", args=[case.pk, 1]))

    assert {name: page.status_code for name, page in pages.items()} == {
        "case": 200, "check": 200, "people": 200, "stage": 200, "request": 404,
    }  # fmt: skip
    assert [name for name, page in pages.items() if CANARY in page.content.decode()] == []
