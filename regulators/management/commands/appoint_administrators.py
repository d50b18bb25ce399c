"""The first two administrators of a regulator. Each confirms the other at the desk."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.actors import System
from accounts.models import User
from regulators import services
from regulators.models import Regulator
from workflow.errors import Refused


class Command(BaseCommand):
    help = (
        "Appoint two members of staff as administrators of a regulator, and print the pages where they are "
        "confirmed: by each other, or by an administrator whom the regulator has already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("regulator", help="its code, for example AFSA")
        parser.add_argument("first", metavar="email1")
        parser.add_argument("second", metavar="email2")

    def handle(self, *args: Any, **options: Any) -> None:
        regulator = Regulator.objects.filter(code=options["regulator"]).first()
        if regulator is None:
            codes = ", ".join(Regulator.objects.values_list("code", flat=True)) or "none; run load_rulebooks"
            raise CommandError(f"There is no regulator {options['regulator']}. There are: {codes}.")
        first, second = self._account(options["first"]), self._account(options["second"])
        try:
            made = services.appoint_administrators(
                actor=System("appoint_administrators"), regulator=regulator, first=first, second=second
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        for appointment, other in zip(made, (second, first), strict=True):
            page = settings.BASE_URL + reverse("admin:regulators_staff_confirm", args=[appointment.pk])
            self.stdout.write(f"{appointment.user.email} is confirmed by {other.email} at {page}")

    def _account(self, email: str) -> User:
        user = User.objects.filter(email__iexact=email, is_staff=True, is_active=True).first()
        if user is None:
            raise CommandError(
                f"No member of staff has the e-mail {email}. Invite them with invite_staff first."
            )
        return user
