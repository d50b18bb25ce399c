"""What the people of a regulator do in a browser, from the completeness check to the grant."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from applications.conditions import opened
from applications.models import Application
from applications.samples import cases as samples
from applications.services.evidence import open_evidence
from tests.plugins.at_the_firm import BUSINESS, FIT, MINUTE, STAGES
from tests.plugins.days import working
from tests.plugins.ways import (
    act,
    fill_day,
    finding,
    open_case,
    open_desk_stage,
    open_finding,
    press,
    settle,
    take,
)

CONDITION = "Shares of the keys are held by three people."


def take_in(page: Page, reference: str) -> None:
    open_case(page, reference)
    page.get_by_role("link", name="Check completeness").click()
    for stage in STAGES:
        rest = f"Mark as there what is not marked in “{stage}”"
        press(page, rest, "The marks are kept. The check is not recorded yet.")
    press(page, "Record the check", "The completeness check is recorded.")
    page.get_by_role("link", name="Record the fee").click()
    page.get_by_label("Paid", exact=True).check()
    fill_day(page, "Day of the invoice", timezone.localdate())
    page.get_by_label("Reference of the payment").fill("Payment order 12")
    press(page, "Record", "The fee is recorded.")
    act(page, "Accept for review")
    expect(page.get_by_text("In review", exact=True).first).to_be_visible()


def find_three_things(page: Page, reference: str) -> None:
    open_desk_stage(page, reference, BUSINESS)
    take(page)
    open_finding(page, "BP-01")
    finding(page, "BP-01").select_option(label="Met")
    press(page, "Save and next open", "1 finding saved.")
    open_finding(page, "CUS-14")
    finding(page, "CUS-14").select_option(label="Query")
    page.get_by_label("Reason, as the file will show it").fill("The agreement is not dated.")
    press(page, "Save", "1 finding saved.")
    open_finding(page, "CUS-03")
    finding(page, "CUS-03").select_option(label="Met subject to condition")
    page.get_by_label("Reason, as the file will show it").fill("One safeguard is missing.")
    page.get_by_text("Condition", exact=True).click()
    page.get_by_label("Condition, where it is met subject to one").fill(CONDITION)
    press(page, "Save", "1 finding saved.")
    assert settle(reference, BUSINESS) > 30
    open_desk_stage(page, reference, BUSINESS)
    expect(page.get_by_role("region", name="Why “Approve stage” is not open yet")).to_have_text(
        re.compile(r"is not open yet\s*CUS-14 [^.]+ is not settled: Query\.\s*$")
    )


def refuse_the_second_before_the_first(page: Page, reference: str) -> None:
    open_desk_stage(page, reference, FIT)
    take(page)
    settle(reference, FIT)
    page.reload()
    reason = "“Business plan” has to be approved first."
    expect(page.get_by_role("region", name="Why “Approve stage” is not open yet")).to_contain_text(reason)
    stage = Application.objects.get(reference=reference).stages.get(code="fit_and_proper")
    page.goto(f"/desk/applications/stage/{stage.pk}/act/approve/")
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        page.get_by_role("button", name="Approve stage").click(force=True)  # it says that it is closed
    assert refused.value.status == 422
    expect(page.get_by_text(reason).first).to_be_visible()
    stage.refresh_from_db()
    assert stage.state == "in_review"


def ask_for_one_more(page: Page, reference: str) -> None:
    open_desk_stage(page, reference, BUSINESS)
    open_finding(page, "CUS-14")
    put_in = "The query is in request 1, point 1, a draft."
    press(page, "Put this query into a request about CUS-14", put_in)
    page.get_by_role("link", name="request 1, point 1", exact=True).click()
    fill_day(page, "Last day for the answer", working(timezone.localdate() + timedelta(days=14)))
    page.get_by_role("group", name="Row 1", exact=True).get_by_label("Question to the firm").fill(
        "Send the minute that names the agreement."
    )
    press(page, "Save the request", "The request is written. It is not sent yet.")
    press(page, "Send to the firm", "The request is sent to the firm.")


def read_the_answer(page: Page, reference: str) -> None:
    open_case(page, reference)
    page.get_by_role("region", name="Requests for information").get_by_role("link", name="Request 1").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="minute.pdf", exact=True).click()
    assert download.value.path().read_bytes() == MINUTE
    page.get_by_role("link", name="Give a verdict").click()
    page.get_by_label("Answered satisfactorily").check()
    press(page, "Record the verdict", "The verdict is recorded.")
    press(page, "Close the request", "The request is closed.")


def approve_in_order(page: Page, reference: str) -> None:
    open_desk_stage(page, reference, BUSINESS)
    open_finding(page, "CUS-14")
    finding(page, "CUS-14").select_option(label="Met")
    press(page, "Save", "1 finding saved.")
    for stage in STAGES:
        open_desk_stage(page, reference, stage)
        if stage not in (BUSINESS, FIT):
            take(page)
            settle(reference, stage)
            page.reload()
        act(page, "Approve stage")
        expect(page.get_by_text("Approved", exact=True).first).to_be_visible()


def open_files(reviewer: User, reference: str) -> None:
    """The rest of the files, without a click for each."""
    case = Application.objects.get(reference=reference)
    for document in opened.unopened(case):
        _document, file = open_evidence(actor=reviewer, document_id=document)
        file.close()


def approve_people(page: Page, reference: str, desk: Any) -> None:
    """The first in the browser, the others by the services."""
    case = Application.objects.get(reference=reference)
    first = case.individuals.select_related("person").first()
    assert first is not None
    for label in ("Take for assessment", "Approve this person"):
        open_case(page, reference)
        region = page.get_by_role("region", name="People for functions")
        region.get_by_role("link", name=first.person.full_name).first.click()
        act(page, label)
        expect(page.get_by_role("heading", name=first.person.full_name, level=1)).to_be_visible()
    samples.approve_people(case, desk)


def recommend(page: Page, reference: str) -> None:
    open_case(page, reference)
    page.get_by_role("link", name="Recommend", exact=True).click()
    page.get_by_label("Grant", exact=True).check()
    page.get_by_label("Reason, as the file will show it").fill("Every requirement is met.")
    page.get_by_role("button", name="Recommend", exact=True).click()
    expect(page.get_by_text("Recommended", exact=True).first).to_be_visible()


def approve_in_principle(page: Page, reference: str) -> None:
    open_case(page, reference)
    page.get_by_role("link", name="Approve in principle").click()
    page.get_by_label(re.compile("^Condition 1 ")).fill("Show that the share capital is paid in.")
    fill_day(page, "Condition 1: to be met by", working(timezone.localdate() + timedelta(days=30)))
    fill_day(page, "The approval in principle expires on", timezone.localdate() + timedelta(days=120))
    page.get_by_label("Reason").fill("The criteria are met.")
    page.get_by_role("button", name="Approve in principle").click()
    expect(page.get_by_text("Approved in principle", exact=True).first).to_be_visible()


def verify_condition(page: Page, reference: str) -> None:
    open_case(page, reference)
    page.get_by_role("link", name="Verify condition 1").click()
    page.get_by_label("How the condition was shown to be met").fill("The statement of the bank was read.")
    press(page, "Record as met", "The condition is verified.")


def grant(page: Page, reference: str) -> None:
    open_case(page, reference)
    page.get_by_role("link", name="Grant", exact=True).click()
    page.get_by_label("Reason").fill("The condition is met.")
    page.get_by_role("button", name="Grant", exact=True).click()
    expect(page.get_by_text("Granted", exact=True).first).to_be_visible()
