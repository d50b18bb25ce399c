"""The page on which administrators see whether the service is whole, since when, and what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.queries.told import readable_by
from kzcustody_site import health
from notifications.admin import STANDING_WORDS
from notifications.models import Message, Outcome
from notifications.queries import last_answer, put_off, refused_today

METHODS = ("GET", "HEAD")
# By the name of a list of the outbox, what it is called.
NUMBERS: dict[str, str | Promise] = {
    "waiting": gettext_lazy("Waiting"),
    "due": STANDING_WORDS["due"],
    "put_off": STANDING_WORDS["put_off"],
    "failed": gettext_lazy("Not delivered"),
    "refused_today": STANDING_WORDS["refused_today"],
    "withheld": gettext_lazy("Not sent: no longer true"),
    "came_back_today": STANDING_WORDS["came_back_today"],
}
# Of each part: its name, what the moment beside it is, what to do where it fails.
WORDS = {
    "database": (
        gettext_lazy("Database"),
        gettext_lazy("runs since"),
        gettext_lazy("Look at PostgreSQL first: all else needs it."),
    ),
    "sign_in": (
        gettext_lazy("Sign-in"),
        gettext_lazy("last sign-in"),
        gettext_lazy("Nobody can sign in. Look at PostgreSQL: sessions and attempts are kept there."),
    ),
    "redis": (
        gettext_lazy("Redis"),
        gettext_lazy("last took a task"),
        gettext_lazy(
            "People go on working; mail and virus checks wait. Start it: nothing needs to be restored."
        ),
    ),
    "worker": (
        gettext_lazy("Worker"),
        gettext_lazy("last began to send mail"),
        gettext_lazy("Mail, virus checks and previews wait. Start it, and read the end of its log."),
    ),
    "beat": (
        gettext_lazy("Beat, which keeps the timetable"),
        gettext_lazy("last sent a task"),
        gettext_lazy("Start it. What came due meanwhile is then sent once; nothing is lost."),
    ),
    "outbox": (
        gettext_lazy("Outbox"),
        gettext_lazy("oldest message waits since"),
        gettext_lazy(
            "Mail does not go. Read below what the mail server said; where it said nothing, the log of the "
            "worker says why it cannot be reached."
        ),
    ),
    "scanner": (
        gettext_lazy("Virus scanner"),
        gettext_lazy("last checked a file"),
        gettext_lazy("Files wait in quarantine until they are checked. Look at clamd and its signatures."),
    ),
    "store": (
        gettext_lazy("Store of files"),
        gettext_lazy("last took a file"),
        gettext_lazy(
            "What was stored last cannot be read. Look at the store and its keys before anybody uploads more."
        ),
    ),
    "reminders": (
        gettext_lazy("Run of reminders"),
        gettext_lazy("last began"),
        gettext_lazy(
            "Dates are not told of. Look at the worker and at the tasks below; the next run tells of all."
        ),
    ),
    "sweep": (
        gettext_lazy("Sweep of what uploads left behind"),
        gettext_lazy("last began"),
        gettext_lazy("Pieces of files pile up, and nothing is lost. Look at the tasks below."),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str | Promise
    holds: bool
    at_is: str | Promise
    at: datetime | None
    advice: str | Promise


@dataclass(frozen=True, kw_only=True)
class Number:
    """``count`` is what the reader's list holds, ``everywhere`` that of all regulators."""

    text: str | Promise
    count: int
    everywhere: int
    query: str

    @property
    def url(self) -> str:
        """The list of what is counted; empty where there is none."""
        return f"{reverse('admin:notifications_message_changelist')}?{self.query}" if self.count else ""


def page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    if not rules.has_perm("kzcustody_site.view_health", request.user):
        raise PermissionDenied
    context = {
        **site.each_context(request),
        "title": _("Health of the service"),
        "rows": _rows(),
        "numbers": _numbers(request.user),
        "alarms": _alarms(),
        "failed_tasks": health.failed_tasks(),
        "limits": {name: int(limit.total_seconds() // 60) for name, limit in health.LIMITS.items()},
        "refused": health.REFUSED,
    }
    return TemplateResponse(request, "admin/health.html", context)


def _rows() -> list[Row]:
    rows = []
    for part in health.parts():
        name, at_is, advice = WORDS[part.name]
        rows.append(Row(name=name, holds=part.holds, at_is=at_is, at=part.at, advice=advice))
    return rows


def _numbers(user: Any) -> list[Number]:
    everywhere = health.outbox(Message.objects.all())
    seen = health.outbox(readable_by(user, Message.objects.all()))
    return [
        Number(
            text=text,
            count=seen[name],
            everywhere=everywhere[name],
            query=f"{'stands' if name in STANDING_WORDS else 'status__exact'}={name}",
        )
        for name, text in NUMBERS.items()
    ]


def _alarms() -> list[str]:
    """What the mail server does not take, of all regulators, and what it said."""
    found = []
    every = Message.objects.all()
    if count := put_off(every).count():
        words = ngettext(
            "%(count)s message was not taken when it was tried, and is tried again. Last answer: %(said)s.",
            "%(count)s messages were not taken when they were tried, and are tried again. "
            "Last answer: %(said)s.",
            count,
        )
        found.append(words % {"count": count, "said": last_answer(Outcome.DEFERRED, Outcome.UNCERTAIN)})
    if count := refused_today(every).count():
        words = ngettext(
            "The mail server refused %(count)s message for good today. Last answer: %(said)s.",
            "The mail server refused %(count)s messages for good today. Last answer: %(said)s.",
            count,
        )
        found.append(words % {"count": count, "said": last_answer(Outcome.REFUSED)})
    return found
