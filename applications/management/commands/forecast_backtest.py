from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.pipeline.forecast.backtest import Outcome, compared
from applications.pipeline.forecast.outlook import LEAST, seed_of
from regulators.models import LicenceType


class Command(BaseCommand):
    help = (
        "Hold the forecast of the pipeline against past months: each is forecast from what was known on its "
        "first morning, and compared with what came. Prints how often cases that were given a chance were "
        "late, and how often the decisions of a month lay in their range. It reads only."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("licence_type", nargs="*", help="its code, as providing-custody (all)")
        parser.add_argument("--months", type=int, default=12, help="the last so many whole months (12)")
        parser.add_argument("--seed", type=int, help="what is drawn hangs on it (the day, as 20261130)")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {one.code: one for one in LicenceType.objects.order_by("code")}
        chosen = options["licence_type"] or list(known)
        if strange := [code for code in chosen if code not in known]:
            raise CommandError(f"There is no licence type {strange[0]}. There are: {', '.join(known)}.")
        if not 1 <= options["months"] <= 120:
            raise CommandError("Write --months as a number from 1 to 120.")
        today = timezone.localdate()
        seed = seed_of(today) if options["seed"] is None else options["seed"]
        said = 0
        for code in chosen:
            found = compared(known[code], months=options["months"], seed=seed, today=today)
            self.stdout.write(f"{code}, seed {seed}")
            self._print(found)
            said += len(found.months)
        if not said:
            raise CommandError(f"No month could be forecast: each takes {LEAST} decided cases before it.")

    def _print(self, found: Outcome) -> None:
        for first, decided in found.refused:
            self.stdout.write(f"  {first:%Y-%m}: no forecast, {decided} decided cases before it, of {LEAST}")
        if not found.months:
            return
        self.stdout.write(
            f"  {len(found.said):,} chances said; {found.unknown:,} more cases are not over yet"
        )
        self.stdout.write("  chance       cases  expected late  were late")
        for one in found.deciles():
            part = f" {one.late / one.cases:5.0%}" if one.cases else ""
            chance = f"{one.low:>3}-{one.high:>3} %"
            self.stdout.write(f"  {chance} {one.cases:>9,} {one.expected:>14,.1f} {one.late:>10,}{part}")
        brier, of_rate = found.brier(), found.brier_of_the_rate()
        if brier is not None and of_rate is not None:
            self.stdout.write(f"  Brier score {brier:.4f}; of the overall rate {of_rate:.4f} (0 is best)")
        self.stdout.write("  decisions in  10 %  50 %  90 %  came")
        for month in found.months:
            mark = "" if month.is_within else "  outside"
            numbers = "".join(f"{number:>6,}" for number in month[1:])
            self.stdout.write(f"  {month.first:%Y-%m}     {numbers}{mark}")
        within = sum(month.is_within for month in found.months)
        self.stdout.write(f"  {within} of {len(found.months)} months lay within the range of 80 in 100")
