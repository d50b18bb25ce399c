"""What a scanner's reply means. Only its exact OK is clean."""

import re

from documents.models import Status

OK = "stream: OK"
FOUND = re.compile(r"stream: (?P<signature>[^\0\n]+) FOUND")
NOT_SEEN = re.compile(r"Heuristics\.(Encrypted|Limits\.Exceeded)\b")
TOO_LONG = "INSTREAM size limit exceeded. ERROR"


def verdict(reply: str) -> tuple[Status, str] | None:
    """The status and the words to keep with it; None where the reply settles nothing and must be asked
    again."""
    if reply == OK:
        return Status.CLEAN, ""
    if reply == TOO_LONG:
        return Status.UNCHECKABLE, reply
    if not (found := FOUND.fullmatch(reply)):
        return None
    signature = found["signature"]
    status = Status.UNCHECKABLE if NOT_SEEN.match(signature) else Status.INFECTED
    return status, signature[:200]
