"""The mail that the default run keeps instead of sending. Production refuses CAUGHT_MAIL_DIR."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

NEWEST = 50


@dataclass(frozen=True)
class Caught:
    to: str
    subject: str
    body: str
    at: datetime


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/caught_mail.html", {"caught": newest(Path(settings.CAUGHT_MAIL_DIR))})


def newest(folder: Path) -> list[Caught]:
    """The newest first; a message is named by the nanosecond it came."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: int(path.stem), reverse=True)
    return [_read(path) for path in paths[:NEWEST]]


def _read(path: Path) -> Caught:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return Caught(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=body.get_content() if body else "",
        at=datetime.fromtimestamp(int(path.stem) / 1e9, tz=timezone.get_current_timezone()),
    )
