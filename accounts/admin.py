"""People and their invitations on the desk: to be read. They change through their own pages and services.

Firms and who acts for them are not here: staff see a firm in its cases.
"""

from typing import Any

import rules
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import StaffInvitation, User

# Pages that come with the packages, and that no rule here lets anybody open.
admin.site.unregister([Group, EmailAddress, Authenticator])


class ReadOnly(admin.ModelAdmin):
    """Shows rows to whomever a rule lets view them; nobody adds, changes or deletes here."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        name = get_permission_codename("view", self.opts)
        return bool(rules.has_perm(f"{self.opts.app_label}.{name}", request.user, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ["full_name", "email", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["full_name", "email"]
    fields = ["full_name", "email", "language", "zone", "is_staff", "is_active", "date_joined", "last_login"]


@admin.register(StaffInvitation)
class StaffInvitationAdmin(ReadOnly):
    list_display = ["full_name", "email", "invited_by", "invited_at", "expires_at", "accepted_at"]
    list_select_related = ["invited_by"]
    fields = [
        "full_name",
        "email",
        "language",
        "invited_by",
        "invited_at",
        "expires_at",
        "accepted_at",
        "accepted_by",
    ]
