from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import System
from licences.services import issue_missing_certificates


class Command(BaseCommand):
    help = (
        "Make the certificate of each licence that has none: those granted before certificates were made. "
        "May be run again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = 0
        for certificate in issue_missing_certificates(actor=System("issue_certificates")):
            made += 1
            self.stdout.write(str(certificate.licence))
        self.stdout.write(f"certificates made: {made}")
