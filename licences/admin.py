"""Licences on the desk: to be read."""

from typing import Any

import rules
from django.contrib import admin
from django.http import HttpRequest

from licences.models import Licence, ReadinessRecord, RegisterEntry
from regulators.admin import ReadOnlyAdmin


class HistoryInline(admin.TabularInline):
    model = RegisterEntry
    extra = 0
    can_delete = False
    readonly_fields = ["what", "from_state", "to_state", "at", "text"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("licences.view_licence", request.user, obj))


@admin.register(Licence)
class LicenceAdmin(ReadOnlyAdmin):
    of_regulator = "licence_type__regulator"
    list_display = ["number", "firm_name", "licence_type", "state", "granted_at", "valid_until"]
    list_filter = ["state"]
    list_select_related = ["licence_type"]
    search_fields = ["number", "firm_name", "bin"]
    exclude = ["search_text"]
    inlines = [HistoryInline]


@admin.register(ReadinessRecord)
class ReadinessRecordAdmin(ReadOnlyAdmin):
    of_regulator = "licence_type__regulator"
    list_display = ["reference", "firm", "licence_type", "rulebook_version", "recorded_at"]
    list_select_related = ["firm", "licence_type"]
    search_fields = ["reference", "firm__name"]
