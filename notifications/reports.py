"""Reading the report of a mail server that a mail could not be delivered (RFC 3464).

Whoever knows an address can write to it, so nothing of a report is believed but its form: it is bounded, no
text of it goes further than ``plain`` lets it, and what it is about is proved elsewhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Part
from typing import Any

MOST_BYTES = 1024 * 1024
MOST_OF_DIAGNOSTIC = 500
LONGEST_TYPE = 2048  # Python reads its parameters in a time that grows with the square of it
TYPE = re.compile(rb"^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
STATUS = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")
HEADERS = ("text/rfc822-headers", "message/rfc822")


class NotAReport(ValueError):  # noqa: N818
    """In words: what it is not."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Of a delivery that is given up. ``message_id`` is empty where no headers came back."""

    message_id: str
    status: str
    diagnostic: str


def read(raw: bytes) -> Report | None:
    """None where the mail server reports no failure: a delay, a delivery. Raises NotAReport."""
    if len(raw) > MOST_BYTES:
        raise NotAReport(f"It is longer than {MOST_BYTES} bytes.")
    if any(len(found[0]) > LONGEST_TYPE for found in TYPE.finditer(raw)):
        raise NotAReport(f"A type in it is longer than {LONGEST_TYPE} bytes.")
    try:
        return _read(message_from_bytes(raw))
    except NotAReport:
        raise
    except Exception as error:
        raise NotAReport(f"It cannot be taken apart ({type(error).__name__}).") from error


def _read(whole: Part) -> Report | None:
    kind = str(whole.get_param("report-type", "")).lower()
    if whole.get_content_type() != "multipart/report" or kind != "delivery-status":
        raise NotAReport("It is no multipart/report of a delivery.")
    parts = [part for part in _inside(whole) if isinstance(part, Part)]
    failed = [block for block in _blocks(parts) if _word(block, "Action") == "failed"]
    if not failed:
        return None
    status = _word(failed[0], "Status")
    if not STATUS.fullmatch(status):
        raise NotAReport(f"Its status is {status[:20]!r}: no code of a failure, such as 5.1.1.")
    return Report(
        message_id=_message_id(parts),
        status=status,
        diagnostic=plain(failed[0].get("Diagnostic-Code", ""))[:MOST_OF_DIAGNOSTIC],
    )


def _blocks(parts: list[Part]) -> list[Part]:
    """Of each recipient one, after the one of the mail."""
    told = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    found = [block for part in told for block in _inside(part)]
    blocks = [block for block in found if "Action" in block]
    if not blocks:
        raise NotAReport("It says of no recipient what became of the mail.")
    return blocks


def _message_id(parts: list[Part]) -> str:
    for part in parts:
        if part.get_content_type() in HEADERS:
            return plain(_returned(part).get("Message-ID", ""))
    return ""


def _returned(part: Part) -> Part:
    """The headers of the mail that came back."""
    inside = _inside(part)
    if inside:
        return inside[0]
    content: Any = part.get_payload(decode=True)
    return message_from_bytes(content or b"")


def _inside(part: Part) -> list[Part]:
    content: Any = part.get_payload()
    return content if isinstance(content, list) else []


def _word(block: Part, name: str) -> str:
    """The first word of a field, in small letters."""
    return (plain(block.get(name, "")).lower().split() or [""])[0]


def plain(value: Any) -> str:
    """One line of letters, signs and spaces: nothing that ends a line, hides or turns what follows."""
    seen = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in str(value))
    return " ".join("".join(seen).split())
