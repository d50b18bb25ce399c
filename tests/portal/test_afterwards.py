"""What a firm may do after it submitted, and what it may know."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.models import Application, ChangeNotice, Representation
from applications.portal import standing
from applications.services import intake, requests
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh, new_applicant, serve
from tests.portal.conftest import pdf, signed, url_of


def body(response):
    return response.content.decode()


def case_page(browser, case):
    return body(browser.get(reverse("portal:case", args=[case.pk])))


def test_withdrawing_needs_a_reason_and_closes_the_case(browser, submitted_afm_case):
    url = reverse("portal:withdraw", args=[submitted_afm_case.pk])
    assert browser.post(url, {"text": " ", "version": submitted_afm_case.version}).status_code == 422
    stale = browser.post(url, {"text": "We stop.", "version": submitted_afm_case.version + 1})
    assert stale.status_code == 409
    assert "We stop." in body(stale)
    done = browser.post(url, {"text": "We stop.", "version": submitted_afm_case.version})
    assert done.url == reverse("portal:case", args=[submitted_afm_case.pk])
    assert fresh(submitted_afm_case).state == "withdrawn"
    assert "Application withdrawn" in case_page(browser, submitted_afm_case)


def test_an_editor_cannot_sign_or_withdraw(signed_in, submitted_afm_case):
    editor = new_applicant("Only Editor")
    Membership.objects.create(user=editor, firm=submitted_afm_case.firm, role="editor")
    browser = signed_in(fresh(editor))
    url = reverse("portal:withdraw", args=[submitted_afm_case.pk])
    assert "Only a signatory" in body(browser.get(url))
    refused = browser.post(url, {"text": "We stop.", "version": submitted_afm_case.version})
    assert refused.status_code == 403
    assert fresh(submitted_afm_case).state == "submitted"


def test_a_draft_is_discarded_and_a_submitted_case_is_not(browser, draft_case, signed_in):
    url = reverse("portal:discard", args=[draft_case.pk])
    assert browser.post(url, {"version": "x"}).status_code == 404
    assert browser.post(url, {"version": draft_case.version}).url == reverse("portal:home")
    assert fresh(draft_case).state == "discarded"
    assert browser.post(url, {"version": fresh(draft_case).version}).status_code == 422


def test_a_change_is_reported_while_the_case_is_open(browser, submitted_afm_case):
    url = reverse("portal:change", args=[submitted_afm_case.pk])
    assert browser.post(url, {"text": ""}).status_code == 422
    assert browser.post(url, {"text": "A new director."}).status_code == 302
    assert ChangeNotice.objects.get().text == "A new director."
    assert "A new director." in case_page(browser, submitted_afm_case)


def test_a_draft_has_no_change_to_report_and_no_confirmation(browser, draft_case):
    assert browser.post(reverse("portal:change", args=[draft_case.pk]), {"text": "x"}).status_code == 422
    assert browser.get(reverse("portal:submitted", args=[draft_case.pk])).status_code == 404
    assert browser.get(reverse("portal:representation", args=[draft_case.pk])).status_code == 404


@pytest.mark.parametrize(
    ("fee", "says"),
    [
        ("due", "is not recorded as paid yet. The case officer looks for the proof of payment"),
        ("invoiced", "is not recorded as paid yet. The case officer looks for the proof of payment"),
        ("paid", "The fee is recorded as paid."),
        ("waived", "The fee is recorded as waived: there is none to pay."),
    ],
)
def test_the_confirmation_says_of_the_fee_what_is_on_record(
    browser, custody_firm, firm_user, afsa, fee, says
):
    case = filed_with_little(custody_firm, firm_user, afsa, state="submitted")
    Application.objects.filter(pk=case.pk).update(fee=fee)
    page = browser.get(reverse("portal:submitted", args=[case.pk])).content.decode()
    words = ("is not recorded as paid yet", "recorded as paid.", "recorded as waived")
    assert says in page
    assert sum(one in page for one in words) == 1


def test_a_returned_application_names_its_gaps_and_can_be_submitted_again(
    browser, submitted_case, afsa_staff
):
    officer = afsa_staff.case_officer
    intake.check_completeness(actor=officer, case=submitted_case, gaps={"BP-08": "Name the second office."})
    intake.return_incomplete(
        actor=officer, case=submitted_case, expected_version=submitted_case.version,
        return_by=timezone.localdate() + timedelta(days=14),
    )  # fmt: skip
    page = case_page(browser, submitted_case)
    assert "Name the second office." in page
    assert page.count("Returned to you") == 8  # the stage and its sections
    answer = {"version": 1, "text": "Both offices are in Astana."}
    assert browser.post(url_of(submitted_case, "BP-08"), answer).status_code == 302
    assert browser.post(url_of(submitted_case, "CAP-02"), {"version": 1}).status_code == 422
    stage = submitted_case.stages.get(code="business_plan")
    url = reverse("portal:stage", args=[submitted_case.pk, "business_plan"])
    assert browser.post(url, {"act": "complete", "version": stage.version}).status_code == 302
    page = body(browser.get(reverse("portal:declare", args=[submitted_case.pk])))
    case = fresh(submitted_case)
    reference = case.reference
    assert browser.post(reverse("portal:declare", args=[case.pk]), signed(page)).status_code == 302
    case = fresh(case)
    assert (case.state, case.reference, case.snapshots.count()) == ("submitted", reference, 2)


def test_a_point_with_a_bad_file_keeps_its_text_and_is_not_sent(browser, case_in_review, afsa_staff):
    reviewer = afsa_staff.reviewer
    request = requests.write_request(
        actor=reviewer, case=case_in_review, due_on=timezone.localdate() + timedelta(days=10),
        points=[{"requirement": "BP-08", "question": "Where?"}],
    )  # fmt: skip
    request = requests.send_request(actor=reviewer, request=request, expected_version=request.version)
    url = reverse("portal:request", args=[case_in_review.pk, 1])
    data = {"version": request.version, "act": "send", "p1-text": "Here.", "p1-files": [pdf("x.exe")]}
    page = browser.post(url, data)
    assert page.status_code == 422
    assert body(page).count("x.exe: This kind of file is not taken") == 2
    assert "Here." in body(page)
    request.refresh_from_db()
    assert (request.status, request.points.get().answer) == ("sent", "Here.")
    there = {"p1-text": "There.", "p1-version": 1, "initial-p1-text": "Here."}
    assert browser.post(url, {"version": request.version, "act": "later", **there}).url == url
    assert browser.post(url, {"version": 0, "act": "send"}).status_code == 409
    cleared = {"p1-text": "", "p1-version": 2, "initial-p1-text": "There."}
    assert browser.post(url, {"version": request.version, "act": "send", **cleared}).status_code == 422


def test_a_notice_is_seen_when_it_is_served_and_can_be_answered(browser, refusal_proposed, afsa_staff):
    url = reverse("portal:representation", args=[refusal_proposed.pk])
    page = case_page(browser, refusal_proposed)
    assert "We propose to refuse." not in page
    assert "efusal" not in page
    assert browser.get(url).status_code == 404
    serve(refusal_proposed.refusal_notices.get(), afsa_staff)
    assert "We propose to refuse." in case_page(browser, refusal_proposed)
    assert "The map of wallets." in body(browser.get(url))
    assert browser.post(url, {"text": ""}).status_code == 422
    assert browser.post(url, {"text": "The wallets are apart."}).status_code == 302
    assert Representation.objects.get().text == "The wallets are apart."


def test_a_recommendation_is_not_the_firms_to_see(refusal_proposed):
    assert standing.state_in_words(refusal_proposed, None) == ("look", "In review")
    kinds = {event.what for event in standing.timeline_of(refusal_proposed)}
    assert kinds == {"Application started", "Application submitted", "Accepted for review"}
