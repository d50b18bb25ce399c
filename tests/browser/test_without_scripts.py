"""The firm's whole way in a browser that runs no scripts: every kind of form, files, signing, answering."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from applications.models import Application
from applications.samples.numbers import sample_iin
from applications.services import requests
from tests.plugins.cases import accept, fresh
from tests.plugins.files import pdf
from tests.plugins.ways import a_file, fill_day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plain(open_page: Callable[..., Page], sign_in: Any, firm_user: User) -> Page:
    return sign_in(open_page(scripts=False), firm_user)


def open_question(page: Page, case: Application, code: str) -> None:
    stage = case.book.by_code[code].stage
    page.goto(reverse("portal:question", args=[case.pk, stage, code]))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def test_every_form_of_a_draft(plain: Page, draft_case: Application) -> None:
    page, case = plain, draft_case
    open_question(page, case, "BP-01")
    page.get_by_label("Custody of digital assets only").check()
    page.get_by_label("Your answer").fill("Custody of digital assets, and nothing else.")
    save(page)
    open_question(page, case, "BP-03")
    page.locator("input[type=file]").first.set_input_files(a_file("form.pdf", pdf(b"% the form")))
    page.get_by_role("button", name="Upload").first.click()
    expect(page.get_by_role("link", name="form.pdf", exact=True)).to_be_visible()
    open_question(page, case, "AML-18")
    fill_day(page, "Date", date(2027, 6, 30))
    page.get_by_role("button", name="Save and come back later").click()
    enter_a_person(page, case)
    enter_a_holding(page, case)
    enter_capital(page, case)
    assert (
        case.answers.get(requirement="BP-01").value["text"] == "Custody of digital assets, and nothing else."
    )
    assert case.answers.get(requirement="BP-03").files.count() == 1
    assert case.answers.get(requirement="AML-18").value["date"] == "2027-06-30"
    assert case.posts.get().person.family_name == "Әлімжанов"
    assert str(case.holdings.get().economic.normalize()) == "1E+2"
    assert [(f.line, str(f.amount)) for f in case.capital.all()] == [("paid_up_shares", "1450000.00")]
    page.goto(reverse("portal:check", args=[case.pk]))
    expect(page.get_by_text("Custody of digital assets, and nothing else.")).to_be_visible()


def enter_a_person(page: Page, case: Application) -> None:
    page.goto(reverse("portal:people", args=[case.pk]))
    page.get_by_role("link", name=re.compile("^Add a")).click()
    page.locator("[name=given_names]").fill("Ғалым")
    page.locator("[name=family_name]").fill("Әлімжанов")
    fill_day(page, "Date of birth", date(1984, 3, 27))
    page.locator("[name=citizenship]").select_option("KZ")
    page.locator("[name=residence]").select_option("KZ")
    page.get_by_label("IIN", exact=True).check()
    page.locator("[name=identifier]").fill(sample_iin(born="840327", century_digit=3, serial=41))
    page.get_by_role("group", name=re.compile("^Posts")).get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: ")).to_be_visible()


def enter_a_holding(page: Page, case: Application) -> None:
    page.goto(reverse("portal:ownership", args=[case.pk]))
    page.get_by_label("Who holds", exact=True).select_option(
        label="A body that is not in the list: name it below"
    )
    page.get_by_label("Name of the new company or other body").fill("Altyn Dala Holding Ltd")
    page.get_by_label("Economic interest, %").fill("100")
    page.get_by_label("Votes, %").fill("100")
    page.get_by_role("button", name="Save the holding").click()
    expect(page.get_by_role("img", name=re.compile("Ownership chart"))).to_be_visible()


def enter_capital(page: Page, case: Application) -> None:
    page.goto(reverse("portal:capital", args=[case.pk]))
    page.get_by_label("Paid-up ordinary shares").fill("1 450 000,00")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("At the grant")


def test_sign_and_answer_and_withdraw(
    plain: Page, filled_afm_case: Application, afm_staff: SimpleNamespace
) -> None:
    page, case = plain, filled_afm_case
    page.goto(reverse("portal:declare", args=[case.pk]))
    page.get_by_label("You sign as").fill("Director")
    for field in page.locator("form input[type=text], form textarea").all():
        if field.is_visible() and not field.input_value():
            field.fill("Entry in the register of 1 March 2026")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Submit application to AFM").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Application submitted")

    accept(fresh(case), afm_staff.case_officer)
    asked = requests.write_request(
        actor=afm_staff.reviewer, case=fresh(case), due_on=timezone.localdate() + timedelta(days=14),
        points=[{"requirement": "N-BP-03", "question": "Please send the minute."}],
    )  # fmt: skip
    requests.send_request(actor=afm_staff.reviewer, request=asked, expected_version=asked.version)
    page.goto(reverse("portal:request", args=[case.pk, 1]))
    page.locator("textarea[name=p1-text]").fill("The minute is attached.")
    page.get_by_role("button", name=re.compile("^Send ")).first.click()
    expect(page.get_by_text("Your answers are sent.")).to_be_visible()

    page.goto(reverse("portal:withdraw", args=[case.pk]))
    page.locator("textarea[name=text]").fill("The plan has changed.")
    page.get_by_role("button", name="Withdraw the application").click()
    expect(page.get_by_text("The application is withdrawn.")).to_be_visible()
