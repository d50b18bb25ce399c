"""What the founder of a firm does in a browser, from the sign-up to the answer to a request."""

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from accounts.models import User
from applications.models import Application
from applications.samples.numbers import sample_bin, sample_iin
from applications.samples.people import HOLDING_COMPANY, sample_people
from applications.services.people import save_person
from tests.plugins.cases import PASSWORD, email_of
from tests.plugins.files import pdf
from tests.plugins.smtp import Mailbox
from tests.plugins.ways import (
    FIRM,
    a_file,
    fill_day,
    link_in,
    open_question,
    open_stage,
    open_tab,
    open_tasks,
    upload,
)

FOUNDER = "Айгүл Сейітқызы"
EMAIL = email_of("founder")  # new each time: one address is sent a link once in some minutes
BUSINESS, FIT, CAPITAL, AML, IT = STAGES = [
    "Business plan", "Fit and proper", "Capital", "AML", "IT security",
]  # fmt: skip
MINUTE = pdf(b"% the minute that was asked for")


def sign_up(page: Page, smtp: Mailbox) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Full name").fill(FOUNDER)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    page.goto(link_in(smtp, EMAIL, "Confirm your e-mail"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def found_firm(page: Page) -> None:
    page.get_by_role("link", name="Add your firm").click()
    page.get_by_label("Name of the firm").fill(FIRM)
    page.get_by_label("Legal form").select_option(label="Limited liability partnership (LLP, TOO)")
    page.get_by_label(re.compile("^BIN")).fill(sample_bin(year=2025, month=3, serial=17))
    page.get_by_label("Registered address").fill("Мәңгілік Ел 55, Астана")
    page.get_by_role("button", name="Save the firm").click()
    expect(page.get_by_text("There is no application yet.")).to_be_visible()


def start(page: Page) -> Application:
    page.get_by_role("button", name=re.compile("^Start.*Providing Custody")).click()
    expect(page.get_by_role("heading", name=FIRM, level=1)).to_be_visible()
    return Application.objects.with_case().get(firm__name=FIRM)


def answer_by_hand(page: Page, case: Application) -> None:
    """At least one question of every kind of evidence, over the five stages."""

    def answer(stage: str, code: str, fill: Callable[[], None], person: str = "") -> None:
        title = case.book.by_code[code].title["en"]
        if person:
            open_stage(page, case, stage)
            page.get_by_role("main").get_by_role("link", name=person, exact=True).click()
            page.get_by_role("main").get_by_role("link", name=title, exact=True).click()
            expect(page.get_by_role("heading", name=f"{title} ({person})", level=1)).to_be_visible()
        else:
            open_question(page, case, stage, title)
        fill()
        page.get_by_role("button", name="Save and come back later").click()
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        expect(
            page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title, exact=True))
        ).to_contain_text("Completed")

    def choose_and_write() -> None:
        page.get_by_label("Custody of digital assets only").check()
        page.get_by_label("Your answer").fill("Custody of digital assets, and nothing else.")

    def pay() -> None:
        page.get_by_label("Amount").fill("2 000,00")
        upload(page, "fee.pdf", b"the fee")

    def audit() -> None:
        fill_day(page, "Date", date(2027, 6, 30))
        upload(page, "audit.pdf", b"the audit")

    answer(BUSINESS, "BP-01", choose_and_write)
    answer(BUSINESS, "BP-03", lambda: upload(page, "form.pdf", b"the form"))
    answer(BUSINESS, "BP-19", pay)
    answer(BUSINESS, "BP-09",
           lambda: page.get_by_label("I make this declaration for the applicant").check())  # fmt: skip
    answer(BUSINESS, "CUS-19", lambda: page.get_by_label("Number").fill("30"))
    answer(BUSINESS, "BP-11", lambda: decline(page, "No currency is exchanged."))
    enter_person(page, case)
    answer(FIT, "FP-07", lambda: fill_questionnaire(page), "Ғалым Өмірұлы Әлімжанов")
    enter_holding(page, case)
    enter_capital(page, case)
    answer(CAPITAL, "CAP-07", lambda: page.get_by_label("Percentage").fill("41,5"))
    answer(AML, "AML-18", audit)
    answer(
        IT,
        "ITS-05",
        lambda: page.get_by_label("Where the evidence can be inspected").fill("Key room, Astana."),
    )


def decline(page: Page, reason: str) -> None:
    page.get_by_text("We cannot answer this now").click()
    page.get_by_label("This does not apply to us").check()
    page.get_by_label("Say why it does not apply").fill(reason)


def fill_questionnaire(page: Page) -> None:
    page.get_by_label("Every probity answer is no").check()
    upload(page, "questionnaire.pdf", b"the questionnaire")


def enter_person(page: Page, case: Application) -> None:
    open_tab(page, case, "People")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Given names in Cyrillic").fill("Ғалым")
    page.get_by_label("Family name in Cyrillic").fill("Әлімжанов")
    page.get_by_label("Patronymic, if any").fill("Өмірұлы")
    fill_day(page, "Date of birth", date(1979, 3, 14))
    page.get_by_label("IIN", exact=True).check()
    page.get_by_label("IIN or passport number").fill(sample_iin(born="790314", century_digit=3, serial=3001))
    page.get_by_label("Senior Executive Officer").check()
    page.get_by_label("Director", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ғалым Өмірұлы Әлімжанов")).to_be_visible()


def enter_holding(page: Page, case: Application) -> None:
    open_tab(page, case, "Ownership")
    page.get_by_label("Who holds").select_option(label="A body that is not in the list: name it below")
    page.get_by_label("Name of the new company").fill(HOLDING_COMPANY)
    page.get_by_label("Its country").select_option("KZ")
    page.get_by_label("Economic interest").fill("100")
    page.get_by_label("Votes, %").fill("100")
    page.get_by_role("button", name="Save the holding").click()
    expect(page.get_by_text("add up to 100 % of the economic interest")).to_be_visible()


def enter_capital(page: Page, case: Application) -> None:
    open_tab(page, case, "Capital")
    page.get_by_label("Paid-up ordinary shares").fill("1 450 000")
    page.get_by_label("Liquid assets", exact=True).fill("398 400")
    page.get_by_label("Operating expenditure of a year").fill("960 000")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("cell", name="1,450,000.00")).to_be_visible()


def refuse_the_unfinished_stage(page: Page, case: Application) -> None:
    """The list names what lacks, each with its place, and nothing that was given by hand."""
    open_stage(page, case, BUSINESS)
    page.get_by_role("button", name="Mark this stage as complete").click()
    problem = page.get_by_role("alert", name="There is a problem")
    expect(problem).to_be_visible()
    named = problem.get_by_role("link").all_inner_texts()
    assert "Regulatory business plan: Upload at least one document." in named
    given = [case.book.by_code[code].title["en"] for code in ("BP-01", "BP-03", "BP-19", "BP-11")]
    for title in given:
        assert [text for text in named if text.startswith(f"{title}:")] == []
    problem.get_by_role("link", name="Regulatory business plan").click()
    assert page.url.endswith("#BP-04")


def enter_other_people(case: Application, founder: User) -> None:
    """Who takes the other mandatory posts."""
    posts = {"finance": ["fo", "cito"], "compliance": ["co", "deputy_mlro"], "mlro": ["mlro", "controller"]}
    for person in sample_people(4000):
        if person.key in posts:
            save_person(
                actor=founder, case_id=case.pk, functions=posts[person.key], family_name=person.family_name,
                given_names=person.given_names, patronymic=person.patronymic, born_on=person.born_on,
                latin_family_name=person.latin_family_name, latin_given_names=person.latin_given_names,
                citizenship=person.citizenship, residence="KZ", identifier_kind=person.identifier_kind,
                identifier=person.identifier,
            )  # fmt: skip


def complete_stages(page: Page, case: Application) -> None:
    for stage in STAGES:
        open_stage(page, case, stage)
        page.get_by_role("button", name="Mark this stage as complete").click()
        expect(page.get_by_text("The stage is complete.")).to_be_visible()


def submit(page: Page, case: Application) -> str:
    open_tasks(page, case)
    page.get_by_role("link", name="Your answers", exact=True).first.click()
    expect(page.get_by_text("Custody of digital assets, and nothing else.")).to_be_visible()
    page.get_by_role("link", name="Continue to the declaration").click()
    page.get_by_label("You sign as").fill("Director")
    page.get_by_label("What lets you sign for the firm").fill("Director by the register")
    for reason in page.locator("[name^=looked_]").all():
        reason.fill("Both are right.")
    page.get_by_label("Your IIN or passport number").fill(
        sample_iin(born="790314", century_digit=3, serial=3001)
    )
    page.get_by_label("I have read the declaration above").check()
    page.get_by_role("button", name="Submit application to AFSA").dblclick()
    expect(page.get_by_role("heading", name="Application submitted")).to_be_visible()
    case.refresh_from_db()
    expect(page.get_by_text(case.reference, exact=True).first).to_be_visible()
    assert case.snapshots.count() == 1
    return str(case.reference)


def answer_the_request(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your answer to point 1").fill("The minute of 12 October 2026 names the agreement.")
    page.get_by_label("Choose files").set_input_files(a_file("minute.pdf", MINUTE))
    expect(page.get_by_role("link", name="minute.pdf", exact=True)).to_be_visible()
    page.get_by_role("button", name="Send the answers to AFSA").click()
    expect(page.get_by_text("Your answers are sent.")).to_be_visible()
