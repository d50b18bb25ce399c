from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import System
from regulators import services
from regulators.loader import RuleBookError


class Command(BaseCommand):
    help = "Publish the rule books of regulators/rulebooks/. May be run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = services.load_rulebooks(actor=System("load_rulebooks"))
        except RuleBookError as error:
            raise CommandError(str(error), returncode=1) from error
        for pin, is_new in loaded:
            state = "published" if is_new else "as published"
            book = pin.book
            self.stdout.write(f"{pin}: {state}, {len(book.requirements)} requirements, SHA-256 {pin.sha256}")
