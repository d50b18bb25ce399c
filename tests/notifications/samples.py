"""What each mail is told, in every case that its words tell apart. A new mail is one more line of SAMPLES."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import mails as accounts
from look.mail_frame import Words
from notifications import mails

DAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)
TARGET: str | Promise = gettext_lazy("our target, not law")
REF, DRAFT = "KZC-2026-0001", "Draft for Providing Custody"
LINK = "http://localhost:8000/applications/1/"
KEY = "http://localhost:8000/a/key/"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """``title`` says which case it is."""

    title: str
    context: dict[str, Any] = field(default_factory=dict)
    is_draft: bool = False


def one(title: str = "", *, is_draft: bool = False, **context: Any) -> list[Sample]:
    return [Sample(title=title, context=context, is_draft=is_draft)]


def counted(name: str, *counts: int, **context: Any) -> list[Sample]:
    """One, a few and many, which have forms of their own in Russian."""
    found = counts or (1, 3, 5)
    return [Sample(title=f"{name} {count}", context={name: count, **context}) for count in found]


def row(kind: str, case: int, **more: Any) -> dict[str, Any]:
    """A line of the mail of several dates; a draft has no reference yet."""
    ref = DRAFT if kind == "draft_idle" else f"KZC-2026-000{case}"
    return {"ref": ref, "about": f"application:{case}", "kind": kind, "due": DAY, **more}


ROWS = [
    row("reminder", 1), row("overdue", 2), row("return_reminder", 3), row("return_overdue", 3),
    row("notice_reminder", 3), row("condition_reminder", 4, number=2),
    row("condition_overdue", 4, number=1), row("period_ends", 4),
    row("file_expires", 5, requirement="AML-02"), row("file_expired", 5, requirement="AML-03"),
    row("draft_idle", 6, saved_on=DAY),
]  # fmt: skip
ROWS_OF_STAFF = [
    row(f"internal_{kind}", 1, requirement="AML-02", number=2, stage="AML")
    for kind in (
        "return_passed", "approval_passed", "silence", "silence_over", "file_expired", "completeness",
        "completeness_overdue", "decision", "decision_overdue", "consultation", "consultation_overdue",
        "notice_over", "condition", "condition_overdue", "condition_over", "stage",
    )
]  # fmt: skip


def of_account(**context: Any) -> list[Sample]:
    """With what is known of the browser, and without."""
    from_where = {"network": "91.185.x.x", "browser": "Firefox, Windows"}
    return [
        *one("from a browser", at=AT, **from_where, **context),
        *one("from nowhere known", at=AT, network="", browser="", **context),
    ]


SAMPLES: dict[str, list[Sample]] = {
    "submitted": one("within a target", received_on=AT, reply_by=DAY, basis=TARGET)
    + one("without a length", received_on=AT),
    "accepted": one("within a target", clock_started_on=DAY, reply_by=DAY, basis=TARGET)
    + one("without a length", clock_started_on=DAY),
    "returned": counted("items", due=DAY),
    "not_accepted": one(),
    "file_rejected": one(requirement="AML-02") + one("of a draft", is_draft=True, requirement="AML-02"),
    "request_sent": counted("points", due=DAY) + one("clock stands", points=1, due=DAY, clock_paused=True),
    "request_answered": one(),
    "reply_received": counted("points", left=0)
    + counted("left", points=1)
    + one("clock runs again", points=1, left=0, clock_restarted=True),
    "request_question": one(),
    "request_reply": one(),
    "extension_asked": one(),
    "extension_granted": one(due=DAY),
    "extension_declined": one(due=DAY),
    "period_extended": one(due=DAY, basis=TARGET),
    "change_resolved": one(),
    "stage_approved": one("another comes", stage="Business plan", next_stage="Capital")
    + one("the last", stage="Capital"),
    "approved_in_principle": one(),
    "decision": one(),
    "letter": one(),
    "corrected": one(),
    "condition_reminder": one(number=2, due=DAY),
    "condition_overdue": one(number=2, due=DAY),
    "period_ends": counted("working_days", 0, 1, 3, 5, due=DAY),
    "draft_idle": counted("left", due=DAY, saved_on=DAY)
    + one("of a draft", is_draft=True, left=0, due=DAY, saved_on=DAY),
    "digest": counted("items", rows=ROWS),
    "internal_digest": counted("items", rows=ROWS_OF_STAFF),
    "checks_due": counted("items"),
    "reminder": counted("working_days", 0, 1, 3, 5, due=DAY),
    "overdue": one(due=DAY),
    "file_expires": one(requirement="AML-02", due=DAY),
    "file_expired": one(requirement="AML-02", due=DAY),
    "return_reminder": counted("working_days", 0, 1, 3, 5, due=DAY),
    "return_overdue": one(due=DAY),
    "notice_reminder": counted("working_days", 0, 1, 3, 5, due=DAY),
    "refusal_notice": one(due=DAY, basis=TARGET),
    "notice_moved": one(due=DAY, basis=TARGET),
    "licence_notice": one(due=DAY),
    "licence_notice_withdrawn": one(),
    "licence_changed": one(),
    "withdrawn": one(withdrawn_on=DAY),
    "meeting_answered": one(),
    "internal_return_passed": one(due=DAY),
    "internal_approval_passed": one(due=DAY),
    "internal_silence": counted("working_days", due=DAY),
    "internal_silence_over": one(due=DAY),
    "internal_file_expired": one(requirement="AML-02", due=DAY),
    "internal_file_rejected": one(requirement="AML-02"),
    "internal_meeting": one(),
    "internal_assigned": one(),
    "internal_submitted": one(),
    "internal_weekly_report": one(
        regulators="AFSA",
        open=12,
        ours=7,
        decisions=2,
        firms=5,
        over=1,
        coming=4,
        entered=3,
        decided=1,
        first=DAY,
        last=DAY,
    ),
    "internal_export_ready": counted("lines", due=DAY),
    "internal_export_failed": one(),
    "security_sign_in": of_account(),
    "security_password": of_account(),
    "security_email": of_account(is_old=False) + of_account(is_old=True),
    "security_factor_added": of_account(factor="webauthn") + of_account(factor="totp"),
    "security_factor_removed": of_account(factor="webauthn") + of_account(factor="totp"),
    "security_codes": of_account(),
    "security_factors_lost": of_account(),
}
# To staff about cases, though their names do not say so.
TO_STAFF = {"request_answered", "request_question", "extension_asked", "checks_due"}
# Of these there is no row in the outbox, since their links are keys.
WITH_KEY: dict[str, dict[str, Any]] = {
    **{name: {link: KEY} for name, (_action, link) in accounts.OF_SIGN_IN.items()},
    "accounts/email/firm_invitation": {"firm": "Altyn Custody", "end": AT},
    "accounts/email/staff_invitation": {"end": AT},
    "portal/email/own_part": {"firm": "Altyn Custody", "end": AT},
}


def is_internal(template: str) -> bool:
    return template.startswith("internal_") or template in TO_STAFF


def words_of(template: str, sample: Sample, language: str, zone: str = "Asia/Almaty") -> Words:
    return mails.render(
        template,
        context=sample.context,
        subject_ref=DRAFT if sample.is_draft else REF,
        language=language,
        internal=is_internal(template),
        url=LINK,
        zone=zone,
        is_draft=sample.is_draft,
    )


def words_with_key(name: str, language: str) -> Words:
    context = WITH_KEY[name]
    if name in accounts.OF_SIGN_IN:
        return accounts.of_sign_in(name, context=context, language=language)
    action = gettext_lazy("See what is offered")
    return accounts.with_key(name, action=action, link=KEY, context=context, language=language)


def all_words(language: str) -> Iterator[tuple[str, str, Words]]:
    """Of every mail its name, which case it is, and its words."""
    for template, samples in SAMPLES.items():
        for sample in samples:
            yield template, sample.title, words_of(template, sample, language)
    for name in WITH_KEY:
        yield name.replace("/email/", "_"), "", words_with_key(name, language)
