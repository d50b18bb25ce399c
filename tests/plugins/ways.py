"""Ways through the pages, by the words and roles that a person sees."""

import re
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from applications.models import Application
from applications.services.assessment import assess
from regulators.rulebook import say
from tests.plugins.files import pdf
from tests.plugins.smtp import Mailbox

FIRM = "Tau Custody LLP"


def open_tasks(page: Page, case: Application) -> None:
    page.goto(f"/applications/{case.pk}/")


def open_tab(page: Page, case: Application, name: str) -> None:
    open_tasks(page, case)
    page.get_by_role("navigation", name="This application").get_by_role("link", name=name).click()


def open_stage(page: Page, case: Application, stage: str) -> None:
    open_tasks(page, case)
    page.get_by_role("heading", name=stage).get_by_role("link").click()


def open_question(page: Page, case: Application, stage: str, title: str) -> None:
    open_stage(page, case, stage)
    page.get_by_role("main").get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def open_case(page: Page, reference: str) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="Open the worklist").click()
    page.get_by_label("Whose").select_option("all")
    page.locator("#id_q").fill(reference)
    page.get_by_role("button", name="Apply").first.click()
    page.get_by_role("link", name=reference, exact=True).click()
    expect(page.get_by_role("heading", name=FIRM, level=1)).to_be_visible()


def open_desk_stage(page: Page, reference: str, stage: str) -> None:
    open_case(page, reference)
    page.get_by_role("region", name="Stages", exact=True).get_by_role("link", name=stage).click()
    expect(page.get_by_role("heading", name=stage, level=1)).to_be_visible()


def finding(page: Page, code: str) -> Locator:
    return page.get_by_label(f"Finding {code}")


def take(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Take for review").click()


def open_finding(page: Page, code: str) -> None:
    """From the list of a stage, or from the list beside another question."""
    page.locator(".reqs").get_by_role("link", name=code).click()
    expect(page.get_by_role("heading", name=code, level=1)).to_be_visible()


def settle(reference: str, stage: str) -> int:
    """Find everything met that nobody has assessed yet, by the service that the pages call."""
    case = Application.objects.with_case().get(reference=reference)
    code = next(rule.code for rule in case.book.stages if say(rule.title) == stage)
    last = case.findings.exclude(assessed_by=None).latest("assessed_at")
    reviewer = User.objects.get(pk=str(last.assessed_by_id))  # whoever works on the pages
    left = list(case.findings.filter(stage=code, outcome=""))
    for finding in left:
        assess(actor=reviewer, finding=finding, expected_version=finding.version, outcome="met", note="Seen.")
    return len(left)


def act(page: Page, label: str) -> None:
    """The link of an act leads to the page that says what will happen; its button does it."""
    page.get_by_role("link", name=label, exact=True).click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    page.get_by_role("button", name=label, exact=True).click()


def press(page: Page, button: str, said: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").get_by_text(said)).to_be_visible()


def fill_day(page: Page, legend: str, day: date) -> None:
    group = page.get_by_role("group", name=re.compile(f"^{re.escape(legend)}"))
    for label, part in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label, exact=True).fill(str(part))


def a_file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def upload(page: Page, name: str, body: bytes) -> None:
    page.get_by_label("Choose files").set_input_files(a_file(name, pdf(b"% " + body)))
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def link_in(smtp: Mailbox, recipient: str, subject: str) -> str:
    """The one link of the last mail to somebody with these words in its subject."""
    mail = [
        mail
        for mail, to in zip(smtp.received, smtp.recipients, strict=True)
        if to == [recipient] and subject in mail["Subject"]
    ][-1]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return re.findall(r"http://\S+", text)[0]
