"""The outbox on the desk: to be read, and to send again what could not be delivered."""

from typing import Any

import rules
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import ReadOnly
from notifications import services
from notifications.models import Attempt, Message
from workflow.errors import Refused


class AttemptInline(admin.TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    readonly_fields = ["started_at", "finished_at", "outcome", "error"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("notifications.view_message", request.user))


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["subject", "email", "status", "tries", "maybe_taken", "created_at", "sent_at"]
    list_filter = ["status", "template", "internal"]
    search_fields = ["subject_ref", "email", "key"]
    exclude = ["body_html"]
    inlines = [AttemptInline]
    actions = ["send_again"]

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
