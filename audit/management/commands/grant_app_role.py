from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from audit.grants import grant


class Command(BaseCommand):
    help = "Give the app role its rights. Run as the owner of the database after each migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        tables = grant(settings.DATABASE_APP_ROLE)
        self.stdout.write(f"{settings.DATABASE_APP_ROLE}: may only add to {', '.join(tables)}")
