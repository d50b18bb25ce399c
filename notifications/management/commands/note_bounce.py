"""Takes one report of a mail that could not be delivered, as a mail server pipes it."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.actors import System
from notifications import envelopes, reports, services
from notifications.bounces import StillOnTheWire


class Command(BaseCommand):
    help = (
        "Read one report of a mail that came back (RFC 3464) from standard input, and note it on its "
        "message. "
        f"Ends with {os.EX_DATAERR} where it is refused, and {os.EX_TEMPFAIL} where it is to be given again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", default="", help="the address that it came to; needed where BOUNCE_ADDRESS is set"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.BOUNCE_ADDRESS and not options["to"]:
            raise CommandError("Say with --to which address it came to.", returncode=os.EX_USAGE)
        try:
            self.stdout.write(_note(sys.stdin.buffer.read(reports.MOST_BYTES + 1), options["to"]))
        except reports.NotAReport as refusal:
            raise CommandError(f"Refused. {refusal}", returncode=os.EX_DATAERR) from refusal
        except (StillOnTheWire, DatabaseError) as error:
            raise CommandError(f"Later ({type(error).__name__}).", returncode=os.EX_TEMPFAIL) from error


def _note(raw: bytes, came_to: str) -> str:
    if settings.BOUNCE_ADDRESS and not envelopes.message_named_by(came_to):
        raise reports.NotAReport("It came to no address of ours.")
    report = reports.read(raw)
    if report is None:
        return "It reports no failure: nothing is noted."
    bounce = services.note_bounce(report=report, came_to=came_to, actor=System("note_bounce"))
    return f"Noted: message {bounce.attempt.message.uuid} came back with {bounce.status}."
