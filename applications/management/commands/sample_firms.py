import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Make the sample firms, staff and cases of the default run, once, and finish what a run that broke "
        "off left half made. Production settings refuse it."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print the sample sign-ins, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SAMPLES_ALLOWED:
            raise CommandError("Production settings refuse sample data.")
        from applications.samples import firms  # the sample tools are not installed in production

        if options["sign_ins"]:
            self.stdout.write(json.dumps(firms.sign_ins(), ensure_ascii=False))
            return
        made = firms.sample_firms()
        for one in made:
            case = one.case
            self.stdout.write(f"{case.firm.name}: {case.get_state_display()} {case.reference or ''}".rstrip())
        self.stdout.write(_in_a_line(made))


def _in_a_line(made: list[Any]) -> str:
    finished = [one.case.firm.name for one in made if one.was_begun]
    new = len(made) - len(finished)
    parts = [f"finished what an earlier start left half made: {', '.join(finished)}"] if finished else []
    parts += [f"{new} made"] if new else []
    return "; ".join(parts) or "all there"
