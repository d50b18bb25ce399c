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
    choose_zone,
    create_applicant,
    create_staff,
    identify,
    note,
    register,
)
from accounts.services.security import (
    note_added_factor,
    note_changed_email,
    note_new_password,
    note_removed_factor,
    note_sign_in,
)
from accounts.services.staff import accept_staff_invitation, invite_staff

__all__ = [
    "accept_invitation",
    "accept_staff_invitation",
    "choose_language",
    "choose_zone",
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
    "note_added_factor",
    "note_changed_email",
    "note_new_password",
    "note_removed_factor",
    "note_sign_in",
    "register",
    "withdraw_invitation",
]
