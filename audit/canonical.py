"""The exact bytes an event's hash is taken over. Changing them breaks every chain ever written."""

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.models import Event

FIELDS = (
    "subject", "number", "kind", "actor_id", "actor_name", "from_state", "to_state", "reason", "data",
    "request_id",
)  # fmt: skip
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(event: "Event") -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; the time in UTC to the microsecond; the previous hash."""
    content = {name: getattr(event, name) for name in FIELDS}
    content["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    content["previous_hash"] = event.previous_hash
    return _json(content).encode()


def hash_of(event: "Event") -> str:
    return hashlib.sha256(canonical(event)).hexdigest()
