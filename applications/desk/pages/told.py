"""What was written about a case: to whom, when, and whether it arrived."""

from typing import Any

import rules
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page
from applications.desk.words import ARRIVAL, CAME_BACK
from applications.queries.told import readable_by, told_of
from notifications import reasons
from notifications.mails import title_of
from notifications.models import Message

SIZE = 25


class ToldPage(Page):
    """Newest first, a page at a time from the last message that was shown."""

    name, path, methods = "told", "told/", ("GET", "HEAD")
    title, permission = gettext_lazy("E-mails and notices"), "work_on_case"
    template = "admin/applications/told.html"

    def load(self) -> None:
        before = self.request.GET.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 18):
            raise Http404
        found = told_of(self.case)
        self.rows = list((found.filter(pk__lt=int(before)) if before else found)[: SIZE + 1])

    def context(self) -> dict[str, Any]:
        shown = self.rows[:SIZE]
        readable = self._readable(shown)
        return {
            "rows": [row_of(message, readable=message.pk in readable) for message in shown],
            "older": shown[-1].pk if len(self.rows) > SIZE else None,
        }

    def _readable(self, shown: list[Message]) -> frozenset[int]:
        """Those whose text this person may open in the outbox."""
        if not shown or not rules.has_perm("notifications.view_message", self.user):
            return frozenset()
        these = Message.objects.filter(pk__in=[message.pk for message in shown])
        return frozenset(readable_by(self.user, these).values_list("pk", flat=True))


def row_of(message: Any, *, readable: bool) -> dict[str, Any]:
    kind, word = CAME_BACK if message.came_back_at else ARRIVAL[message.status]
    return {
        "message": message,
        "what": title_of(message.template),
        "who": message.recipient.full_name if message.recipient else "",
        "kind": kind,
        "word": word,
        "at": message.came_back_at or message.sent_at,
        "why": reasons.in_words(message.withheld_because),
        "url": reverse("admin:notifications_message_change", args=[message.pk]) if readable else "",
    }
