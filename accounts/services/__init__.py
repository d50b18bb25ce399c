from accounts.services.firms import (
    accept_invitation,
    end_membership,
    found_firm,
    invite_member,
    withdraw_invitation,
)
from accounts.services.people import (
    create_applicant,
    create_staff,
    identify,
    note,
    note_changed_email,
    register,
)
from accounts.services.staff import accept_staff_invitation, invite_staff

__all__ = [
    "accept_invitation",
    "accept_staff_invitation",
    "create_applicant",
    "create_staff",
    "end_membership",
    "found_firm",
    "identify",
    "invite_member",
    "invite_staff",
    "note",
    "note_changed_email",
    "register",
    "withdraw_invitation",
]
