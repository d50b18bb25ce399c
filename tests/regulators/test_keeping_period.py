"""How long documents are kept: no figure of ours, the regulator's own, by two people."""

import html
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Event
from regulators import services
from regulators.keeping import ended_before, last_day, period_of
from regulators.models import KeepingPeriod
from tests.plugins.cases import appointed
from tests.regulators.conftest import browser, on, page
from workflow.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
FIELDS = {"years": 10, "valid_from": DAY, "act": "Order 7 of 1 December 2025", "provision": "Line 12"}


@pytest.fixture
def lead(afsa, person):
    user = person(name="Leila Leads")
    appointed(user, afsa, "lead_reviewer")
    return user


def enter(actor, regulator, **fields):
    return services.enter_keeping_period(actor=actor, regulator=regulator, **{**FIELDS, **fields})


def years(regulator, day=DAY):
    period = period_of(regulator.pk, day)
    return period and period.years


def test_nothing_counts_until_another_person_confirms_it(afsa, afm, pair, lead):
    row = enter(lead, afsa)
    assert years(afsa) is None
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_keeping_period(actor=lead, period=row)
    services.confirm_keeping_period(actor=pair[0], period=row)
    assert [years(afsa), years(afsa, date(2025, 12, 31)), years(afm)] == [10, None, None]
    with pytest.raises(Refused, match="confirmed already"):
        services.confirm_keeping_period(actor=pair[1], period=row)
    events = Event.objects.filter(subject="regulator:AFSA").values_list("kind", flat=True)
    assert sorted(events) == ["keeping_period.confirm", "keeping_period.enter"]


def test_a_newer_period_takes_the_place_of_the_older_which_stays(afsa, pair):
    for number, day in ((10, DAY), (3, date(2026, 6, 1))):
        row = enter(pair[0], afsa, years=number, valid_from=day)
        services.confirm_keeping_period(actor=pair[1], period=row)
    assert [years(afsa, date(2026, 5, 31)), years(afsa, date(2026, 6, 1))] == [10, 3]
    assert KeepingPeriod.objects.count() == 2


def test_the_same_human_from_another_account_is_refused_and_by_the_database_too(afsa, pair, lead):
    row = enter(pair[0], afsa)
    lead.human = pair[0].human
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_keeping_period(actor=lead, period=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeepingPeriod.objects.filter(pk=row.pk).update(
            confirmed_by=pair[1], confirmed_human=pair[0].human
        )  # another account of the same human


def test_officers_and_other_regulators_neither_enter_nor_confirm(afsa, pair, officer, foreigner):
    row = enter(pair[0], afsa)
    for actor in (officer, foreigner):
        for attempt in (
            lambda actor=actor: enter(actor, afsa),
            lambda actor=actor: services.confirm_keeping_period(actor=actor, period=row),
        ):
            with pytest.raises(NotAllowed, match="Only an administrator or a lead reviewer"):
                attempt()


@pytest.mark.parametrize("number", [0, 101])
def test_years_have_limits(afsa, pair, number):
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        enter(pair[0], afsa, years=number)
    for allowed in (1, 100):
        enter(pair[0], afsa, years=allowed)


def test_a_period_is_entered_and_confirmed_at_the_desk(afsa, pair, lead, officer, foreigner):
    typed = {
        "regulator": afsa.pk, "years": "10", "act": "Order 7", "provision": "Line 12",
        **on(DAY, "valid_from"),
    }  # fmt: skip
    url = page("regulators_keepingperiod_enter")
    assert browser(officer).post(url, typed).status_code == 403
    assert browser(foreigner).post(url, typed).status_code == 422  # no regulator of theirs
    assert browser(lead).post(url, typed | {"years": "ten"}).status_code == 422
    assert browser(lead).post(url, typed | {"years": "0"}).status_code == 422
    assert browser(lead).post(url, typed | {"act": ""}).status_code == 422
    assert KeepingPeriod.objects.count() == 0
    assert browser(lead).post(url, typed).status_code == 302
    row = KeepingPeriod.objects.get()
    assert (row.years, row.regulator, row.entered_by, row.basis) == (10, afsa, lead, "Order 7, Line 12")
    confirm = page("regulators_keepingperiod_confirm", row)
    statuses = [browser(user).post(confirm).status_code for user in (foreigner, officer, lead, pair[0])]
    assert statuses == [404, 403, 403, 302]


@pytest.mark.parametrize(
    ("ended", "number", "last"),
    [
        (date(2026, 3, 5), 10, date(2036, 3, 5)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(2027, 2, 28), 1, date(2028, 2, 28)),
    ],
)
def test_the_last_day_is_the_same_day_of_a_later_year(ended, number, last):
    assert last_day(ended, number) == last


def test_what_a_list_is_asked_by_says_the_same_on_every_day_of_nine_years():
    start = date(2023, 12, 25)
    for number in (1, 3, 4):
        for days in range(9 * 366):
            ended = start + timedelta(days=days)
            last = last_day(ended, number)
            assert not ended < ended_before(last, number), (ended, last)
            assert ended < ended_before(last + timedelta(days=1), number), (ended, last)


def test_the_pages_name_who_enters_and_who_confirms(afsa, pair, lead, officer, foreigner):
    first, second = pair
    first.full_name, second.full_name = "Aida First", "Berik Second"
    for user in pair:
        user.save(update_fields=["full_name"])
    one = "one of these people enters it, and another of them confirms it"
    people = ["Aida First (Administrator)", "Berik Second (Administrator)", "Leila Leads (Lead reviewer)"]
    named = f"{one}: {', '.join(people)}."
    row = enter(first, afsa)
    pages = [
        page("regulators_keepingperiod_changelist"),
        page("regulators_keepingperiod_enter"),
        page("regulators_keepingperiod_confirm", row),
    ]
    told = [html.unescape(browser(second).get(url).content.decode()) for url in pages]
    assert [f"{afsa.name}: {named}" in text for text in told] == [True, True, True]
    seen = html.unescape(browser(officer).get(pages[0]).content.decode())
    assert (named in seen, "Waits for a second person" in seen) == (True, True)
    assert named not in html.unescape(browser(foreigner).get(pages[0]).content.decode())
    index = browser(second).get(reverse("admin:index")).content.decode()
    assert "Periods for keeping documents to be confirmed" in index
    assert (
        "Periods for keeping documents to be confirmed"
        not in browser(officer).get(reverse("admin:index")).content.decode()
    )


def test_where_nobody_can_confirm_the_page_says_who_has_to_act(afsa, pair, person):
    first, second = pair
    type(second).objects.filter(pk=second.pk).update(
        human=first.human
    )  # a second account is no second person
    text = html.unescape(browser(first).get(page("regulators_keepingperiod_changelist")).content.decode())
    assert "An administrator of the regulator has to appoint a second person first." in text
    type(second).objects.filter(pk=second.pk).update(human="another")
    text = html.unescape(browser(first).get(page("regulators_keepingperiod_changelist")).content.decode())
    assert "has to appoint a second person" not in text
