"""Figures that the books lack: entered by one person, confirmed by another, never changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from audit.models import Event
from regulators import books, services
from regulators.figures import value_of
from regulators.models import LegalValue
from tests.plugins.cases import appointed
from tests.regulators.conftest import browser, on, page
from workflow.errors import NotAllowed, NotReady, Refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
FIELDS = {
    "code": "base_capital", "amount": Decimal("500000"), "valid_from": DAY, "act": "DAA", "provision": "5.4",
    "url": "https://example.test/daa",
}  # fmt: skip


@pytest.fixture
def lead(afsa, person):
    user = person(name="Leila Leads")
    appointed(user, afsa, "lead_reviewer")
    return user


def enter(actor, custody, **fields):
    return services.enter_figure(actor=actor, licence_type=custody, **{**FIELDS, **fields})


def shown(custody, day=DAY):
    figure = value_of(custody, books.get("afsa-custody", "2026.2"), "base_capital", day)
    return figure and (figure.amount, figure.currency, figure.entered)


def test_a_figure_counts_once_another_person_confirmed_it(custody, pair, lead):
    row = enter(lead, custody)
    assert (row.currency, row.confirmed_by, shown(custody)) == ("USD", None, None)
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_figure(actor=lead, figure=row)
    services.confirm_figure(actor=pair[0], figure=row)
    assert shown(custody) == (Decimal("500000"), "USD", True)
    assert shown(custody, date(2025, 12, 31)) is None
    with pytest.raises(Refused, match="confirmed already"):
        services.confirm_figure(actor=pair[1], figure=row)
    kinds = Event.objects.filter(subject="licence-type:providing-custody").values_list("kind", flat=True)
    assert sorted(kinds) == ["legal_value.confirm", "legal_value.enter"]


def test_a_newer_figure_takes_the_place_of_the_older_which_stays(custody, pair):
    for amount, day in (("500000", DAY), ("250000", date(2026, 6, 1))):
        row = enter(pair[0], custody, amount=Decimal(amount), valid_from=day)
        services.confirm_figure(actor=pair[1], figure=row)
    assert shown(custody, date(2026, 5, 31)) == (Decimal("500000"), "USD", True)
    assert shown(custody, date(2026, 6, 1)) == (Decimal("250000"), "USD", True)
    assert LegalValue.objects.count() == 2


def test_the_same_human_from_another_account_is_refused(custody, pair, lead):
    row = enter(pair[0], custody)
    lead.human = pair[0].human
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_figure(actor=lead, figure=row)


def test_the_database_holds_two_humans(custody, pair):
    row = enter(pair[0], custody)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalValue.objects.filter(pk=row.pk).update(
            confirmed_by=pair[1], confirmed_human=pair[0].human
        )  # another account of the same human


def test_officers_and_other_regulators_neither_enter_nor_confirm(custody, pair, officer, foreigner):
    row = enter(pair[0], custody)
    for actor in (officer, foreigner):
        with pytest.raises(NotAllowed, match="Only an administrator or a lead reviewer"):
            enter(actor, custody)
        with pytest.raises(NotAllowed, match="Only an administrator or a lead reviewer"):
            services.confirm_figure(actor=actor, figure=row)


def test_a_figure_that_the_book_has_is_not_entered(custody, pair):
    for code in ("liquid_share", "unheard_of"):
        with pytest.raises(NotReady, match="has this figure, or does not ask for it"):
            enter(pair[0], custody, code=code)


def test_a_figure_is_entered_and_confirmed_at_the_desk(custody, pair, lead, officer, foreigner):
    typed = {
        "figure": "providing-custody:base_capital", "amount": "500 000,00", "act": "DAA", "provision": "5.4",
        "url": "https://example.test/daa", **on(DAY, "valid_from"),
    }  # fmt: skip
    url = page("regulators_legalvalue_enter")
    assert browser(officer).post(url, typed).status_code == 403
    assert browser(foreigner).post(url, typed).status_code == 422  # no such figure of theirs
    assert LegalValue.objects.count() == 0
    assert browser(lead).post(url, typed).status_code == 302
    row = LegalValue.objects.get()
    assert (row.amount, row.currency, row.entered_by) == (Decimal("500000"), "USD", lead)
    confirm = page("regulators_legalvalue_confirm", row)
    statuses = [browser(user).post(confirm).status_code for user in (foreigner, officer, lead, pair[0])]
    assert statuses == [404, 403, 403, 302]
    listed = page("regulators_legalvalue_changelist")
    assert [list(browser(user).get(listed).context["cl"].result_list) for user in (officer, foreigner)] == [
        [row],
        [],
    ]


def test_nonsense_for_an_amount_is_named(custody, lead):
    typed = {"figure": "providing-custody:base_capital", "amount": "much"}
    answer = browser(lead).post(page("regulators_legalvalue_enter"), typed)
    assert answer.status_code == 422
    wrong = answer.context["form"].errors
    assert list(wrong["amount"]) == ["Enter an amount in numbers, for example 500 000"]
    assert sorted(wrong) == ["act", "amount", "provision", "url", "valid_from"]
