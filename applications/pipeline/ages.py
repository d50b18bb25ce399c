"""How old open cases are, counted from their submission."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models.tallies import Counted
from applications.pipeline import named
from applications.pipeline.days import WorkingDays
from applications.pipeline.figures import Bar, Figure, bars
from applications.pipeline.tallies import Since
from applications.pipeline.took import percentiles

BUCKETS = ((0, 20), (21, 40), (41, 60), (61, 90), (91, None))


class Ages:
    """Working days since the submission of the open cases among these counts. Of some the calendar may lack a
    year: they have a line of their own, and are not in the percentiles.
    """

    def __init__(
        self, counts: Iterable[Since], *, today: date, days: WorkingDays, url: Callable[..., str]
    ) -> None:
        self.url, self.ages = url, Counter[int | None]()
        for one in counts:
            if one.what == Counted.AGE:
                self.ages.update(days.ages(one.days, one.numbers, today))
        self.known = Counter({age: number for age, number in self.ages.items() if age is not None})

    @property
    def number(self) -> Figure:
        return Figure(count=self.ages.total(), url=self.url(state="open"))

    @property
    def median(self) -> int | None:
        return percentiles(self.known, 50)[0]

    @property
    def high(self) -> int | None:
        return percentiles(self.known, 85)[0]

    @property
    def longest(self) -> int | None:
        return max(self.known, default=None)

    def older_url(self) -> str:
        """The list of open cases of some age and more; the age is put at the end."""
        return self.url(age="")

    def bars(self) -> list[Bar]:
        rows = [(in_range(low, high), self._between(low, high)) for low, high in BUCKETS]
        if self.ages[None]:
            unknown = Figure(count=self.ages[None], url=self.url(age=named.UNKNOWN_AGE))
            rows.append((_("Not known: the calendar lacks the year"), unknown))
        return bars(rows)

    def _between(self, low: int, high: int | None) -> Figure:
        number = sum(
            number for age, number in self.known.items() if age >= low and (high is None or age <= high)
        )
        return Figure(count=number, url=self.url(age=f"{low}-{high or ''}"))


def in_range(low: int, high: int | None) -> str:
    if high is None:
        more = ngettext("%(days)s working day and more", "%(days)s working days and more", low)
        return more % {"days": low}
    return ngettext("%(low)s to %(high)s working day", "%(low)s to %(high)s working days", high) % {
        "low": low, "high": high,
    }  # fmt: skip
