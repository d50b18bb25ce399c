"""Invites a member of staff from the shell: how the first administrator comes in."""

import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import mails, services
from accounts.actors import System
from accounts.models import Language
from workflow.errors import Refused


class Command(BaseCommand):
    help = "Invite a member of staff and print the link. The IIN and passport number are asked, not passed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("full_name")
        parser.add_argument("--citizenship", default="KZ", help="two-letter country code; KZ if not given")
        parser.add_argument(
            "--language", default="en", choices=Language.values, help="of the mail; en if not given"
        )
        parser.add_argument("--send", action="store_true", help="also send the link to the e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invitation, token = services.invite_staff(
                actor=System("invite_staff"),
                email=options["email"],
                full_name=options["full_name"],
                iin=_ask("IIN (empty if the person has none): "),
                passport=_ask("Passport number (empty if not known): "),
                citizenship=options["citizenship"],
                language=options["language"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(mails.staff_invitation_link(token))
        self.stdout.write(
            f"Valid until {invitation.expires_at:%Y-%m-%d %H:%M %Z}, for {invitation.email}, once."
        )
        if options["send"] and not mails.send_staff_invitation(invitation, token):
            raise CommandError("The e-mail could not be sent. Pass the link on yourself.")


def _ask(question: str) -> str:
    return getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline()
