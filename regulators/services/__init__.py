"""Every write of this room."""

from regulators.services.calendars import load_calendar
from regulators.services.changes import announce_change, hand_change_over, settle_change
from regulators.services.citations import confirm_check, record_check
from regulators.services.figures import confirm_figure, enter_figure
from regulators.services.keeping import confirm_keeping_period, enter_keeping_period
from regulators.services.law import confirm_authority_basis, enter_authority_basis, load_rulebooks
from regulators.services.reproving import confirm_reproving, enter_reproving
from regulators.services.staff import (
    appoint_administrators,
    appoint_staff,
    confirm_appointment,
    confirm_delegation,
    delegate,
    end_appointment,
    end_delegation,
    invite_colleague,
)

__all__ = [
    "announce_change",
    "appoint_administrators",
    "appoint_staff",
    "confirm_appointment",
    "confirm_authority_basis",
    "confirm_check",
    "confirm_delegation",
    "confirm_figure",
    "confirm_keeping_period",
    "confirm_reproving",
    "delegate",
    "end_appointment",
    "end_delegation",
    "enter_authority_basis",
    "enter_figure",
    "enter_keeping_period",
    "enter_reproving",
    "hand_change_over",
    "invite_colleague",
    "load_calendar",
    "load_rulebooks",
    "record_check",
    "settle_change",
]
