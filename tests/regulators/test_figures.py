"""What a figure of the law is on a day: the book's, or what two people of the staff entered."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulators import books
from regulators.figures import value_of, values_of
from regulators.models import LegalValue, LicenceType
from tests.plugins.cases import people_of_regulator

DAY = date(2026, 11, 22)


@pytest.fixture
def licence_type(rulebooks):
    return LicenceType.objects.get(code="providing-custody")


@pytest.fixture
def staff(licence_type):
    return people_of_regulator(licence_type)


@pytest.fixture
def book(licence_type):
    return books.get("afsa-custody", "2026.2")


@pytest.fixture
def enter(licence_type, staff):
    def make(amount, since, *, confirmed=True, code="base_capital", currency="USD"):
        entered, second = staff.administrator, staff.second_administrator
        return LegalValue.objects.create(
            licence_type=licence_type, code=code, amount=Decimal(amount), currency=currency, valid_from=since,
            act="PRU", provision="3.3", url="https://example.test/pru", entered_by=entered,
            entered_human=entered.human, confirmed_by=second if confirmed else None,
            confirmed_human=second.human if confirmed else "",
        )  # fmt: skip

    return make


def test_an_amount_of_the_book_counts_and_says_where_it_is_from(licence_type, book):
    found = value_of(licence_type, book, "liquid_share", DAY)
    assert (found.amount, found.currency, found.entered) == (Decimal(25), "", False)
    cited = book.value("liquid_share").citations[0]
    assert (found.act, found.provision) == (cited.act, cited.provision)


def test_nothing_entered_overrides_the_book(licence_type, book, enter):
    enter("30", date(2026, 1, 1), code="liquid_share", currency="")
    assert value_of(licence_type, book, "liquid_share", DAY).amount == Decimal(25)


def test_what_is_on_nobodys_record_is_none_and_so_is_an_unknown_code(licence_type, book):
    assert value_of(licence_type, book, "base_capital", DAY) is None
    assert value_of(licence_type, book, "no_such_figure", DAY) is None


def test_a_figure_counts_once_confirmed_from_its_day_on_and_the_latest_wins(licence_type, book, enter):
    enter("999", DAY, confirmed=False)
    enter("1", DAY, currency="KZT")
    assert value_of(licence_type, book, "base_capital", DAY) is None
    enter("150000", date(2026, 11, 1))
    enter("250000", DAY)
    assert value_of(licence_type, book, "base_capital", date(2026, 10, 31)) is None
    assert value_of(licence_type, book, "base_capital", date(2026, 11, 1)).amount == Decimal(150000)
    assert value_of(licence_type, book, "base_capital", date(2026, 11, 21)).amount == Decimal(150000)
    found = value_of(licence_type, book, "base_capital", DAY)
    assert (found.amount, found.currency, found.act, found.provision) == (
        Decimal(250000), "USD", "PRU", "3.3",
    )  # fmt: skip
    assert (found.entered, found.valid_from) == (True, DAY)


def test_any_number_of_figures_is_one_query(licence_type, book, enter):
    enter("150000", DAY)
    codes = ["base_capital", "daa_table_2", "liquid_share"]
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert set(values_of(licence_type, book, codes, DAY)) == set(codes)
    assert len(few) == 1
