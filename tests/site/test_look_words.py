"""Days, moments, numbers and money are written as agreed, in three languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import formats, translation

from look import words

FIFTH_OF_MARCH = date(2026, 3, 5)
AFTERNOON = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)
NB = "\xa0"


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "5 March 2026"), ("ru", "5 марта 2026 г."), ("kk", "2026 ж. 5 наурыз")],
)
def test_a_long_date(language: str, text: str) -> None:
    with translation.override(language):
        assert words.day(FIFTH_OF_MARCH) == text
        assert Template("{{ day|day }}").render(Context({"day": FIFTH_OF_MARCH})) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Saturday 5 December 2026"),
        ("ru", "5 декабря 2026 г. (суббота)"),
        ("kk", "2026 ж. 5 желтоқсан (сенбі)"),
    ],
)
def test_a_day_to_be_met_has_its_weekday(language: str, text: str) -> None:
    """Of an instant it is the day in Almaty."""
    last, evening = date(2026, 12, 5), datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
    with translation.override(language):
        assert (words.due_day(last), words.due_day(evening)) == (text, text)
        assert Template("{{ day|due_day }}|{{ none|due_day }}").render(Context({"day": last})) == f"{text}|"


def test_a_month_within_a_date_is_not_capitalised_in_kazakh_wherever_it_is_written() -> None:
    page = Template("{{ day|date:'DATE_FORMAT' }} {{ day|date:'YEAR_MONTH_FORMAT' }} {{ day|date:'j E' }}")
    with translation.override("kk"):
        written = [page.render(Context({"day": date(2026, month, 1)})) for month in range(1, 13)]
    months = [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ]
    assert written == [f"2026 ж. 1 {month} 2026 ж. {month} 1 {month}" for month in months]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "5 March 2026, 14:07 (UTC+5)"),
        ("ru", "5 марта 2026 г., 14:07 (UTC+5)"),
        ("kk", "2026 ж. 5 наурыз, 14:07 (UTC+5)"),
    ],
)
def test_a_moment(language: str, text: str) -> None:
    with translation.override(language):
        assert words.moment(AFTERNOON) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "1,234,567.89"), ("ru", f"1{NB}234{NB}567,89"), ("kk", f"1{NB}234{NB}567,89")],
)
def test_a_number(language: str, text: str) -> None:
    with translation.override(language):
        assert words.number(Decimal("1234567.89")) == text
        assert Template("{{ n|number }}").render(Context({"n": Decimal("1234567.89")})) == text


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_short_date_has_the_day_first_in_every_language(language: str) -> None:
    with translation.override(language):
        assert formats.date_format(FIFTH_OF_MARCH, "SHORT_DATE_FORMAT") == "05.03.2026"
        assert (
            datetime.strptime("05.03.2026", formats.get_format("DATE_INPUT_FORMATS")[0]).date()
            == FIFTH_OF_MARCH
        )
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_clock_has_24_hours_and_names_its_zone(language: str) -> None:
    with translation.override(language):
        assert words.clock(AFTERNOON) == "14:07 (UTC+5)"


def test_a_moment_before_the_change_of_zone_shows_the_zone_of_its_day() -> None:
    assert words.clock(datetime(2024, 2, 29, 9, 0, tzinfo=UTC)) == "15:00 (UTC+6)"
    assert words.clock(datetime(2024, 3, 1, 9, 0, tzinfo=UTC)) == "14:00 (UTC+5)"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        words.clock(datetime(2026, 3, 5, 9, 7))


def test_midnight_in_kazakhstan_is_the_next_day() -> None:
    with translation.override("en"):
        assert words.day(datetime(2026, 3, 4, 19, 0, tzinfo=UTC)) == "5 March 2026"
        assert words.day(datetime(2026, 3, 4, 18, 59, tzinfo=UTC)) == "4 March 2026"


@pytest.mark.parametrize(
    ("language", "tenge", "dollars"),
    [
        ("en", f"KZT{NB}1,234,567.89", f"USD{NB}500,000"),
        ("ru", f"1{NB}234{NB}567,89{NB}₸", f"500{NB}000{NB}USD"),
        ("kk", f"1{NB}234{NB}567,89{NB}₸", f"500{NB}000{NB}USD"),
    ],
)
def test_money(language: str, tenge: str, dollars: str) -> None:
    with translation.override(language):
        assert words.money(Decimal("1234567.89"), "KZT") == tenge
        assert words.money(Decimal("500000.00"), "USD") == dollars


def test_nothing_is_shown_for_what_is_not_there() -> None:
    page = Template(
        "[{{ x|day }}][{{ x|moment }}][{{ x|clock }}][{{ x|number }}][{{ x|money:'KZT' }}][{{ x|say }}]"
    )
    assert page.render(Context({"x": None})) == "[][][][][][]"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (11, "11 working days left"),
        (1, "1 working day left"),
        (0, "0 working days left"),
        (-1, "1 working day over"),
        (-4, "4 working days over"),
    ],
)
def test_days_left_and_days_over(count: int, text: str) -> None:
    with translation.override("en"):
        assert Template("{{ n|working_days }}").render(Context({"n": count})) == text


@pytest.mark.parametrize("count", [0, 1, 2, 5, 21])
def test_a_number_does_not_change_the_noun_in_kazakh(count: int) -> None:
    with translation.override("kk"):
        assert words.working_days(count) == f"{count} жұмыс күні қалды"


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ru", ["Осталось 0 рабочих дней", "Остался 1 рабочий день", "Осталось 2 рабочих дня"]),
        ("ru", ["Осталось 5 рабочих дней", "Осталось 11 рабочих дней", "Остался 21 рабочий день"]),
        ("kk", ["0 жұмыс күні қалды", "1 жұмыс күні қалды", "2 жұмыс күні қалды"]),
        ("kk", ["5 жұмыс күні қалды", "11 жұмыс күні қалды", "21 жұмыс күні қалды"]),
    ],
)
def test_days_left_are_counted_as_the_language_counts(language: str, texts: list[str]) -> None:
    template = Template("{{ n|working_days }}")
    with translation.override(language):
        for text in texts:
            assert template.render(Context({"n": number_in(text)})) == text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["0 answers missing", "1 answer missing", "2 answers missing", "21 answers missing"]),
        ("ru", ["Не хватает 0 ответов", "Не хватает 1 ответа", "Не хватает 2 ответов"]),
        ("ru", ["Не хватает 5 ответов", "Не хватает 11 ответов", "Не хватает 21 ответа"]),
        ("kk", ["Жетіспейтін жауаптар: 0", "Жетіспейтін жауаптар: 1", "Жетіспейтін жауаптар: 21"]),
    ],
)
def test_what_is_missing_is_counted_as_the_language_counts(language: str, texts: list[str]) -> None:
    template = Template(
        "{% load i18n %}{% blocktranslate count number=n %}{{ number }} answer missing"
        "{% plural %}{{ number }} answers missing{% endblocktranslate %}"
    )
    with translation.override(language):
        for text in texts:
            assert template.render(Context({"n": number_in(text)})).strip() == text


def number_in(text: str) -> int:
    return int("".join(filter(str.isdigit, text)))


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "0"), ("1E+3", "1000"), ("100.00", "100"), ("2.50", "2.5"), ("-0.10", "-0.1")]
)
def test_a_plain_decimal_has_no_needless_zeros_and_no_exponent(amount: str, text: str) -> None:
    with translation.override("ru"):
        assert words.plain(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("count", "en", "kk"),
    [
        (1, "0.1 KB", "0,1 КБ"),
        (1024, "1 KB", "1 КБ"),
        (1536, "1.5 KB", "1,5 КБ"),
        (1024**2 - 1, "1024 KB", "1024 КБ"),
        (1024**2, "1 MB", "1 МБ"),
        (500 * 1024**2, "500 MB", "500 МБ"),
        (5 * 1024**4, "5120 GB", "5120 ГБ"),
    ],
)
def test_the_size_of_a_file(count: int, en: str, kk: str) -> None:
    for language, text in (("en", en), ("kk", kk), ("ru", kk)):
        with translation.override(language):
            assert words.size(count) == text.replace(" ", NB)
            assert Template("{{ count|size }}").render(Context({"count": count})) == text.replace(" ", NB)
