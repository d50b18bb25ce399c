"""What waits is looked at again when its turn comes: a reminder of a date that stands no more is not sent."""

import logging
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from notifications import mails
from notifications.models import Message, Reminder, Status

logger = logging.getLogger(__name__)
NO_LONGER_DUE = "no longer due"
DAYS = ("due", "saved_on")  # of the rows of a mail of several dates


def still_true(message: Message) -> bool:
    """Whether a waiting message is to go. Of a mail of several dates only those that stand stay in it.

    Effects, on the locked row: the words are written again without what is no longer due, or the message is
    withheld.
    """
    if message.reminder is None:
        return True
    rows = message.context.get("rows", [])
    reminders = Reminder.objects.in_bulk([row["reminder"] for row in rows if "reminder" in row])
    kept = [
        row for row in rows if row.get("reminder") not in reminders or _stands(reminders[row["reminder"]])
    ]
    if kept if rows else _stands(message.reminder):
        if len(kept) < len(rows):
            _write_again(message, kept)
        return True
    message.status, message.withheld_because = Status.WITHHELD, NO_LONGER_DUE
    message.save(update_fields=["status", "withheld_because"])
    return False


def _stands(reminder: Reminder) -> bool:
    """A check that fails is logged, and the reminder goes: better one too many."""
    try:
        with transaction.atomic():
            return all(import_string(path)(reminder) for path in settings.REMINDER_CHECKS)
    except Exception:
        logger.exception("The check of %s failed", reminder)
        return True


def _write_again(message: Message, rows: list[dict[str, Any]]) -> None:
    first = rows[0]
    message.context = {"items": len(rows), "rows": rows}
    message.subject_ref = first["ref"]
    if len(rows) == 1:
        message.url = first["url"]
    shown = [{name: date.fromisoformat(v) if name in DAYS else v for name, v in row.items()} for row in rows]
    words = mails.render(
        message.template, context={"items": len(rows), "rows": shown}, subject_ref=message.subject_ref,
        language=message.language, internal=message.internal, url=message.url, is_draft=first["is_draft"],
    )  # fmt: skip
    message.subject, message.body_text, message.body_html = words.subject, words.text, words.html
    message.save()
