"""A history: what was done in one case, when, by whom, with which words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from applications.samples.scale.desks import Who
from workflow.acts import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``kind`` is the kind of the audit event that comes of it; of what the record does not note (``answer``,
    ``point.answer``), a word of ours. An act has its declaration with it, and the states it leads from and to.
    """

    kind: str
    at: datetime
    who: Who
    data: dict[str, Any] = field(default_factory=dict)
    act: Act | None = None
    before: str = ""
    after: str = ""
