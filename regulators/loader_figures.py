"""Reading what is computed with: values, thresholds, the lines of the capital computation, check marks."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from regulators import rulebook as rb
from regulators.loader_words import LANGUAGES, words
from regulators.toml_table import Table, one_of_words

Citations = Callable[[Table], tuple[rb.Citation, ...]]

# A book without a table of its own asks for these, as the forms did before version 2026.2.
EIGHT_LINES = {
    "paid_up_shares": (rb.ADD, "Paid-up ordinary shares"),
    "share_premium": (rb.ADD, "Share premium"),
    "retained_earnings": (rb.ADD, "Retained earnings"),
    "other_reserves": (rb.ADD, "Other reserves"),
    "intangibles": (rb.DEDUCT, "Intangible assets, to be deducted"),
    "other_deductions": (rb.DEDUCT, "Other deductions"),
    "liquid_assets": (rb.LIQUID, "Liquid assets"),
    "annual_operating_expenditure": (rb.EXPENDITURE, "Operating expenditure of a year"),
}


def values(top: Table, citations: Citations) -> tuple[rb.Value, ...]:
    return tuple(_value(table, citations) for table in top.tables("values", []))


def _value(table: Table, citations: Citations) -> rb.Value:
    unit = table.one_of("unit", rb.UNITS)
    value = rb.Value(
        code=table.name(),
        title=words(table, "title"),
        unit=unit,
        currency=table.one_of("currency", ("USD", "KZT") if unit == rb.MONEY_UNIT else ("",), ""),
        amount=_decimal(table, "amount"),
        citations=citations(table),
    )
    table.done()
    return value


def thresholds(top: Table, citations: Citations) -> tuple[rb.Threshold, ...]:
    return tuple(_threshold(table, citations) for table in top.tables("thresholds", []))


def _threshold(table: Table, citations: Citations) -> rb.Threshold:
    percent = _decimal(table, "percent")
    if percent is None or not 0 < percent < 100:
        problem = "is missing" if percent is None else f"is {percent}"
        table.fail("percent", problem, 'a percentage in quotes, above 0 and below 100, as "10"')
    threshold = rb.Threshold(
        code=table.name(), percent=percent, title=words(table, "title"), citations=citations(table)
    )
    table.done()
    return threshold


def capital(top: Table, known: tuple[rb.Value, ...], citations: Citations) -> rb.CapitalRules:
    """The book's own lines, or the eight that every firm was asked for before books had any."""
    if "capital" not in top.data:
        lines = tuple(
            rb.CapitalLine(code=code, effect=effect, title={"en": title})
            for code, (effect, title) in EIGHT_LINES.items()
        )
        asked_in = (table.get("currency") for table in top.data["requirements"])
        return rb.CapitalRules(currency=next(filter(None, asked_in), "KZT"), lines=lines)
    table = top.table("capital")
    by_unit = {unit: tuple(value.code for value in known if value.unit == unit) for unit in rb.UNITS}
    rules = rb.CapitalRules(
        currency=table.one_of("currency", ("USD", "KZT")),
        lines=tuple(_line(inner, citations) for inner in table.tables("lines")),
        required=table.some_of("required", by_unit[rb.MONEY_UNIT]),
        liquid_share=table.one_of("liquid_share", (*by_unit[rb.PERCENT_UNIT], ""), ""),
    )
    for code in rules.required:
        value = next(value for value in known if value.code == code)
        if value.currency != rules.currency:
            table.fail("required", f"names {code!r} in {value.currency}", f"a value in {rules.currency}")
    table.done()
    return rules


def _line(table: Table, citations: Citations) -> rb.CapitalLine:
    line = rb.CapitalLine(
        code=table.name(),
        title=words(table, "title"),
        effect=table.one_of("effect", rb.CAPITAL_EFFECTS),
        citations=citations(table),
    )
    table.done()
    return line


def translations(top: Table) -> tuple[rb.Translation, ...]:
    if "translations" not in top.data:
        return ()
    table = top.table("translations")
    found = []
    for language in table.data:
        if language not in LANGUAGES:
            table.fail(language, "is no language of a book", one_of_words(LANGUAGES))
        inner = table.table(language)
        found.append(
            rb.Translation(
                language=language,
                checked_by=inner.texts("checked_by"),
                checked_on=inner.day_or_unknown("checked_on"),
            )
        )
        inner.done()
    table.done()
    return tuple(found)


def _decimal(table: Table, key: str) -> Decimal | None:
    """An exact number in quotes; None where it is left out because it is not on record."""
    text = table.text(key, "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        table.fail(key, f"is {text!r}", 'a number in quotes, as "50000000.00"')
    if not number.is_finite() or number < 0:
        table.fail(key, f"is {text!r}", 'a number of 0 or above, as "50000000.00"')
    return number
