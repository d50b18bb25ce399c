"""The mails there are: what each must be told, and the one action it asks for."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from look import words

OPEN = _("Open the case")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """``needs`` and ``may`` are the names of its context; any other name is refused, so that no personal data
    slips in.
    """

    action: str | Promise = OPEN
    of_account: bool = False  # of the reader's own account, and of no case
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    words: str = ""


def _names(*names: str) -> frozenset[str]:
    return frozenset(names)


def _of_account(*more: str) -> Mail:
    """Of something that happened to the account: when, and from where, as far as is known."""
    return Mail(
        needs=_names("at", "network", "browser", *more), action=_("Look at your account"), of_account=True
    )


# Dates are given as date or datetime, numbers as int; texts in the recipient's language.
MAILS = {
    "submitted": Mail(needs=_names("received_on"), may=_names("reply_by", "basis")),
    "accepted": Mail(needs=_names("clock_started_on"), may=_names("reply_by", "basis")),
    "returned": Mail(needs=_names("items", "due"), action=_("See what is needed")),
    "not_accepted": Mail(action=_("Read the reasons")),
    "file_rejected": Mail(needs=_names("requirement"), action=_("Replace the file")),
    "request_sent": Mail(
        needs=_names("points", "due"), may=_names("clock_paused"), action=_("Answer the request")
    ),
    "request_answered": Mail(),
    "reply_received": Mail(needs=_names("points", "left"), may=_names("clock_restarted")),
    "request_question": Mail(),
    "request_reply": Mail(action=_("Read the reply")),
    "extension_asked": Mail(),
    "extension_granted": Mail(needs=_names("due"), action=_("Answer the request")),
    "extension_declined": Mail(needs=_names("due"), action=_("Read the answer")),
    "change_resolved": Mail(action=_("Read what it means")),
    "stage_approved": Mail(needs=_names("stage"), may=_names("next_stage")),
    "approved_in_principle": Mail(words="decision", action=_("Read the decision")),
    "decision": Mail(action=_("Read the decision")),
    "letter": Mail(action=_("Read the letter")),
    "corrected": Mail(action=_("Read the correction")),
    "condition_reminder": Mail(needs=_names("number", "due"), action=_("See what is due")),
    "draft_idle": Mail(needs=_names("saved_on", "left", "due"), action=_("Go on with the draft")),
    "digest": Mail(needs=_names("items", "rows"), action=_("See what is due")),
    "checks_due": Mail(needs=_names("items"), action=_("See which checks are due")),
    "reminder": Mail(needs=_names("working_days", "due"), action=_("Answer the request")),
    "overdue": Mail(needs=_names("due"), action=_("Answer the request")),
    "file_expires": Mail(needs=_names("requirement", "due"), action=_("Open the question")),
    "file_expired": Mail(needs=_names("requirement", "due"), action=_("Open the question")),
    "return_reminder": Mail(needs=_names("working_days", "due"), action=_("See what is needed")),
    "return_overdue": Mail(needs=_names("due"), action=_("See what is needed")),
    "refusal_notice": Mail(needs=_names("due", "basis"), action=_("Read the notice")),
    "licence_notice": Mail(needs=_names("due"), action=_("Read the notice")),
    "licence_notice_withdrawn": Mail(action=_("Look at your licence")),
    "licence_changed": Mail(action=_("Look at your licence")),
    "withdrawn": Mail(needs=_names("withdrawn_on")),
    "meeting_answered": Mail(action=_("Read the answer")),
    "internal_return_passed": Mail(needs=_names("due")),
    "internal_approval_passed": Mail(needs=_names("due")),
    "internal_file_expired": Mail(needs=_names("requirement", "due")),
    "internal_meeting": Mail(action=_("See who asks for a meeting")),
    "security_sign_in": _of_account(),
    "security_password": _of_account(),
    "security_email": _of_account("is_old"),
    "security_factor_added": _of_account("factor"),
    "security_factor_removed": _of_account("factor"),
    "security_codes": _of_account(),
    "security_factors_lost": _of_account(),
    "internal_assigned": Mail(),
    "internal_submitted": Mail(),
}


@dataclass(frozen=True, kw_only=True)
class Words:
    subject: str
    text: str
    html: str


def render(
    template: str,
    *,
    context: dict[str, Any],
    subject_ref: str,
    language: str,
    internal: bool,
    url: str,
    is_draft: bool = False,
) -> Words:
    """The mail's words in one language. A draft has no reference: ``subject_ref`` is what it is called.

    Raises ValueError for an unknown mail, or a context that does not fit it.
    """
    mail = MAILS.get(template)
    if mail is None:
        raise ValueError(f"There is no mail called {template!r}. There are: {', '.join(sorted(MAILS))}.")
    missing, unknown = mail.needs - context.keys(), context.keys() - mail.needs - mail.may
    if missing or unknown:
        raise ValueError(f"Mail {template!r}: missing {sorted(missing)}, unknown {sorted(unknown)}.")
    name = mail.words or template
    with translation.override(language):
        data = {
            **{name: _shown(value) for name, value in context.items()},
            "ref": subject_ref,
            "base_url": settings.BASE_URL,
        }
        subject = _one_line(_plain(f"mail/{name}.subject.txt", data))
        if internal:
            subject = " ".join((gettext("[Internal]"), subject))
        frame = {
            **data,
            "subject": subject,
            "body": _plain(f"mail/{name}.txt", data).strip(),
            "action": mail.action,
            "url": url,
            "language": language,
            "sender": settings.DEFAULT_FROM_EMAIL,
            "is_draft": is_draft,
            "of_account": mail.of_account,
        }
        return Words(
            subject=subject,
            text=_plain("mail/frame.txt", frame),
            html=get_template("mail/frame.html").render(frame),
        )


def as_json(context: dict[str, Any]) -> dict[str, Any]:
    """The context as the outbox keeps it: dates as ISO text."""
    kept: dict[str, Any] = json.loads(json.dumps(context, cls=DjangoJSONEncoder))
    return kept


def _shown(value: Any) -> Any:
    """A date in words, a time of day with its zone; anything else as it is, in rows too."""
    if isinstance(value, list):
        return [{name: _shown(part) for name, part in row.items()} for row in value]
    if isinstance(value, datetime):
        return words.moment(value)
    return words.day(value) if isinstance(value, date) else value


def _plain(name: str, data: dict[str, Any]) -> str:
    return str(get_template(name).template.render(Context(data, autoescape=False)))  # type: ignore[attr-defined]


def _one_line(text: str) -> str:
    """A header: no line break can start another one."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
