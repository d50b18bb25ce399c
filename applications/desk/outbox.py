"""The outbox on the desk, where the cases are known: only the mail of the own regulator's cases is seen."""

from typing import Any

from django.contrib import admin
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from applications.models import Application
from notifications.admin import MessageAdmin
from notifications.models import Message

ID = r"/([0-9a-f-]{36})/"  # in the link of every mail of a case

admin.site.unregister(Message)


@admin.register(Message)
class OutboxAdmin(MessageAdmin):
    """Mail of a case is for those whom it was filed with, so that of a draft is for nobody."""

    def get_queryset(self, request: HttpRequest) -> Any:
        filed = Application.objects.filed_with(request.user).annotate(text=Cast("pk", CharField()))
        of_case = Func(F("url"), Value(ID), function="substring", output_field=CharField())
        found = super().get_queryset(request).annotate(of_case=of_case)
        return found.filter(Q(of_case=None) | Q(of_case__in=filed.values("text")))
