"""Capital resources against a required amount, and liquid assets against annual operating expenditure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MET, NOT_MET, NOT_ON_RECORD = "met", "not_met", "not_on_record"


@dataclass(frozen=True, kw_only=True)
class CapitalTest:
    """What is held against what is required; without a required amount on record the reviewer assesses."""

    held: Decimal
    required: Decimal | None

    @property
    def result(self) -> str:
        if self.required is None:
            return NOT_ON_RECORD
        return MET if self.held >= self.required else NOT_MET

    @property
    def surplus(self) -> Decimal | None:
        """Below zero: what is missing."""
        return None if self.required is None else self.held - self.required


def resources(additions: Iterable[Decimal], deductions: Iterable[Decimal]) -> Decimal:
    """Additions less deductions. Each is entered as a positive amount; a negative one is refused."""
    return _sum(additions) - _sum(deductions)


def resources_test(
    additions: Iterable[Decimal], deductions: Iterable[Decimal], required: Iterable[Decimal | None]
) -> CapitalTest:
    """Against the greatest required amount; while one is not on record, neither is the greatest."""
    amounts = list(required)
    known = [amount for amount in amounts if amount is not None]
    greatest = max(known) if known and len(known) == len(amounts) else None
    return CapitalTest(held=resources(additions, deductions), required=greatest)


def liquidity_test(liquid_assets: Decimal, annual_expenditure: Decimal, share: Decimal | None) -> CapitalTest:
    """Liquid assets against a share of a year's operating expenditure, where the share is on record."""
    _not_negative(liquid_assets)
    _not_negative(annual_expenditure)
    return CapitalTest(held=liquid_assets, required=None if share is None else annual_expenditure * share)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum((_not_negative(amount) for amount in amounts), Decimal(0))


def _not_negative(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{amount} is no amount: write it as 0 or above.")
    return amount
