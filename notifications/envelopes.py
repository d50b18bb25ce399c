"""The address that a mail comes back to: it names the message, and nobody else can write it (VERP)."""

import re
import uuid

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import Message

SALT = "notifications.envelopes"
SEAL = 20  # hexadecimal digits, so that a mail server which writes all in small letters changes nothing


def sender_of(message: Message) -> str:
    """The envelope's sender: ``bounce+TOKEN@host``, or that of all mail where ``BOUNCE_ADDRESS`` is empty."""
    if not settings.BOUNCE_ADDRESS:
        return settings.DEFAULT_FROM_EMAIL
    name, host = settings.BOUNCE_ADDRESS.split("@")
    return f"{name}+{message.uuid.hex}{_seal(message.uuid)}@{host}"


def message_named_by(address: str) -> uuid.UUID | None:
    """The message whose envelope had this sender; None for whatever we did not write."""
    name, host = map(re.escape, settings.BOUNCE_ADDRESS.split("@"))
    form = rf"{name}\+([0-9a-f]{{32}})([0-9a-f]{{{SEAL}}})@{host}"
    found = re.fullmatch(form, address.strip(), re.IGNORECASE | re.ASCII)
    if found is None:
        return None
    number = uuid.UUID(hex=found[1])
    return number if constant_time_compare(found[2].lower(), _seal(number)) else None


def _seal(number: uuid.UUID) -> str:
    return salted_hmac(SALT, number.hex, algorithm="sha256").hexdigest()[:SEAL]
