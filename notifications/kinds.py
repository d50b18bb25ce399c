"""The kinds of mails, in the words of the page where a person chooses. What is in no kind cannot be switched
off, and neither can a kind that is not a courtesy.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIRM, STAFF = "firm", "staff"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``why`` it comes; of a courtesy, what one misses without it."""

    code: str
    title: str | Promise
    why: str | Promise
    mails: frozenset[str]
    courtesy: bool = False
    readers: tuple[str, ...] = (FIRM,)


def _mails(*names: str) -> frozenset[str]:
    return frozenset(names)


KINDS = (
    Kind(
        code="draft",
        title=_("Nobody has worked on a draft for two weeks"),
        why=_("A reminder of ours. No period runs for a draft."),
        mails=_mails("draft_idle"),
        courtesy=True,
    ),
    Kind(
        code="progress",
        title=_("A stage of the review is done, a reply of yours was received"),
        why=_("News on the way to the decision. There is nothing to do about it."),
        mails=_mails("stage_approved", "reply_received"),
        courtesy=True,
    ),
    Kind(
        code="procedure",
        title=_("Steps of the application: received, accepted, returned, withdrawn, decided"),
        why=_("They begin and end periods, or tell of a decision."),
        mails=_mails(
            "submitted", "accepted", "returned", "not_accepted", "withdrawn", "approved_in_principle",
            "decision", "refusal_notice", "notice_moved", "letter", "corrected", "change_resolved",
            "period_extended",
        ),
    ),
    Kind(
        code="licence",
        title=_("Your licence: notices of the regulator, and every change of its entry in the register"),
        why=_("You may reply to a notice, and a change decides what you may do."),
        mails=_mails("licence_notice", "licence_notice_withdrawn", "licence_changed"),
    ),
    Kind(
        code="requests",
        title=_("Requests of the regulator, and answers to what you asked"),
        why=_("The regulator waits for you, or you for the regulator."),
        mails=_mails(
            "request_sent", "request_reply", "extension_granted", "extension_declined", "file_rejected",
            "meeting_answered",
        ),
    ),
    Kind(
        code="dates",
        title=_("Reminders of days that the regulator set, all of one day in one e-mail"),
        why=_("What happens to the case can depend on such a day."),
        mails=_mails(
            "digest", "reminder", "overdue", "condition_reminder", "return_reminder", "return_overdue",
            "condition_overdue", "period_ends", "notice_reminder",
        ),
    ),
    Kind(
        code="documents",
        title=_("Documents that you gave, and whose validity ends"),
        why=_("A reminder of ours, by the day that you gave. The regulator may ask for a newer document."),
        mails=_mails("file_expires", "file_expired"),
    ),
    Kind(
        code="work",
        title=_("Cases, requests and checks that wait for you"),
        why=_("They are your work for the regulator."),
        mails=_mails(
            "request_answered", "request_question", "extension_asked", "internal_assigned",
            "internal_submitted", "internal_meeting", "internal_return_passed", "internal_approval_passed",
            "checks_due", "internal_file_expired", "internal_file_rejected", "internal_silence",
            "internal_silence_over", "internal_digest",
        ),
        readers=(STAFF,),
    ),
    Kind(
        code="asked",
        title=_("The weekly report of the pipeline, and lists that you exported"),
        why=_("You asked for them. The report is switched on and off in the pipeline."),
        mails=_mails("internal_weekly_report", "internal_export_ready", "internal_export_failed"),
        readers=(STAFF,),
    ),
    Kind(
        code="security",
        title=_("Changes of your account, and sign-ins with a new browser"),
        why=_("If it was not you, you must hear of it."),
        mails=_mails(
            "security_sign_in", "security_password", "security_email", "security_factor_added",
            "security_factor_removed", "security_codes", "security_factors_lost",
        ),
        readers=(FIRM, STAFF),
    ),
)  # fmt: skip

COURTESY_OF = {mail: kind.code for kind in KINDS if kind.courtesy for mail in kind.mails}


def kinds_for(*, is_staff: bool) -> list[Kind]:
    return [kind for kind in KINDS if (STAFF if is_staff else FIRM) in kind.readers]
