"""How a request for information moves on, whichever act moves it."""

from typing import Any

from applications.models import Application, InformationRequest
from applications.services import clocks


def move(request: InformationRequest, status: str, **changes: Any) -> None:
    """To its next version, with this status and what else changes."""
    request.status = status
    request.version += 1
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=["status", "version", *changes])


def resume_if_back(case: Application, *, cause: str) -> int:
    """The clocks run on where no request that pauses them is with the firm any more. Returns how many."""
    with_firm = case.requests.filter(status__in=InformationRequest.WITH_FIRM, pauses_clock=True)
    return 0 if with_firm.exists() else clocks.resume(case, cause=cause)
