"""The outbox on the desk, where the cases are known: only the mail of the own regulator's cases is seen."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from applications.queries.told import readable_by
from notifications.admin import MessageAdmin
from notifications.models import Message

admin.site.unregister(Message)


@admin.register(Message)
class OutboxAdmin(MessageAdmin):
    """Mail of a case is for those whom it was filed with, so that of a draft is for nobody."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return readable_by(request.user, super().get_queryset(request))
