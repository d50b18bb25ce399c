from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verify import faults


class Command(BaseCommand):
    help = "Walk the audit chains and name the first bad row of each. Exit code 1 if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subject", default="", help="Only this chain, for example application:<uuid>.")

    def handle(self, *args: Any, **options: Any) -> None:
        seen: Counter[str] = Counter()
        bad = 0
        for fault in faults(options["subject"], seen=seen):
            self.stdout.write(str(fault))
            bad += 1
        words = (
            f"{seen['events']} events in {seen['chains']} chains, {seen['anchors']} held against an anchor"
        )
        if bad:
            raise CommandError(f"{bad} faults found in {words}.")
        if options["subject"] and not seen["chains"]:
            raise CommandError(f"There is no chain called {options['subject']}.")
        self.stdout.write(f"No fault found: {words}.")
