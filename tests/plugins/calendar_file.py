"""Another calendar file, for the time of a test."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from regulators import calendars

SHIPPED = calendars.load(calendars.FILE)


def written(version: str, off: Sequence[date], works: Sequence[date], until: int) -> str:
    """The shipped calendar as a file, up to this year, with these days off, and worked, beside its own."""
    lines = [f'code = "{SHIPPED.code}"', f'version = "{version}"']
    for number, year in SHIPPED.years.items():
        if number > until:
            continue
        days_off = (year.days_off | {day for day in off if day.year == number}) - set(works)
        worked = year.worked | {day for day in works if day.year == number and day.weekday() >= 5}
        lines += [
            f"[{number}]",
            f"forecast = {str(year.forecast).lower()}",
            f"worked = [{', '.join(map(str, sorted(worked)))}]",
            f"days_off = [{', '.join(map(str, sorted(days_off)))}]",
        ]
    return "\n".join(lines)


@pytest.fixture
def new_calendar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """A function: from now on the file is the shipped calendar with other days, or without its years after
    this one, under this version.
    """

    def make(
        version: str, *, off: Sequence[date] = (), works: Sequence[date] = (), until: int = 9999
    ) -> None:
        path = tmp_path / calendars.FILE.name
        path.write_text(written(version, off, works, until))
        monkeypatch.setattr(calendars, "FILE", path)
        calendars.kazakhstan.cache_clear()

    yield make
    monkeypatch.undo()
    calendars.kazakhstan.cache_clear()
