"""What is typed is kept, offline too; the end of the session is told in time; two people in a clash."""

import re

import pytest
from django.core.cache import caches
from playwright.sync_api import Page, expect

from accounts.models import Membership
from applications.models import Answer, TypedText
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.watching import Watch
from tests.portal.conftest import url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _empty_cache():
    caches["quick"].clear()


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-08")


@pytest.fixture
def at_question(page, sign_in, firm_user, url) -> Page:
    sign_in(page, firm_user).goto(url)
    return page


def answer(page: Page):
    return page.get_by_label("Your answer")


def said(page: Page):
    return page.locator('[data-typed="said"]')


def cried(page: Page):
    return page.locator('[data-typed="cried"]')


def test_what_is_typed_is_saved_by_itself_and_nothing_lies_in_the_browser(at_question, url, live_server):
    page, seen = at_question, Watch(live_server.url)
    seen.follow(page)
    answer(page).fill("Жартылай жауап")
    expect(said(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d\."), timeout=15_000)
    assert TypedText.objects.get().fields["text"] == ["Жартылай жауап"]
    stored = page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)]")
    assert stored == [[], ["htmx-current-path-for-history"]]  # the address of the page, no more
    assert "Жартылай" not in page.evaluate("document.cookie")
    page.goto(url)
    expect(answer(page)).to_have_value("Жартылай жауап")
    expect(page.get_by_text("This is what you typed at")).to_be_visible()
    page.get_by_role("button", name="Throw away what I typed").click()
    expect(answer(page)).to_have_value("")
    assert (seen.faults, seen.refused) == ([], [])
    assert not TypedText.objects.exists()


def test_offline_it_says_so_and_saves_when_the_line_is_back(at_question):
    page = at_question
    page.context.set_offline(True)
    answer(page).fill("Written on the train")
    expect(cried(page)).to_have_text("Not saved, trying again.", timeout=15_000)
    expect(answer(page)).to_have_value("Written on the train")
    page.context.set_offline(False)
    expect(said(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d\."), timeout=15_000)
    expect(cried(page)).to_have_text("")
    assert TypedText.objects.get().fields["text"] == ["Written on the train"]


def test_leaving_the_page_at_once_keeps_the_last_words(at_question, url):
    page = at_question
    answer(page).fill("The last words")
    page.goto("/help/")
    for _ in range(100):  # the browser sends them by itself, after the page has gone
        if TypedText.objects.filter(fields__text=["The last words"]).exists():
            break
        page.wait_for_timeout(100)
    page.goto(url)
    expect(answer(page)).to_have_value("The last words")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert Answer.objects.get().value == {"text": "The last words"}
    assert not TypedText.objects.exists()


def test_signed_out_elsewhere_the_text_is_kept_and_the_way_to_sign_in_is_shown(at_question, url):
    page = at_question
    page.context.clear_cookies()
    answer(page).fill("Late words")
    expect(cried(page)).to_contain_text("Your session has ended.", timeout=15_000)
    expect(cried(page).get_by_role("link", name="Sign in")).to_be_visible()
    assert TypedText.objects.get().fields["text"] == ["Late words"]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_switch_keeps_the_text(open_page, sign_in, firm_user, url, scripts):
    page = sign_in(open_page(scripts=scripts), firm_user)
    page.goto(url)
    answer(page).fill("Half a sentence")
    with page.expect_navigation():
        page.get_by_role("button", name="Қазақша").click()
    assert page.url.endswith(url)
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    expect(page.locator("#typed textarea[name=text]")).to_have_value("Half a sentence")
    expect(page.locator("#typed .note")).to_have_count(0)
    assert fresh(firm_user).language == "kk"


def test_enter_in_a_field_saves_and_switches_no_language(page, sign_in, firm_user, draft_case):
    sign_in(page, firm_user).goto(url_of(draft_case, "CUS-19"))
    page.get_by_label("Number").fill("30")
    page.get_by_label("Number").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert Answer.objects.get().value == {"number": "30"}


def test_two_people_meet_and_clash_without_a_loss(open_page, sign_in, firm_user, draft_case, url):
    other = new_applicant("Дана Екінші")
    Membership.objects.create(user=other, firm=draft_case.firm, role="editor")
    mine, theirs = sign_in(open_page(), firm_user), sign_in(open_page(), fresh(other))
    theirs.goto(url)
    mine.goto(url)
    expect(mine.get_by_text("Дана Екінші is editing this too, since")).to_be_visible()
    answer(theirs).fill("In Almaty.")
    answer(mine).fill("In Astana.")
    theirs.get_by_role("button", name="Save and come back later").click()
    expect(theirs.get_by_text("Saved.", exact=True)).to_be_visible()
    mine.get_by_role("button", name="Save and come back later").click()
    clash = mine.get_by_role("region", name="What is saved now, and what you typed")
    expect(clash).to_contain_text("In Almaty.")
    expect(clash).to_contain_text("In Astana.")
    left, right = clash.locator("dl.pair > div").all()
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    clash.get_by_role("button", name="Put mine in its place").click()
    mine.wait_for_url(lambda to: not to.endswith(url))
    assert Answer.objects.get().value == {"text": "In Astana."}


# --- the end of the session


@pytest.fixture
def clock(page, sign_in, firm_user, url):
    page.clock.install()
    sign_in(page, firm_user).goto(url)
    return page.clock


def dialog(page: Page):
    return page.get_by_role("dialog")


def test_the_warning_comes_two_minutes_before_and_escape_extends(page, clock):
    clock.fast_forward("57:00")
    expect(dialog(page)).to_have_count(0)
    clock.fast_forward("00:40")
    expect(dialog(page)).to_contain_text("You will be signed out soon")
    expect(dialog(page).get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    clock.fast_forward("00:25")
    expect(page.locator('[data-session="said"]')).to_have_text("Two minutes left.")
    first = page.locator('[data-session="clock"]').inner_text()
    clock.fast_forward("00:05")
    assert page.locator('[data-session="clock"]').inner_text() != first
    expect(page.locator('[data-session="said"]')).to_have_text("Two minutes left.")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)


def test_at_the_end_the_page_stays_with_the_way_back(page, clock, url):
    answer(page).fill("Not lost")
    clock.fast_forward("00:20")
    expect(said(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d\."))
    for _ in range(13):
        clock.fast_forward("04:59")
    expect(dialog(page)).to_contain_text("You have been signed out")
    link = dialog(page).get_by_role("link", name="Sign in")
    expect(link).to_have_attribute("href", re.compile(r"^/accounts/login/\?next="))
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_visible()
    assert page.url.endswith(url)
    assert TypedText.objects.get().fields["text"] == ["Not lost"]


def test_one_window_extends_for_the_other(page, clock, url):
    second = page.context.new_page()
    second.clock.install()
    second.goto(url)
    clock.fast_forward("58:00")
    second.clock.fast_forward("58:00")
    expect(dialog(page)).to_be_visible()
    expect(dialog(second)).to_be_visible()
    second.keyboard.press("Enter")
    expect(dialog(second)).to_have_count(0)
    expect(dialog(page)).to_have_count(0)
