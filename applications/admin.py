"""The desk's pages of this room. They live in ``applications.desk``."""

from applications.desk import admin as desk
from applications.desk import meetings, outbox

__all__ = ["desk", "meetings", "outbox"]
