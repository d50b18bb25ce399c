import random

import pytest
from django.core.exceptions import ValidationError

from accounts.identifiers import check_bin, check_identifier, check_iin, human_hash, mask

VALID = ["940140000385", "990140004654"]


def code_of(check, text):
    with pytest.raises(ValidationError) as caught:
        check(text)
    return caught.value.code


@pytest.mark.parametrize("number", VALID)
def test_a_valid_bin_is_returned_as_digits(number):
    assert check_bin(number) == number
    assert check_bin(f" {number[:4]} {number[4:8]}\t{number[8:]} ") == number


# What the official check digit cannot see: the eleventh digit weighs 11, which is nothing modulo 11, and a
# change that calls for the second weights may by chance give the same check digit.
UNSEEN = {"940140000385": ["940140700385"], "990140004654": ["910140004654"]}


@pytest.mark.parametrize("number", VALID)
def test_one_digit_errors_are_rejected_so_far_as_the_check_digit_sees_them(number):
    changed = [
        number[:place] + digit + number[place + 1 :]
        for place in (*range(10), 11)
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert [other for other in changed if _accepts(other)] == UNSEEN[number]


@pytest.mark.parametrize("number", VALID)
def test_every_swap_of_two_neighbours_is_rejected(number):
    for place in range(11):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            with pytest.raises(ValidationError):
                check_bin(swapped)


def weighted(prefix, weights):
    return sum(int(digit) * weight for digit, weight in zip(prefix, weights, strict=True)) % 11


def bin_prefixes():
    numbers = random.Random(11)
    while True:
        yield f"{numbers.randrange(100):02}{numbers.randrange(1, 13):02}40{numbers.randrange(10**5):05}"


SECOND = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]


def test_where_the_first_sum_leaves_ten_the_second_weights_decide():
    prefix = next(p for p in bin_prefixes() if weighted(p, range(1, 12)) == 10 and weighted(p, SECOND) < 10)
    right = weighted(prefix, SECOND)
    accepted = [digit for digit in range(10) if _accepts(f"{prefix}{digit}")]
    assert accepted == [right]


def test_where_both_sums_leave_ten_no_number_is_issued():
    prefix = next(p for p in bin_prefixes() if weighted(p, range(1, 12)) == 10 and weighted(p, SECOND) == 10)
    assert [digit for digit in range(10) if _accepts(f"{prefix}{digit}")] == []


def _accepts(number):
    try:
        return check_bin(number) == number
    except ValidationError:
        return False


def with_check_digit(prefix):
    first = weighted(prefix, range(1, 12))
    return prefix + str(first if first < 10 else weighted(prefix, SECOND))


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("94004000038", "bin_month"),
        ("94134000038", "bin_month"),
        ("94013000038", "bin_type"),
        ("94017000038", "bin_type"),
        ("94014400038", "bin_feature"),
    ],
)
def test_the_structure_of_a_bin(prefix, code):
    assert code_of(check_bin, with_check_digit(prefix)) == code


@pytest.mark.parametrize("month", ["01", "12"])
@pytest.mark.parametrize("kind", "456")
@pytest.mark.parametrize("feature", "0123")
def test_both_ends_of_what_a_bin_may_hold(month, kind, feature):
    number = with_check_digit(f"94{month}{kind}{feature}00123")
    assert check_bin(number) == number


@pytest.mark.parametrize("text", ["", "94014000038", "9401400003855", "94014000038O", "٩٤٠١٤٠٠٠٠٣٨٥"])
def test_a_bin_is_twelve_plain_digits(text):
    assert code_of(check_bin, text) == "digits"


def test_an_iin_begins_with_a_date_of_birth():
    born = with_check_digit("90022830012")
    assert check_iin(born) == born
    assert code_of(check_iin, with_check_digit("90023030012")) == "iin_date"
    assert code_of(check_iin, with_check_digit("90022870012")) == "iin_century"
    assert code_of(check_iin, with_check_digit("90022800012")) == "iin_century"


def test_a_leap_day_is_a_date_only_in_a_leap_year():
    leap = with_check_digit("00022950012")
    assert check_iin(leap) == leap
    assert code_of(check_iin, with_check_digit("00022930012")) == "iin_date"


def test_the_same_number_typed_otherwise_is_the_same_human(settings):
    assert human_hash("n 1234-567") == human_hash("N1234567")
    assert human_hash("МН123456") == human_hash("MH123456"), "Cyrillic letters that look the same"
    assert human_hash("N1234567") != human_hash("N1234568")


def test_the_hash_is_keyed_and_tells_nothing(settings):
    settings.HUMAN_KEY = "one key"
    first = human_hash("N1234567")
    settings.HUMAN_KEY = "another key"
    assert human_hash("N1234567") != first
    assert len(first) == 64
    assert "1234567" not in first


def test_nobody_has_no_hash():
    with pytest.raises(ValueError, match="names nobody"):
        human_hash(" - ")


@pytest.mark.parametrize(("text", "accepted"), [("N1234", True), ("N123", False), ("ABCDEF", False)])
def test_a_passport_number_has_five_to_twenty_letters_and_digits(text, accepted):
    if accepted:
        assert check_identifier(text) == text
    else:
        assert code_of(check_identifier, text) == "identifier"


def test_twelve_digits_are_checked_as_an_iin():
    assert code_of(check_identifier, "900228300121"[:11] + "0") in {"check_digit", "iin_date"}


def test_a_masked_number_shows_three_characters_at_most():
    assert mask("940140000385") == "•••••••••385"
    assert mask("AB12") == "••12"
    assert mask("") == ""
