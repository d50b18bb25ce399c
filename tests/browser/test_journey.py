"""The whole road by hand: from the sign-up of a firm to its licence in the register, in a real browser."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from applications.models import Application, Stage
from applications.samples.build import answer_rest
from audit import verify
from look import words
from notifications.services import send_waiting
from regulators.services import confirm_authority_basis, enter_authority_basis
from tests.plugins.at_the_desk import (
    CONDITION,
    approve_in_order,
    approve_in_principle,
    approve_people,
    ask_for_one_more,
    find_three_things,
    grant,
    open_files,
    read_the_answer,
    recommend,
    refuse_the_second_before_the_first,
    take_in,
    verify_condition,
)
from tests.plugins.at_the_firm import (
    EMAIL,
    STAGES,
    answer_by_hand,
    answer_the_request,
    complete_stages,
    enter_other_people,
    found_firm,
    refuse_the_unfinished_stage,
    sign_up,
    start,
    submit,
)
from tests.plugins.cases import PASSWORD
from tests.plugins.days import working
from tests.plugins.second_factor import app_of, code_of
from tests.plugins.smtp import Mailbox
from tests.plugins.watching import Watch
from tests.plugins.ways import FIRM, link_in
from workflow.acts import acts_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def watch(live_server: Any) -> Watch:
    return Watch(live_server.url)


@pytest.fixture
def come(open_page: Callable[..., Page], watch: Watch) -> Callable[[str], Page]:
    """A browser of its own for one human, who signs in by the form."""

    def sign_in(email: str) -> Page:
        user = User.objects.get(email=email)
        secret = app_of(user) if user.is_staff else ""
        page = watch.follow(open_page())
        page.goto("/")
        page.get_by_role("link", name="Sign in").first.click()
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        if secret:
            page.get_by_label("Code", exact=True).fill(code_of(secret))
            page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    return sign_in


@pytest.fixture
def legal_basis(afsa: Any, afsa_staff: SimpleNamespace) -> None:
    basis = enter_authority_basis(
        actor=afsa_staff.administrator, licence_type=afsa, act="Rules of the tests", article="1",
        scope="Providing Custody", valid_from=date(2024, 1, 1),
    )  # fmt: skip
    confirm_authority_basis(actor=afsa_staff.second_administrator, basis=basis)


def test_a_firm_comes_by_its_licence(
    come: Callable[[str], Page], open_page: Callable[..., Page], watch: Watch, smtp: Mailbox,
    live_server: Any, settings: Any, document_store: Any, legal_basis: None, afsa_staff: SimpleNamespace,
) -> None:  # fmt: skip
    settings.BASE_URL = live_server.url
    staff = afsa_staff

    firm = watch.follow(open_page())
    sign_up(firm, smtp)
    firm = come(EMAIL)
    found_firm(firm)
    case = start(firm)
    answer_by_hand(firm, case)
    refuse_the_unfinished_stage(firm, case)
    founder = User.objects.get(email=EMAIL)
    enter_other_people(case, founder)
    answer_rest(case, founder)
    complete_stages(firm, case)
    reference = submit(firm, case)
    assert watch.faults == []

    officer = come(staff.case_officer.email)
    take_in(officer, reference)
    reviewer = come(staff.reviewer.email)
    find_three_things(reviewer, reference)
    refuse_the_second_before_the_first(reviewer, reference)
    ask_for_one_more(reviewer, reference)
    send_waiting()
    answer_the_request(firm, link_in(smtp, EMAIL, "reply needed"))
    read_the_answer(reviewer, reference)
    approve_in_order(reviewer, reference)
    approve_people(reviewer, reference, staff)
    lead = come(staff.lead_reviewer.email)
    open_files(staff.reviewer, reference)
    recommend(lead, reference)
    assert watch.faults == []

    decider = come(staff.decision_maker.email)
    approve_in_principle(decider, reference)
    verify_condition(reviewer, reference)
    grant(decider, reference)
    look_into_the_register(watch.follow(open_page()), reference)
    expect_steps(decider)
    send_waiting()
    assert mails_by_recipient(smtp) == expected_mails(staff, reference)
    assert list(verify.faults()) == []
    assert watch.faults == []
    second = case.stages.get(code="fit_and_proper")
    assert watch.refused == [
        f"422 /applications/{case.pk}/stages/business_plan/",
        f"422 /desk/applications/stage/{second.pk}/act/approve/",
    ]


# --- what came of it


def look_into_the_register(page: Page, reference: str) -> None:
    number = f"AFSA-{timezone.localdate().year}-0001"
    page.goto("/register/")
    row = page.get_by_role("row").filter(has_text=FIRM)
    expect(row).to_contain_text(number)
    row.get_by_role("link", name=FIRM).click()
    expect(page.get_by_role("heading", name="This licence is in force today")).to_be_visible()
    for text in (number, reference):
        expect(page.get_by_text(text, exact=True).first).to_be_visible()
    expect(page.get_by_text(CONDITION).first).to_be_visible()  # with its number


def expect_steps(page: Page) -> None:
    page.goto("/pipeline/flow/")
    title = f"Steps counted: {timezone.localdate():%m.%Y}"
    rows = page.get_by_role("region", name=title).get_by_role("row").all()[1:]
    shown = (row.inner_text().rsplit(maxsplit=1) for row in rows)
    counted = {label: int(times) for label, times in shown}
    stages = dict.fromkeys(("take", "approve"), 5)  # what a firm does before it submits is not counted
    once = dict.fromkeys(("submit", "accept", "recommend", "approve_in_principle", "grant"), 1)
    assert {label: times for label, times in counted.items() if times} == {
        **{str(acts_of(Stage)[act].label): times for act, times in stages.items()},
        **{str(acts_of(Application)[act].label): times for act, times in once.items()},
    }


def mails_by_recipient(smtp: Mailbox) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for mail, (recipient,) in zip(smtp.received, smtp.recipients, strict=True):
        found.setdefault(recipient, Counter())[str(mail["Subject"])] += 1
    return found


def expected_mails(staff: SimpleNamespace, reference: str) -> dict[str, Counter[str]]:
    received = words.moment(Application.objects.get(reference=reference).submitted_at)
    due = words.due_day(working(timezone.localdate() + timedelta(days=14)))
    waits = f"[Internal] {reference} waits for you"
    return {
        EMAIL: Counter([
            "Confirm your e-mail",
            f"{reference} received on {received}",
            f"{reference} accepted for review",
            f"{reference} reply needed by {due}",
            f"{reference} reply received",
            *[f"{reference} stage {stage} complete" for stage in STAGES],
            f"{reference} decision available",
            f"{reference} decision available",
        ]),
        staff.case_officer.email: Counter([f"[Internal] {reference} submitted"]),
        staff.reviewer.email: Counter([waits, f"[Internal] {reference} reply received"]),
        staff.lead_reviewer.email: Counter([waits]),
        staff.second_lead_reviewer.email: Counter([waits]),
        staff.decision_maker.email: Counter([waits]),
        staff.second_decision_maker.email: Counter([waits]),
    }  # fmt: skip
