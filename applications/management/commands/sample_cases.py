import os
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone


class Command(BaseCommand):
    help = (
        "Write the histories of many cases at once, for trials of size: walked through the acts that the "
        "models declare, copied in bulk. The same number, seed and last day give the same rows. A run "
        "that was interrupted goes on where it stopped. Production settings refuse it."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--count", type=int, required=True, help="how many cases")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other cases (1)")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the last day that is known, as 2026-11-28 (yesterday)"
        )
        parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="processes")
        parser.add_argument(
            "--among-others", action="store_true", help="also into a database that has other cases"
        )
        parser.add_argument(
            "--replay", type=int, metavar="N", default=0,
            help="afterwards take every N-th case again by workflow.perform, and compare what comes of it",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SAMPLES_ALLOWED:
            raise CommandError("Production settings refuse sample data.")
        from applications.samples.scale import loading  # the sample tools are not installed in production
        from applications.samples.scale.progress import Progress

        until = options["until"] or timezone.localdate() - timedelta(days=1)
        try:
            plan = loading.make_plan(count=options["count"], seed=options["seed"], until=until)
            batches = loading.waiting_batches(plan, among_others=options["among_others"])
        except loading.NotThisDatabaseError as error:
            raise CommandError(str(error)) from error
        left = sum(map(len, batches))
        told = Progress(self.stdout, plan.count, done=plan.count - left, noun="cases")
        rows = loading.load(plan, batches, workers=options["workers"], told=told)
        self.stdout.write(f"{left:,} cases in {rows:,} rows; {plan.count - left:,} were there.")
        if options["replay"]:
            self._replay(plan, options["replay"])

    def _replay(self, plan: Any, each: int) -> None:
        from applications.samples.scale.replay import differences

        chosen = plan.arrivals[::each]
        found = [line for arrival in chosen for line in differences(plan, arrival)]
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} differences in {len(chosen)} cases that were taken again.")
        self.stdout.write(f"{len(chosen):,} cases taken again by workflow.perform: all equal.")
