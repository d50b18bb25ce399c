import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import System
from applications.pipeline import event_log
from regulators.models import Regulator


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.year not in range(2000, 2100):
        raise ArgumentTypeError(f"{text}: write a day of this century")
    return day


class Command(BaseCommand):
    help = (
        "Write what was done to the cases of a regulator, for tools that mine processes: XES (IEEE 1849) or "
        "CSV. It names nobody; each export is recorded."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("regulator", help="its code, as AFSA")
        parser.add_argument("--form", choices=sorted(event_log.FORMS), default="xes")
        day: Any = {"type": _day, "metavar": "2026-11-28"}
        parser.add_argument("--from", dest="first", help="submitted on this day or later", **day)
        parser.add_argument("--to", dest="last", help="submitted on this day or earlier", **day)
        parser.add_argument("--out", type=Path, help="a file that is not there yet; else standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        known = list(Regulator.objects.order_by("code").values_list("code", flat=True))
        code = options["regulator"]
        if code not in known:
            raise CommandError(f"There is no regulator {code}. There are: {', '.join(known)}.")
        asked = {name: options[name] for name in ("form", "first", "last")}
        if options["out"] is None:
            self._write(sys.stdout, code, asked)
            return
        try:
            with options["out"].open("x", encoding="utf-8", newline="") as out:
                self._write(out, code, asked)
        except FileExistsError as error:
            raise CommandError(f"{options['out']} is there already. Name another file.") from error

    def _write(self, out: Any, code: str, asked: dict[str, Any]) -> None:
        cases, events = event_log.write(out, regulator=code, actor=System("event_log"), **asked)
        self.stderr.write(f"{cases:,} cases, {events:,} events")
