from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import System
from applications.services.calendar import compute_days_again
from applications.services.instants import set_instants
from regulators.services.calendars import Failed, in_a_line


class Command(BaseCommand):
    help = (
        "Compute the days of open deadlines that were counted in another calendar, or that could not be "
        "computed, and set their instants anew after the rules of the time zone have changed; each that "
        "moved is listed. May be stopped and run again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = System("recompute_deadlines")
        moved = failed = 0
        for one in chain(compute_days_again(actor=actor), _instants(actor)):
            self.stdout.write(in_a_line(one))
            failed += isinstance(one, Failed)
            moved += not isinstance(one, Failed)
        self.stdout.write(f"{moved} moved")
        if failed:
            words = f"{failed} failed. Mend what they name, then run this again: the rest is done."
            raise CommandError(words, returncode=1)


def _instants(actor: System) -> Any:
    """Asked for once the days are computed."""
    yield from set_instants(actor=actor)
