"""The firm's list of applications: each row says whose turn it is, until when."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, InformationRequest, RefusalNotice
from applications.services import clocks
from applications.services.standing import keep
from look import words
from regulators.calendars import add_working_days
from regulators.periods import footing
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import new_firm
from tests.portal.test_timeline import MONDAY, noon

HOME = reverse("portal:home")
SET_IN_THE_CASE = "(a day set by the regulator in this case, not by law)"


def rows(browser):
    page = browser.get(HOME).content.decode()
    found = re.findall(r'<li class="(task[^"]*)"><a href="[^"]*">(.*?)</li>', page, re.DOTALL)
    plain = [(css, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()) for css, text in found]
    return [(css, re.sub(r"\( ", "(", text)) for css, text in plain]


def line(browser):
    [(css, text)] = rows(browser)
    return css, text


def test_a_request_shows_as_the_firms_turn_with_its_last_day(signed_in, firm_user, asked_case, ask):
    day = timezone.localdate() + timedelta(days=1)
    until = add_working_days(day, 10)
    with noon(day):
        ask(asked_case, "Where?", due_on=until)
        css, text = line(signed_in(firm_user))
        assert css == "task task--you"
        assert f"In review Your turn · 10 working days left · until the end of {words.due_day(until)}" in text
        assert SET_IN_THE_CASE in text


def test_a_case_with_the_regulator_names_it_and_its_day(signed_in, firm_user, asked_case):
    with noon(MONDAY):
        clocks.start(asked_case, "acceptance")
        keep([asked_case.pk])
    due = timezone.localdate(asked_case.deadlines.get().due_at)
    with noon(timezone.localdate() + timedelta(days=1)):
        css, text = line(signed_in(firm_user))
    assert css == "task"
    assert "In review With Astana Financial Services Authority · " in text
    assert f"until the end of {words.due_day(due)}" in text
    assert footing(asked_case.book.clock("decision")) in text


def test_a_draft_is_the_firms_turn_without_a_day(browser, draft_case):
    css, text = line(browser)
    assert css == "task task--you"
    assert "Draft Your turn Saved " in text


def test_a_case_that_is_over_is_nobodys_turn(browser, asked_case):
    Application.objects.filter(pk=asked_case.pk).update(state="withdrawn")
    css, text = line(browser)
    assert css == "task"
    assert "Withdrawn KZC-TEST-ASKED" in text


@pytest.mark.parametrize("state", ["in_review", "refusal_proposed"])
def test_the_list_asks_no_more_for_three_cases_than_for_one(state, browser, firm_user, afsa, afsa_staff):
    counted = []
    for number in (1, 2):  # one case, then three
        for _n in range(number):
            count = Application.objects.count()
            case = filed_with_little(new_firm(firm_user, f"Firm {count} Ltd"), firm_user, afsa, state=state)
            Application.objects.filter(pk=case.pk).update(reference=f"KZC-TEST-{count}")
            add_request_and_notice(case, afsa_staff)
        browser.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            browser.get(HOME)
        # the roles of each firm cost a query a firm; the cases none
        counted.append(len([one for one in queries if "accounts_membership" not in one["sql"]]))
    assert len(rows(browser)) == 3
    assert counted[0] == counted[1]


def add_request_and_notice(case, staff):
    until = timezone.localdate() + timedelta(days=9)
    InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=until, written_by=staff.reviewer,
        sent_at=timezone.now(),
    )  # fmt: skip
    RefusalNotice.objects.create(
        application=case, grounds=[], evidence="x", text="x", proposed_at=timezone.now(),
        proposed_by=staff.decision_maker, served_on=timezone.localdate(), representations_until=until,
    )  # fmt: skip
