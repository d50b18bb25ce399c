"""The outbox on the desk: to be read, and to send again what could not be delivered."""

from typing import Any

import rules
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import ReadOnly
from look import words
from notifications import reasons, services
from notifications.mails import MAILS, title_of
from notifications.models import Attempt, Message
from notifications.queries import STANDING, with_bounces
from workflow.errors import Refused


class AttemptInline(admin.TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    readonly_fields = ["started_at", "finished_at", "outcome", "error", "came_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        return super().get_queryset(request).select_related("bounce")

    @admin.display(description=gettext_lazy("came back"))
    def came_back(self, row: Attempt) -> str:
        bounce = getattr(row, "bounce", None)
        return f"{words.moment(bounce.at)}: {bounce}" if bounce else ""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("notifications.view_message", request.user))


class CameBack(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("came back"), "came_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, messages: QuerySet[Message]) -> QuerySet[Message]:
        if self.value() is None:
            return messages
        return messages.filter(Q(came_back_at=None) if self.value() == "no" else ~Q(came_back_at=None))


STANDING_WORDS = {
    "due": gettext_lazy("Waiting, and due"),
    "put_off": gettext_lazy("Not taken yet, tried again"),
    "refused_today": gettext_lazy("Refused for good today"),
    "came_back_today": gettext_lazy("Came back today"),
}


class Stands(admin.SimpleListFilter):
    """What the page of health counts."""

    title, parameter_name = gettext_lazy("how it stands"), "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, str(words)) for code, words in STANDING_WORDS.items()]

    def queryset(self, request: HttpRequest, messages: QuerySet[Message]) -> QuerySet[Message]:
        narrowed = STANDING.get(self.value() or "")
        return narrowed(messages) if narrowed else messages


class Kind(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("kind"), "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((code, title_of(code)) for code in MAILS), key=lambda kind: kind[1])

    def queryset(self, request: HttpRequest, messages: QuerySet[Message]) -> QuerySet[Message]:
        return messages.filter(template=self.value()) if self.value() else messages


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["subject", "email", "standing", "tries", "created_at", "sent_at"]
    list_filter = ["status", Stands, CameBack, Kind, "internal"]
    search_fields = ["subject_ref", "email", "key"]
    exclude = ["body_html", "withheld_because"]
    readonly_fields = ["why_withheld"]
    inlines = [AttemptInline]
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return with_bounces(super().get_queryset(request))

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def standing(self, row: Any) -> str:
        if row.came_back_at:
            return _("Came back %(moment)s") % {"moment": words.moment(row.came_back_at)}
        return str(row.get_status_display())

    @admin.display(description=gettext_lazy("why it was not sent"))
    def why_withheld(self, row: Message) -> str:
        return reasons.in_words(row.withheld_because)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"title": self.model._meta.verbose_name_plural.capitalize()}
        return super().changelist_view(request, context | (extra_context or {}))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("notifications.view_message", request.user))

    @admin.action(description=gettext_lazy("Send again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        sent = 0
        for message in chosen:
            try:
                services.resend(message=message, actor=request.user)  # type: ignore[arg-type]
                sent += 1
            except Refused as refusal:
                self.message_user(request, f"{message.subject}: {refusal}", messages.WARNING)
        if sent:
            words = ngettext(
                "%(count)s message will be sent again.", "%(count)s messages will be sent again.", sent
            )
            self.message_user(request, words % {"count": sent})

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return bool(rules.has_perm("notifications.resend_message", request.user))
