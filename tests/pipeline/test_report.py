"""The weekly report: who wants it gets totals, once a week, as long as they manage what it counts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts.actors import System
from applications.models import Application, ReportChoice
from applications.pipeline.reports import choosing, weekly
from applications.pipeline.reports.totals import totals
from audit.models import Event
from audit.services import record
from notifications import writing
from notifications.models import Message
from notifications.sending import send_waiting
from regulators.models import Role
from tests.pipeline.conftest import TODAY, at
from tests.plugins.exported import dismiss

pytestmark = pytest.mark.django_db
PAGE = "/pipeline/report/"
MORNING = at(TODAY, 8)  # a Monday that is a working day


@pytest.fixture
def wanted(lead):
    return want(lead)


def want(user, **more):
    said = {"wanted": True, "paused_until": None, "chosen_at": MORNING - timedelta(days=1)} | more
    ReportChoice.objects.update_or_create(user=user, defaults=said)
    return user


def test_it_says_totals_and_no_names(wanted, afsa, add_case, add_request):
    add_case(afsa, submitted=date(2026, 11, 17))
    add_request(add_case(afsa, submitted=date(2026, 10, 1)))
    add_case(afsa, state="recommended", approved=5)
    add_case(afsa, state="granted", approved=5, decided=date(2026, 11, 16))
    add_case(afsa, state="refused", approved=5, decided=date(2026, 11, 22))
    add_case(afsa, state="granted", approved=5, decided=date(2026, 11, 15))
    add_case(afsa, state="refused", approved=5, decided=date(2026, 11, 23))
    assert weekly.write_due(MORNING) == 1
    message = Message.objects.get()
    # What is written in the record of these cases is written today, which is after the week.
    assert message.context == {
        "regulators": "AFSA", "open": 3, "ours": 2, "decisions": 1, "firms": 1, "over": 0, "coming": 0,
        "entered": 0, "decided": 2,
        "first": "2026-11-16", "last": "2026-11-22",
    }  # fmt: skip
    assert (message.recipient, message.internal, message.subject_ref, message.about) == (wanted, True, "", [])
    assert message.url.endswith("/pipeline/")
    for text in (message.body_text, message.body_html):
        assert "Firm " not in text
        assert "KZC-" not in text


def test_what_was_submitted_in_the_week_is_counted(afsa, add_case, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(date(2026, 11, 20)))
    case = add_case(afsa, submitted=date(2026, 11, 20))
    with transaction.atomic():
        record(subject=case.audit_subject, kind="application.submit", actor=System("test"))
    found = totals([afsa.regulator_id], TODAY)
    assert (found.open, found.entered) == (1, 2)
    assert totals([], TODAY).open == 0


def test_dates_that_are_near_are_counted_on_the_right_side_of_each_limit(afsa, afm, add_case):
    """On Monday 23 November at noon; the tenth working day from then is Monday 7 December."""
    for days, hour in ((-3, 9), (0, 11), (0, 13), (14, 23), (15, 0)):
        case = add_case(afsa)
        Application.objects.filter(pk=case.pk).update(next_due=at(TODAY + timedelta(days=days), hour))
    ended = add_case(afsa, state="granted", approved=5, decided=TODAY)
    Application.objects.filter(pk=ended.pk).update(next_due=at(TODAY, 1))
    elsewhere = add_case(afm)
    Application.objects.filter(pk=elsewhere.pk).update(next_due=at(TODAY, 1))
    found = totals([afsa.regulator_id], TODAY)
    assert (found.over, found.coming) == (2, 2)


def test_once_a_week_from_the_morning_of_its_first_working_day(wanted, monkeypatch):
    assert weekly.write_due(MORNING - timedelta(seconds=1)) == 0
    assert [weekly.write_due(at(TODAY + timedelta(days=day), 8)) for day in range(7)] == [1, 0, 0, 0, 0, 0, 0]
    # A run that was away the whole morning, and the week after.
    assert weekly.write_due(MORNING + timedelta(days=9)) == 1
    assert sorted(Message.objects.values_list("key", flat=True)) == [
        f"report:2026-11-23:{wanted.pk}", f"report:2026-11-30:{wanted.pk}",
    ]  # fmt: skip


@pytest.mark.parametrize(("monday", "day"), [
    (date(2026, 11, 23), date(2026, 11, 23)),
    (date(2026, 3, 23), date(2026, 3, 26)),  # Nauryz
    (date(2150, 1, 5), date(2150, 1, 5)),  # of which nobody knows
])  # fmt: skip
def test_the_first_working_day_of_a_week(monday, day):
    assert weekly.first_working_day(monday) == day


@pytest.mark.parametrize(("choice", "seconds", "day"), [
    ({}, -1, TODAY),
    ({}, 0, TODAY + timedelta(days=7)),
    ({"paused_until": TODAY - timedelta(days=1)}, -1, TODAY),
    ({"paused_until": TODAY}, -1, TODAY + timedelta(days=7)),
    ({"paused_until": date(2027, 2, 3)}, -1, date(2027, 2, 8)),
    ({"wanted": False}, -1, None),
])  # fmt: skip
def test_the_page_knows_when_the_next_one_comes(lead, choice, seconds, day):
    want(lead, **choice)
    assert weekly.next_on(ReportChoice.objects.get(), MORNING + timedelta(seconds=seconds)) == day


@pytest.mark.parametrize(("choice", "count"), [
    ({"wanted": False}, 0),
    ({"chosen_at": MORNING}, 1),
    ({"chosen_at": MORNING + timedelta(seconds=1)}, 0),
    ({"paused_until": TODAY}, 0),
    ({"paused_until": TODAY - timedelta(days=1)}, 1),
])  # fmt: skip
def test_who_wants_it_and_has_no_pause(lead, choice, count):
    want(lead, **choice)
    assert weekly.write_due(MORNING + timedelta(hours=4)) == count


def test_nobody_gets_it_who_never_chose(lead):
    assert weekly.write_due(MORNING) == 0


def test_a_closed_account_gets_none(wanted):
    wanted.is_active = False
    wanted.save()
    assert weekly.write_due(MORNING) == 0


def test_one_that_cannot_be_written_holds_no_other_up(wanted, afsa, staff_of, monkeypatch):
    other, tell = want(staff_of(afsa, Role.DECISION_MAKER)), weekly.tell

    def fails_for_one(*, to, **more):
        if to == wanted:
            raise OSError
        tell(to=to, **more)

    with monkeypatch.context() as patch:
        patch.setattr(weekly, "tell", fails_for_one)
        assert weekly.write_due(MORNING) == 1
    assert Message.objects.get().recipient == other
    assert weekly.write_due(MORNING) == 1


# --- when its turn comes


def reason():
    send_waiting()
    message = Message.objects.get()
    return message.status, message.withheld_because


def test_it_goes_to_who_still_manages(wanted, mailoutbox):
    weekly.write_due(MORNING)
    assert reason() == ("sent", "")
    assert mailoutbox[0].subject == (
        "[Internal] Weekly report of the pipeline, 16 November 2026 to 22 November 2026"
    )


def test_who_manages_nothing_when_it_is_sent_gets_nothing(wanted, mailoutbox):
    weekly.write_due(MORNING)
    dismiss(wanted)
    assert reason() == ("withheld", "manages no more")
    assert mailoutbox == []


def test_who_managed_nothing_already_gets_nothing_and_why_is_kept(wanted, mailoutbox):
    dismiss(wanted)
    weekly.write_due(MORNING)
    assert reason() == ("withheld", "manages no more")


def test_who_manages_fewer_than_it_counts_gets_nothing(wanted, afm, mailoutbox):
    weekly.write_due(MORNING)
    message = Message.objects.get()
    message.context["regulators"] = f"{afm.regulator.code}, AFSA"
    message.save()
    assert reason() == ("withheld", "manages no more")


@pytest.mark.parametrize("choice", [{"wanted": False}, {"paused_until": TODAY}])
def test_who_does_not_want_it_any_more_gets_nothing(wanted, mailoutbox, choice):
    weekly.write_due(MORNING)
    want(wanted, **choice)
    assert reason() == ("withheld", "not wanted")


@pytest.mark.django_db(transaction=True)
def test_two_timers_at_once_write_one(wanted, monkeypatch):
    both, render = threading.Barrier(2), writing.compose

    def when_both_are_about_to_write(letter):
        both.wait(30)
        return render(letter)

    monkeypatch.setattr(writing, "compose", when_both_are_about_to_write)
    monkeypatch.setattr("notifications.services.compose", when_both_are_about_to_write)

    def run():
        try:
            return weekly.write_due(MORNING)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert [one.result(60) for one in [pool.submit(run), pool.submit(run)]] == [1, 1]
    assert Message.objects.count() == 1


# --- the page


def test_it_is_switched_on_paused_and_off_again(browser, lead):
    page = browser.get(PAGE).content.decode()
    assert "You do not get it." in page
    assert browser.post(PAGE, {"wanted": "on"}).status_code == 302
    choice = ReportChoice.objects.get()
    assert (choice.user, choice.wanted, choice.paused_until, choice.chosen_at) == (
        lead,
        True,
        None,
        at(TODAY),
    )
    page = browser.get(PAGE).content.decode()
    assert f"You get it at {lead.email}. The next one comes on 30 November 2026." in page
    day = {"paused_until_day": "30", "paused_until_month": "11", "paused_until_year": "2026"}
    browser.post(PAGE, {"wanted": "on", **day})
    browser.post(PAGE, {"wanted": "on", **day})
    assert "after a pause until 30 November 2026" in browser.get(PAGE).content.decode()
    browser.post(PAGE, {})
    assert ReportChoice.objects.values_list("wanted", "paused_until").get() == (False, None)
    kept = Event.objects.filter(kind="pipeline.choose_report").order_by("number")
    assert list(kept.values_list("subject", "data")) == [
        (f"account:{lead.pk}", {"wanted": True, "paused_until": ""}),
        (f"account:{lead.pk}", {"wanted": True, "paused_until": "2026-11-30"}),
        (f"account:{lead.pk}", {"wanted": False, "paused_until": ""}),
    ]


def test_a_pause_that_is_over_is_refused(browser):
    response = browser.post(
        PAGE,
        {"wanted": "on", "paused_until_day": "22", "paused_until_month": "11", "paused_until_year": "2026"},
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert ("This day is over." in page, "You do not get it." in page) == (True, True)
    assert ReportChoice.objects.count() == 0


def test_its_address_takes_nothing(browser):
    for page in (PAGE, "/pipeline/exports/"):
        response = browser.get(f"{page}?x=1")
        assert response.status_code == 400
        assert "There is no filter “x”. Take it out of the address." in response.content.decode()


def test_a_pause_does_not_move_the_day_from_which_it_is_wanted(lead, monkeypatch):
    want(lead)
    choosing.choose_report(user=lead, wanted=True, paused_until=TODAY + timedelta(days=3))
    assert ReportChoice.objects.get().chosen_at == MORNING - timedelta(days=1)


def test_the_page_shows_how_it_would_read(browser, afsa, add_case, django_assert_max_num_queries):
    add_case(afsa)
    with django_assert_max_num_queries(6):
        page = browser.get(PAGE).content.decode()
    assert "Open cases: 1" in page
    assert "What stands now (AFSA):" in page
