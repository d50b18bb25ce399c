from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import System
from regulators import services
from regulators.calendars import YearNotInCalendarError
from regulators.loader import RuleBookError


class Command(BaseCommand):
    help = (
        "Publish the rule books of regulators/rulebooks/ and the calendar of working days; a changed "
        "calendar moves open deadlines, which are listed. May be run again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = services.load_rulebooks(actor=System("load_rulebooks"))
            calendar = services.load_calendar(actor=System("load_rulebooks"))
        except (RuleBookError, YearNotInCalendarError) as error:
            raise CommandError(str(error), returncode=1) from error
        for pin, is_new in loaded:
            state = "published" if is_new else "as published"
            book = pin.book
            self.stdout.write(f"{pin}: {state}, {len(book.requirements)} requirements, SHA-256 {pin.sha256}")
        state = "published" if calendar.is_new else "as published"
        self.stdout.write(f"calendar {calendar.pin}: {state}, SHA-256 {calendar.pin.sha256}")
        for moved in calendar.moved:
            self.stdout.write(f"moved {moved}")
