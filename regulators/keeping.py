"""Until when the documents of a case that has ended are kept. Without a period of the regulator: for good."""

from datetime import date

from regulators.models import KeepingPeriod


def period_of(regulator_id: int, on: date) -> KeepingPeriod | None:
    """The latest that counts on the day: two people put it on record, and it is in effect."""
    return periods(on, regulator_id).get(regulator_id)


def periods(on: date, *regulator_ids: int) -> dict[int, KeepingPeriod]:
    """By the id of the regulator, those of these regulators, or of all. One query."""
    rows = KeepingPeriod.objects.filter(confirmed_by__isnull=False, valid_from__lte=on)
    if regulator_ids:
        rows = rows.filter(regulator__in=regulator_ids)
    rows = rows.select_related("regulator", "entered_by", "confirmed_by")
    return {row.regulator_id: row for row in rows.order_by("valid_from", "pk")}


def last_day(ended: date, years: int) -> date:
    """The last day on which documents are kept: the same day that many years on, in a year that has no
    29 February the 28th.
    """
    try:
        return ended.replace(year=ended.year + years)
    except ValueError:
        return ended.replace(year=ended.year + years, day=28)


def ended_before(today: date, years: int) -> date:
    """Of what ended before this day the last day is over today, and of nothing else."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 3, 1)
