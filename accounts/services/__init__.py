from accounts.services.firms import correct_firm, found_firm
from accounts.services.members import (
    accept_invitation,
    end_membership,
    invite_adviser,
    invite_again,
    invite_member,
    withdraw_invitation,
)
from accounts.services.people import (
    choose_language,
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
    "choose_language",
    "correct_firm",
    "create_applicant",
    "create_staff",
    "end_membership",
    "found_firm",
    "identify",
    "invite_adviser",
    "invite_again",
    "invite_member",
    "invite_staff",
    "note",
    "note_changed_email",
    "register",
    "withdraw_invitation",
]
