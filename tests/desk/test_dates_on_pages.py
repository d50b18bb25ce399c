"""The pages of a case show its dates: to the desk all of them, to the firm what concerns it."""

import dataclasses
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import Application, InformationRequest
from applications.services import clocks, consultations
from applications.services.standing import keep
from look import words
from regulators.calendars import add_working_days
from regulators.periods import footing, set_in_the_case
from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.versions import following

DAY = timedelta(days=1)


def dates(page, *, desk):
    """By title, the words of each date."""
    html = page.content.decode()
    part = html[html.index('id="dl"' if desk else 'id="dates"') :]
    part = part[: part.index("</section>")]
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", part, re.S)
    return {title: " ".join(re.sub(r"<[^>]*>", " ", text).split()) for title, text in rows}


@pytest.fixture
def national(filed, afm, afm_staff):
    case = filed(afm)
    clocks.start(case, "receipt")
    clocks.stop(case, cause="accept", codes=("registration", "completeness"))
    InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=timezone.localdate() + 9 * DAY,
        sent_at=timezone.now(), due_set_at=timezone.now(), written_by=afm_staff.reviewer,
    )  # fmt: skip
    consultations.consult(actor=afm_staff.reviewer, case=case, question="Known?", body="Bank of Astana")
    keep([case.pk])
    return fresh(case)


def test_the_desk_reads_what_is_due_from_whom_since_when_and_why(national, english, afm_staff):
    page = english(afm_staff.reviewer).get(at("change", national))
    found, today = dates(page, desk=True), words.day(timezone.localdate())
    asked = found["Request 1"]
    assert words.due_day(timezone.localdate() + 9 * DAY) in asked
    assert "Waiting on: The firm" in asked
    assert asked.endswith(f"{set_in_the_case()} Began on {today}")
    body = found["Answer of Bank of Astana"]
    assert "10 working days left Waiting on: Bank of Astana Rule: " in body
    assert body.endswith(f"10 working days from the notice (afm-custody 2026.3) Began on {today}")
    assert "Waiting on: The regulator" in found["Decision in the financial sphere"]
    assert "( met )" in found["Completeness check"].replace("(met)", "( met )")
    html = page.content.decode()
    assert html.index("Dates that were met") < html.index("<dt>Completeness check</dt>")
    assert page.content.decode().count("Each day ends at midnight, Almaty time.") == 1


def headline(page):
    """The day of the headline, on what it rests, and whether the page says it."""
    html, day = page.content.decode(), page.context["due_day"]
    head = html[html.index('class="turn') : html.index('<section class="pane"')]
    return day, page.context["footing"], f"until the end of {words.due_day(day)}" in head


def test_the_headline_names_the_day_of_the_request_while_the_firm_is_asked(national, english, afm_staff):
    browser, today = english(afm_staff.reviewer), timezone.localdate()
    asked = headline(browser.get(at("change", national)))
    assert asked == (today + 9 * DAY, set_in_the_case(), True)

    national.requests.update(status="closed")
    keep([national.pk])
    clock = national.book.clock("decision")
    assert headline(browser.get(at("change", national))) == (
        add_working_days(today, 30),
        footing(clock),
        True,
    )


@pytest.mark.parametrize("state", ["returned", "refusal_proposed"])
def test_it_names_the_day_of_what_was_returned_and_of_a_notice(filed, afm, english, afm_staff, state):
    case, day = filed(afm, state=state), timezone.localdate() + 4 * DAY
    rests = {"returned": set_in_the_case(), "refusal_proposed": footing(case.book.clock("representations"))}
    kept = {"return_by": day, "served_now": timezone.localdate(), "until_now": day}
    Application.objects.filter(pk=case.pk).update(**kept)
    page = english(afm_staff.reviewer).get(at("change", case))
    assert headline(page) == (day, rests[state], True)


def test_a_stage_that_is_with_the_firm_has_no_day(national, english, afm_staff):
    national.requests.update(status="closed")
    national.stages.filter(order=0).update(state="changes_requested")
    keep([national.pk])
    page = english(afm_staff.reviewer).get(at("change", national))
    assert (page.context["waits"].on, page.context["due_day"]) == ("firm", None)


def test_the_firm_reads_its_own_dates_and_none_of_what_is_inside(national, english):
    page = english(national.created_by).get(f"/applications/{national.pk}/")
    found = dates(page, desk=False)
    assert set(found) == {"Request 1", "Decision in the financial sphere"}
    assert "You " + set_in_the_case() in found["Request 1"]
    assert (
        words.due_day(add_working_days(timezone.localdate(), 30)) in found["Decision in the financial sphere"]
    )
    assert "Bank of Astana" not in page.content.decode()


def test_a_draft_has_no_dates(national, english):
    Application.objects.filter(pk=national.pk).update(submitted_at=None, accepted_at=None)
    assert (
        'id="dates"' not in english(national.created_by).get(f"/applications/{national.pk}/").content.decode()
    )


def test_both_sides_read_how_long_it_was_paused_and_what_can_count(filed, afsa, english, afsa_staff, shelf):
    case = filed(afsa)
    timed = [dataclasses.replace(c, pause_cap=5) if c.code == "decision" else c for c in case.book.clocks]
    book = shelf(following(case.book, "2099.1", clocks=tuple(timed)))
    Application.objects.filter(pk=case.pk).update(rulebook=afsa.rulebooks.get(version=book.version))
    case = fresh(case)
    clocks.start(case, "acceptance")
    clocks.pause(case, cause="request 1")
    keep([case.pk])
    desk = dates(english(afsa_staff.reviewer).get(at("change", case)), desk=True)
    firm = dates(english(case.created_by).get(f"/applications/{case.pk}/"), desk=False)
    for found in (desk, firm):
        [told] = [text for text in found.values() if "60 working days" in text]
        assert "Paused 0 working days, of at most 5 working days. Paused since " in told
