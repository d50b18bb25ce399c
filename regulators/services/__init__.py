"""Every write of this room."""

from regulators.services.calendars import load_calendar
from regulators.services.law import confirm_authority_basis, enter_authority_basis, load_rulebooks
from regulators.services.staff import (
    appoint_administrators,
    appoint_staff,
    confirm_appointment,
    delegate,
    end_appointment,
    end_delegation,
    invite_colleague,
)

__all__ = [
    "appoint_administrators",
    "appoint_staff",
    "confirm_appointment",
    "confirm_authority_basis",
    "delegate",
    "end_appointment",
    "end_delegation",
    "enter_authority_basis",
    "invite_colleague",
    "load_calendar",
    "load_rulebooks",
]
