"""What a figure of the law is on a day: as the rule book has it, or as staff read it in the law."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from regulators.models import LegalValue, LicenceType
from regulators.rulebook import Book, Text, Value


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An amount, or a percentage where it has no currency, and where it is from."""

    code: str
    title: Text
    amount: Decimal
    currency: str
    act: str
    provision: str
    url: str
    entered: bool  # by staff, and confirmed by a second person; otherwise it stands in the book
    valid_from: date | None = None


def value_of(licence_type: LicenceType, book: Book, code: str, on: date) -> Figure | None:
    """The amount in the book; else the latest in effect that staff entered and confirmed; else None."""
    return values_of(licence_type, book, [code], on)[code]


def values_of(
    licence_type: LicenceType, book: Book, codes: Iterable[str], on: date
) -> dict[str, Figure | None]:
    """As ``value_of``, in one query for all; a figure in another currency than the book's does not count."""
    known = {code: book.value(code) for code in codes}
    open_codes = [code for code, value in known.items() if value and value.amount is None]
    entered = _entered(licence_type, open_codes, on) if open_codes else {}
    return {
        code: _figure(value, entered.get((code, value.currency))) if value else None
        for code, value in known.items()
    }


def _entered(licence_type: LicenceType, codes: list[str], on: date) -> dict[tuple[str, str], LegalValue]:
    rows = LegalValue.objects.filter(
        licence_type=licence_type, code__in=codes, valid_from__lte=on, confirmed_by__isnull=False
    )
    return {(row.code, row.currency): row for row in rows.order_by("valid_from", "pk")}


def _figure(value: Value, row: LegalValue | None) -> Figure | None:
    if value.amount is not None:
        source = value.citations[0] if value.citations else None
        return Figure(
            code=value.code,
            title=value.title,
            amount=value.amount,
            currency=value.currency,
            act=source.act if source else "",
            provision=source.provision if source else "",
            url=source.url if source else "",
            entered=False,
        )
    if row is None:
        return None
    return Figure(
        code=value.code,
        title=value.title,
        amount=row.amount,
        currency=row.currency,
        act=row.act,
        provision=row.provision,
        url=row.url,
        entered=True,
        valid_from=row.valid_from,
    )
