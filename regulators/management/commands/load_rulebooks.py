from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import System
from regulators import services
from regulators.loader import RuleBookError


class Command(BaseCommand):
    help = (
        "Publish the rule books of regulators/rulebooks/ and the calendar of working days; a changed "
        "calendar moves open deadlines, which are listed. May be run again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = System("load_rulebooks")
        try:
            for pin, is_new in services.load_rulebooks(actor=actor):
                book, state = pin.book, "published" if is_new else "as published"
                self.stdout.write(
                    f"{pin}: {state}, {len(book.requirements)} requirements, SHA-256 {pin.sha256}"
                )
            loaded = services.load_calendar(actor=actor, say=self.stdout.write)
        except RuleBookError as error:
            raise CommandError(str(error), returncode=1) from error
        if loaded.failed:
            words = (
                f"{len(loaded.failed)} failed. Mend what they name, then run this again: the rest is done."
            )
            raise CommandError(words, returncode=1)
