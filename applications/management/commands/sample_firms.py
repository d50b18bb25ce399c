import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Make the sample firms, staff and cases of the default run, once. Production settings refuse it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print the sample sign-ins, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SAMPLES_ALLOWED:
            raise CommandError("Production settings refuse sample data.")
        from applications.samples import firms  # the sample tools are not installed in production

        if options["sign_ins"]:
            self.stdout.write(json.dumps(firms.sign_ins(), ensure_ascii=False))
            return
        for case in firms.sample_firms():
            self.stdout.write(f"{case.firm.name}: {case.get_state_display()} {case.reference or ''}".rstrip())
