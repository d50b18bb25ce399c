"""What the pages of ownership and capital compute, and the pages that belong to them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import AccountsRate, CapitalFigure, Entity, Holding

RATE = {
    "currency": "KZT", "rate": "520,25", "day_day": "20", "day_month": "11", "day_year": "2026",
    "source": "National Bank",
}  # fmt: skip


def body(response):
    return response.content.decode()


@pytest.fixture
def firm(draft_case):
    return draft_case.entities.get(is_applicant=True)


@pytest.fixture
def hold(browser, draft_case, firm):
    def make(**typed):
        data = {"owner": "new", "owned": str(firm.pk), "economic": "60", "voting": "60", "kind": "own"}
        return browser.post(reverse("portal:ownership", args=[draft_case.pk]), data | typed)

    return make


@pytest.fixture
def ownership_page(browser, draft_case):
    return lambda: browser.get(reverse("portal:ownership", args=[draft_case.pk]))


def test_ownership_shows_what_the_holdings_come_to_and_what_to_correct(hold, ownership_page):
    assert "What the holdings come to" not in body(ownership_page())
    hold(name="Steppe Holdings", control_how="By agreement")
    page = body(ownership_page())
    for words in (
        "What the holdings come to",
        "above 10 %, above 30 %, above 50 %",
        "controls it: By agreement",
        "What to correct:",
        "Of Steppe Holdings, holders of 0 % are in the chart: who has the rest is not said. "
        "Add who holds the rest.",
    ):
        assert words in page, words
    assert "A reviewer has to look" not in page


def test_above_100_percent_the_firm_reads_what_to_correct(hold, ownership_page):
    hold(name="Ann LLP")
    hold(name="Bek LLP", economic="55", voting="5")
    page = body(ownership_page())
    assert "add up to 115 %, above 100 %. Correct the holdings" in page
    assert "A reviewer has to look" not in page
    hold(name="Trustee", kind="trust", held_for=f"entity:{Entity.objects.get(name='Ann LLP').pk}")
    assert body(ownership_page()).count("A reviewer has to look:") == 1


def test_a_nominee_holding_names_who_is_behind_it(hold, ownership_page, add_person):
    person = add_person(1, "controller")
    assert hold(name="Nominees", held_for=f"person:{person.pk}").status_code == 422  # for itself, it said
    assert hold(name="Nominees", held_for=f"person:{person.pk}", kind="nominee").status_code == 302
    held = Holding.objects.get()
    assert (held.kind, held.held_for.person) == ("nominee", person)
    assert f"for {person.full_name}" in body(ownership_page())
    assert hold(name="Other", kind="friend").status_code == 422
    assert hold(name="Other", kind="nominee", held_for="person:0").status_code == 422


def test_one_holding_is_taken_out_and_its_holder_stays(hold, browser, draft_case):
    hold(name="Steppe Holdings")
    url = reverse("portal:holding_remove", args=[draft_case.pk, Holding.objects.get().pk])
    assert browser.get(url).status_code == 405
    assert browser.post(url).status_code == 302
    assert not Holding.objects.exists()
    assert Entity.objects.filter(name="Steppe Holdings").exists()
    assert browser.post(url).status_code == 404


def test_groups_are_named_and_unnamed(hold, browser, draft_case, ownership_page):
    url = reverse("portal:groups", args=[draft_case.pk])
    assert "enter the holdings first" in body(browser.get(url))
    hold(name="Ann LLP", economic="8", voting="8")
    hold(name="Bek LLP", economic="8", voting="8")
    keys = [str(entity.pk) for entity in Entity.objects.filter(is_applicant=False)]
    assert browser.post(url, dict.fromkeys(keys, "Family")).url == reverse(
        "portal:ownership", args=[draft_case.pk]
    )
    assert "acting together: Ann LLP, Bek LLP" in body(ownership_page())
    assert browser.post(url, {keys[0]: "x" * 61}).status_code == 422
    browser.post(url, dict.fromkeys(keys, ""))
    assert "acting together: " not in body(ownership_page())


def test_one_holder_or_three_cost_the_page_the_same_queries(hold, draft_case, browser):
    url = reverse("portal:ownership", args=[draft_case.pk])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    hold(name="One", economic="10")
    browser.get(url)
    one = cost()
    hold(name="Two", economic="10")
    hold(name="Three", economic="10")
    assert cost() == one


def test_capital_shows_the_tests_with_what_is_not_on_record(browser, draft_case):
    url = reverse("portal:capital", args=[draft_case.pk, "now"])
    assert "The tests" not in body(browser.get(url))
    browser.post(url, {"paid_up_shares": "1000", "liquid_assets": "25.01",
                       "annual_operating_expenditure": "100.01"})  # fmt: skip
    page = body(browser.get(url))
    for words in ("Not on record: the reviewer assesses", "25.0025 USD", "0.0075 USD", "Not entered yet",
                  "not on record: the reviewer assesses"):  # fmt: skip
        assert words in page, words
    cited = draft_case.book.value("liquid_share").citations[0]
    assert f"<small>{cited.act} {cited.provision}</small>" in page


def test_one_moment_or_three_cost_the_page_the_same_queries(browser, draft_case):
    url = reverse("portal:capital", args=[draft_case.pk, "now"])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    def figure(period):
        CapitalFigure.objects.create(
            application=draft_case, line="paid_up_shares", period=period, amount=Decimal(1), currency="USD"
        )

    figure("now")
    browser.get(url)
    one = cost()
    figure("grant")
    figure("year1")
    assert cost() == one


def test_a_rate_is_typed_shown_and_taken_out(browser, draft_case):
    url = reverse("portal:accounts_rate", args=[draft_case.pk])
    capital = reverse("portal:capital", args=[draft_case.pk])
    browser.post(reverse("portal:capital", args=[draft_case.pk, "now"]), {"paid_up_shares": "1000"})
    assert browser.post(url, RATE).url == capital
    words = "The accounts are in KZT; 1 USD = 520.25 KZT on 20 November 2026, National Bank."
    assert words in body(browser.get(capital))
    assert 'value="520.25"' in body(browser.get(url))
    assert browser.post(url, {"act": "remove"}).url == capital
    assert not AccountsRate.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "USD"},
        {"rate": "0"},
        {"rate": "x"},
        {"day_year": "2999"},
        {"source": ""},
        {"day_day": ""},
    ],
)
def test_a_wrong_rate_is_named_at_its_field(browser, draft_case, wrong):
    page = browser.post(reverse("portal:accounts_rate", args=[draft_case.pk]), RATE | wrong)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [next(iter(wrong)).split("_")[0]]
    assert not AccountsRate.objects.exists()
