"""The page of the working calendar: for all staff, by year, with how far it reaches."""

from datetime import date

import pytest

from regulators.calendars import kazakhstan
from regulators.models import CalendarVersion

HERE = "/desk/calendar/"
STAFF = ("case_officer", "reviewer", "specialist", "lead_reviewer", "decision_maker", "administrator")


@pytest.fixture
def shown(english, afsa_staff):
    def read():
        page = english(afsa_staff.reviewer).get(HERE)
        assert page.status_code == 200
        return page

    return read


def test_each_year_with_its_days_and_how_many_are_worked(shown):
    page = shown()
    found = {year.number: (year.forecast, len(year.days_off), year.worked, year.working)
             for year in page.context["years"]}  # fmt: skip
    assert list(found) == [2027, 2026, 2025, 2024]
    assert found[2027] == (True, 14, [], 247)
    assert found[2026] == (False, 14, [], 247)
    assert found[2025] == (False, 16, [date(2025, 1, 5)], 246)
    assert found[2024] == (False, 14, [date(2024, 5, 4)], 249)
    text = page.content.decode()
    for words in ("Wednesday 16 December 2026", "Saturday 4 May 2024", "247 working days"):
        assert words in text
    assert text.count("The official calendar of this year is not out") == 1


def test_how_far_it_reaches_and_what_it_rests_on(shown):
    page = shown()
    assert page.context["known_until"] == date(2027, 12, 31)
    assert page.context["official_until"] == date(2026, 12, 31)
    text = page.content.decode()
    assert f"sha256 {kazakhstan().sha256[:12]}…" in text
    assert str(kazakhstan()) in text
    assert "Not on record yet" in text

    CalendarVersion.objects.create(code="kz", version="2026.1", sha256=kazakhstan().sha256)
    assert "Not on record yet" not in shown().content.decode()


def test_another_calendar_is_shown_as_it_stands(shown, new_calendar):
    new_calendar("2026.2", off=[date(2026, 12, 15)], until=2026)
    page = shown()
    assert page.context["known_until"] == date(2026, 12, 31)
    assert "Tuesday 15 December 2026" in page.content.decode()


@pytest.mark.parametrize("role", STAFF)
def test_every_member_of_staff_reads_it_and_the_rail_leads_there(english, afsa_staff, role):
    browser = english(getattr(afsa_staff, role))
    assert browser.get(HERE).status_code == 200
    assert f'href="{HERE}"' in browser.get("/desk/").content.decode()
    assert browser.post(HERE).status_code == 405


def test_nobody_else_reads_it(english, firm_user, client):
    assert english(firm_user).get(HERE).status_code == 404
    assert client.get(HERE).status_code == 302
