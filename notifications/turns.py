"""What waits is looked at again when its turn comes: what is for somebody who has nothing to do with it any
more is not sent, nor a reminder of a date that stands no more.
"""

import logging
from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.queries import firms_of
from accounts.zones import zone_of
from notifications import mails
from notifications.models import ACCOUNT, Message, Reminder, Status
from notifications.reasons import LEFT_CASE, LEFT_FIRM, NO_LONGER_DUE, OF_THE_RECIPIENT
from regulators.queries import regulators_of

logger = logging.getLogger(__name__)
DAYS = ("due", "saved_on")  # of the rows of a mail of several dates


def still_goes(message: Message) -> bool:
    """Whether a waiting message is to go. Of a mail of several dates only those stay in it that stand, and
    that are of cases of its recipient.

    Effects, on the locked row: the words are written again without what is left out, or the message is
    withheld.
    """
    return _passes(message) and _is_theirs(message) and _is_true(message)


def leave_out(message: Message, gone: Collection[dict[str, Any]], reason: str) -> bool:
    """Whether the message still has something to say without these of its lines; one without lines has not.

    Effects, on the locked row: the words are written again and what is left out is kept beside them with the
    reason, or the message is withheld with it. What was to be reminded of counts as not said, and is said
    again where its date stands again; where it is the recipient who is gone, unless it is said to others.
    """
    rows = message.context.get("rows", [])
    kept = [row for row in rows if row not in gone]
    if kept and not gone:
        return True
    _take_back(message, gone if rows else [{"reminder": message.reminder_id}], reason)
    if kept:
        _write_again(message, kept, [{**row, "because": reason} for row in gone])
    else:
        message.status, message.withheld_because = Status.WITHHELD, reason
        message.save(update_fields=["status", "withheld_because"])
    return bool(kept)


def _passes(message: Message) -> bool:
    """What another room has against it: a reason, or nothing."""
    found = (import_string(path)(message) for path in settings.MESSAGE_CHECKS)
    why = next(filter(None, found), "")
    return not why or leave_out(message, [], why)


def _is_theirs(message: Message) -> bool:
    """Who left the firm, or works on the case no more, is not written to about it. What is of the own account
    goes, and what is for an address that is nobody's.
    """
    reader = message.recipient
    if reader is None or message.subject_ref == ACCOUNT:
        return True
    if message.firm_id:
        is_member = firms_of(reader).filter(pk=message.firm_id).exists()
        return is_member or leave_out(message, message.context.get("rows", []), LEFT_FIRM)
    if not message.about:
        return not message.internal or bool(regulators_of(reader)) or leave_out(message, [], LEFT_CASE)
    left = {about for path in settings.RECIPIENT_CHECKS for about in import_string(path)(message)}
    rows = message.context.get("rows", [])
    if not left:
        return True
    return leave_out(message, [row for row in rows if row["about"] in left], LEFT_CASE)


def _is_true(message: Message) -> bool:
    if message.reminder is None:
        return True
    rows = message.context.get("rows", [])
    if not rows:
        return _stands(message.reminder) or leave_out(message, [], NO_LONGER_DUE)
    reminders = Reminder.objects.in_bulk([row["reminder"] for row in rows if "reminder" in row])
    over = {pk for pk, reminder in reminders.items() if not _stands(reminder)}
    return leave_out(message, [row for row in rows if row.get("reminder") in over], NO_LONGER_DUE)


def _take_back(message: Message, gone: Collection[dict[str, Any]], reason: str) -> None:
    keys = [row["reminder"] for row in gone if row.get("reminder")]
    if reason in OF_THE_RECIPIENT:
        keys = [key for key in keys if not _is_said_to_others(key, message)]
    if keys:
        waiting = Reminder.objects.filter(pk__in=keys, taken_back_at=None)
        waiting.update(taken_back_at=timezone.now())


def _is_said_to_others(reminder: int, message: Message) -> bool:
    said = Q(reminder=reminder)
    if message.about:  # what is about no case has no lines
        in_a_line = Q(context__rows__contains=[{"reminder": reminder}])
        said = Q(said | in_a_line, about__overlap=message.about)
    others = Message.objects.filter(said).exclude(pk=message.pk)
    return others.exclude(status=Status.WITHHELD).exists()


def _stands(reminder: Reminder) -> bool:
    """A check that fails is logged, and the reminder goes: better one too many."""
    try:
        with transaction.atomic():
            return all(import_string(path)(reminder) for path in settings.REMINDER_CHECKS)
    except Exception:
        logger.exception("The check of %s failed", reminder)
        return True


def _write_again(message: Message, rows: list[dict[str, Any]], gone: list[dict[str, Any]]) -> None:
    first = rows[0]
    left_out = [*message.context.get("left_out", []), *gone]
    message.context = {"items": len(rows), "rows": rows, "left_out": left_out}
    message.subject_ref = first["ref"]
    message.about = mails.cases_of(message.context)
    if len(rows) == 1:
        message.url = first["url"]
    shown = [{name: date.fromisoformat(v) if name in DAYS else v for name, v in row.items()} for row in rows]
    words = mails.render(
        message.template, context={"items": len(rows), "rows": shown}, subject_ref=message.subject_ref,
        language=message.language, zone=zone_of(message.recipient), internal=message.internal,
        url=message.url, is_draft=first["is_draft"],
    )  # fmt: skip
    message.subject, message.body_text, message.body_html = words.subject, words.text, words.html
    message.save()
