"""The mails there are: what each must be told, and the one action it asks for."""

import json
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from look import words
from look.mail_frame import Words, framed, one_line, plain

OPEN = _("Open the case")


@dataclass(frozen=True)
class Mail:
    """``title`` says what it is, for staff; it is not in the mail. ``needs`` and ``may`` are the names of its
    context; any other name is refused, so that no personal data slips in.
    """

    title: str | Promise
    _: KW_ONLY
    action: str | Promise = OPEN
    of_account: bool = False  # of the reader alone, and of no case
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    words: str = ""


def _names(*names: str) -> frozenset[str]:
    return frozenset(names)


def _of_account(title: str | Promise, *more: str) -> Mail:
    """Of something that happened to the account: when, and from where, as far as is known."""
    return Mail(
        title,
        needs=_names("at", "network", "browser", *more),
        action=_("Look at your account"),
        of_account=True,
    )


TO_BE_MET = {"due", "reply_by"}  # names of a context: their days are said with the weekday
REPORT = (
    "regulators", "open", "ours", "decisions", "firms", "over", "coming", "entered", "decided", "first",
    "last",
)  # fmt: skip
# Dates are given as date or datetime, numbers as int; texts in the recipient's language.
MAILS = {
    "submitted": Mail(
        _("Receipt of the application"), needs=_names("received_on"), may=_names("reply_by", "basis")
    ),
    "accepted": Mail(
        _("Accepted for review"), needs=_names("clock_started_on"), may=_names("reply_by", "basis")
    ),
    "returned": Mail(
        _("Returned as incomplete"), needs=_names("items", "due"), action=_("See what is needed")
    ),
    "not_accepted": Mail(
        _("Not accepted for consideration"), words="decision", action=_("Read the decision")
    ),
    "file_rejected": Mail(
        _("A file needs replacing"), needs=_names("requirement"), action=_("Replace the file")
    ),
    "request_sent": Mail(
        _("Request for information"),
        needs=_names("points", "due"),
        may=_names("clock_paused"),
        action=_("Answer the request"),
    ),
    "request_answered": Mail(_("A reply has come in")),
    "reply_received": Mail(
        _("Receipt of a reply"), needs=_names("points", "left"), may=_names("clock_restarted")
    ),
    "request_question": Mail(_("A question about a request")),
    "request_reply": Mail(_("Reply to a question about a request"), action=_("Read the reply")),
    "extension_asked": Mail(_("More time asked for")),
    "extension_granted": Mail(_("More time granted"), needs=_names("due"), action=_("Answer the request")),
    "extension_declined": Mail(_("More time declined"), needs=_names("due"), action=_("Read the answer")),
    "period_extended": Mail(
        _("Period for the decision extended"), needs=_names("due", "basis"), action=_("Read the reason")
    ),
    "change_resolved": Mail(_("A reported change dealt with"), action=_("Read what it means")),
    "stage_approved": Mail(_("Stage complete"), needs=_names("stage"), may=_names("next_stage")),
    "approved_in_principle": Mail(_("Decision available"), words="decision", action=_("Read the decision")),
    "decision": Mail(_("Decision available"), action=_("Read the decision")),
    "letter": Mail(_("Letter available"), action=_("Read the letter")),
    "corrected": Mail(_("A slip corrected"), action=_("Read the correction")),
    "condition_reminder": Mail(
        _("A condition is due"), needs=_names("number", "due"), action=_("See what is due")
    ),
    "condition_overdue": Mail(
        _("A condition is overdue"), needs=_names("number", "due"), action=_("See what is due")
    ),
    "period_ends": Mail(_("A period ends"), needs=_names("working_days", "due"), action=_("See what is due")),
    "draft_idle": Mail(
        _("A draft lies idle"), needs=_names("saved_on", "left", "due"), action=_("Go on with the draft")
    ),
    "digest": Mail(_("Several dates"), needs=_names("items", "rows"), action=_("See what is due")),
    "internal_digest": Mail(_("Several dates"), needs=_names("items", "rows"), action=_("See what is due")),
    "checks_due": Mail(
        _("Checks of citations are due"), needs=_names("items"), action=_("See which checks are due")
    ),
    "reminder": Mail(
        _("A reply is due"), needs=_names("working_days", "due"), action=_("Answer the request")
    ),
    "overdue": Mail(_("A reply is overdue"), needs=_names("due"), action=_("Answer the request")),
    "file_expires": Mail(
        _("A document ends"), needs=_names("requirement", "due"), action=_("Open the question")
    ),
    "file_expired": Mail(
        _("A document has ended"), needs=_names("requirement", "due"), action=_("Open the question")
    ),
    "return_reminder": Mail(
        _("To be submitted again"), needs=_names("working_days", "due"), action=_("See what is needed")
    ),
    "return_overdue": Mail(_("Not submitted again yet"), needs=_names("due"), action=_("See what is needed")),
    "notice_reminder": Mail(
        _("A reply to a notice is due"), needs=_names("working_days", "due"), action=_("Read the notice")
    ),
    "refusal_notice": Mail(
        _("Notice before a decision"), needs=_names("due", "basis"), action=_("Read the notice")
    ),
    "notice_moved": Mail(
        _("More time to reply to a notice"), needs=_names("due", "basis"), action=_("Read the notice")
    ),
    "licence_notice": Mail(_("Notice about a licence"), needs=_names("due"), action=_("Read the notice")),
    "licence_notice_withdrawn": Mail(_("Notice about a licence withdrawn"), action=_("Look at your licence")),
    "licence_changed": Mail(_("News of a licence"), action=_("Look at your licence")),
    "withdrawn": Mail(_("Withdrawn"), needs=_names("withdrawn_on")),
    "meeting_answered": Mail(_("Answer about a meeting"), action=_("Read the answer")),
    "internal_return_passed": Mail(_("Not submitted again by the day"), needs=_names("due")),
    "internal_approval_passed": Mail(_("Approval in principle has ended"), needs=_names("due")),
    "internal_silence": Mail(_("Silence will count soon"), needs=_names("working_days", "due")),
    "internal_silence_over": Mail(_("A period ran out with no decision"), needs=_names("due")),
    "internal_file_expired": Mail(_("A document has ended"), needs=_names("requirement", "due")),
    "internal_file_rejected": Mail(_("A submitted file was rejected"), needs=_names("requirement")),
    "internal_meeting": Mail(_("A firm asks for a meeting"), action=_("See who asks for a meeting")),
    "security_sign_in": _of_account(_("New sign-in")),
    "security_password": _of_account(_("Password changed")),
    "security_email": _of_account(_("E-mail changed"), "is_old"),
    "security_factor_added": _of_account(_("Second factor added"), "factor"),
    "security_factor_removed": _of_account(_("Second factor removed"), "factor"),
    "security_codes": _of_account(_("Recovery codes made anew")),
    "security_factors_lost": _of_account(_("Second factors removed")),
    "internal_assigned": Mail(_("A step waits")),
    "internal_submitted": Mail(_("A case was submitted")),
    "internal_weekly_report": Mail(
        _("Weekly report of the pipeline"),
        needs=_names(*REPORT),
        action=_("Open the pipeline"),
        of_account=True,
    ),
    "internal_export_ready": Mail(
        _("An export is ready"), needs=_names("lines", "due"), action=_("Open the exports"), of_account=True
    ),
    "internal_export_failed": Mail(
        _("An export was not written"), action=_("Open the exports"), of_account=True
    ),
}


def render(
    template: str,
    *,
    context: dict[str, Any],
    subject_ref: str,
    language: str,
    internal: bool,
    url: str,
    zone: str,
    is_draft: bool = False,
) -> Words:
    """The mail's words in one language, times of day in one zone. A draft has no reference: ``subject_ref``
    is what it is called.

    Raises ValueError for an unknown mail, or a context that does not fit it.
    """
    mail = MAILS.get(template)
    if mail is None:
        raise ValueError(f"There is no mail called {template!r}. There are: {', '.join(sorted(MAILS))}.")
    missing, unknown = mail.needs - context.keys(), context.keys() - mail.needs - mail.may
    if missing or unknown:
        raise ValueError(f"Mail {template!r}: missing {sorted(missing)}, unknown {sorted(unknown)}.")
    name = mail.words or template
    with timezone.override(ZoneInfo(zone)), translation.override(language):
        data = {
            **{name: _shown(name, value) for name, value in context.items()},
            "ref": subject_ref,
            "base_url": settings.BASE_URL,
        }
        subject = one_line(plain(f"mail/{name}.subject.txt", data))
        return framed(
            subject=" ".join((gettext("[Internal]"), subject)) if internal else subject,
            body=plain(f"mail/{name}.txt", data),
            action=mail.action,
            url=url,
            ref="" if mail.of_account else subject_ref,
            is_draft=is_draft,
            has_days=_has_days(context),
        )


def title_of(template: str) -> str:
    """A mail of another release is named as its row names it."""
    mail = MAILS.get(template)
    return str(mail.title) if mail else template


def as_json(context: dict[str, Any]) -> dict[str, Any]:
    """The context as the outbox keeps it: dates as ISO text."""
    kept: dict[str, Any] = json.loads(json.dumps(context, cls=DjangoJSONEncoder))
    return kept


def cases_of(context: dict[str, Any]) -> list[str]:
    """The audit subjects of the cases that the rows of a mail of several dates are about."""
    return sorted({row["about"] for row in context.get("rows", [])})


def _has_days(context: dict[str, Any]) -> bool:
    values = [value for row in context.get("rows", []) for value in row.values()]
    return any(
        isinstance(value, date) and not isinstance(value, datetime) for value in (*context.values(), *values)
    )


def _shown(name: str, value: Any) -> Any:
    """A date in words, one to be met with its weekday, a time of day with its zone; anything else as it is,
    in rows too.
    """
    if isinstance(value, list):
        return [{of: _shown(of, part) for of, part in row.items()} for row in value]
    if isinstance(value, datetime):
        return words.moment(value)
    if not isinstance(value, date):
        return value
    return words.due_day(value) if name in TO_BE_MET else words.day(value)
