"""What was written about a case: to whom, when, and whether it arrived."""

from typing import Any

import rules
from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url
from applications.desk.words import ARRIVAL, CAME_BACK
from applications.queries.told import readable_by, told_of
from applications.services.resending import send_again
from notifications import reasons
from notifications.mails import title_of
from notifications.models import Message, Status
from workflow.errors import Reason

SIZE = 25


class AgainForm(forms.Form):
    message = forms.IntegerField(min_value=1, max_value=10**17)


class ToldPage(Page):
    """Newest first, a page at a time from the last message that was shown."""

    name, path = "told", "told/"
    done = gettext_lazy("The message waits to be sent again.")
    title, permission = gettext_lazy("E-mails and notices"), "work_on_case"
    to_post = "resend_mail"
    template = "admin/applications/told.html"

    def load(self) -> None:
        before = self.request.GET.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 18):
            raise Http404
        found = told_of(self.case)
        self.rows = list((found.filter(pk__lt=int(before)) if before else found)[: SIZE + 1])

    def form(self, data: Any = None) -> AgainForm:
        return AgainForm(data)

    def run(self, data: dict[str, Any]) -> Message:
        return send_again(actor=self.user, case=self.case, **data)

    def done_url(self, result: Message) -> str:
        return page_url(self.case, "told")

    def render(self, form: Any, *, status: int = 200, **context: Any) -> HttpResponse:
        """No form of its own: what is wrong is said above the list."""
        if form is not None and form.errors:
            context["reasons"] = [Reason(_("Choose a message that was written about this case."))]
        return super().render(None, status=status, **context)

    def context(self) -> dict[str, Any]:
        shown = self.rows[:SIZE]
        readable = self._readable(shown)
        may = rules.has_perm("applications.resend_mail", self.user, self.case)
        return {
            "rows": [row_of(message, readable=message.pk in readable, may_resend=may) for message in shown],
            "told_url": page_url(self.case, "told"),
            "older": shown[-1].pk if len(self.rows) > SIZE else None,
        }

    def _readable(self, shown: list[Message]) -> frozenset[int]:
        """Those whose text this person may open in the outbox."""
        if not shown or not rules.has_perm("notifications.view_message", self.user):
            return frozenset()
        these = Message.objects.filter(pk__in=[message.pk for message in shown])
        return frozenset(readable_by(self.user, these).values_list("pk", flat=True))


def row_of(message: Any, *, readable: bool, may_resend: bool) -> dict[str, Any]:
    """``again``: it can be sent again by the reader; ``mended``: it then goes to another address."""
    again = may_resend and bool(message.came_back_at or message.status == Status.FAILED)
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
        "again": again,
        "mended": message.recipient.email
        if again and message.recipient and message.recipient.email != message.email
        else "",
    }
