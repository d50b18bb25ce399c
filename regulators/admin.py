"""The desk's pages on regulators, all of them for reading: what changes here changes by a service."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from regulators.models import AuthorityBasis, Delegation, LicenceType, Regulator, RuleBookVersion, Staff
from regulators.queries import is_administrator, regulators_of


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows of the regulators that the member of staff serves, never to be changed from here."""

    of_regulator = "regulator"

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super().get_queryset(request).filter(**{f"{self.of_regulator}__in": regulators_of(request.user)})
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(regulators_of(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ForAdministrators(ReadOnlyAdmin):
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)


@admin.register(Regulator)
class RegulatorAdmin(ReadOnlyAdmin):
    of_regulator = "pk"
    list_display = ("code", "name")


@admin.register(LicenceType)
class LicenceTypeAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "regulator")


@admin.register(RuleBookVersion)
class RuleBookVersionAdmin(ReadOnlyAdmin):
    of_regulator = "licence_type__regulator"
    list_display = ("code", "version", "licence_type", "published_at", "sha256")


@admin.register(Staff)
class StaffAdmin(ForAdministrators):
    list_display = ("user", "regulator", "role", "valid_from", "valid_until", "granted_by", "confirmed_by")
    list_filter = ("role",)
    list_select_related = ("user", "regulator", "granted_by", "confirmed_by")


@admin.register(Delegation)
class DelegationAdmin(ForAdministrators):
    of_regulator = "staff__regulator"
    list_display = ("staff", "licence_type", "act", "valid_from", "valid_until", "granted_by")
    list_select_related = ("staff__user", "staff__regulator", "licence_type", "granted_by")


@admin.register(AuthorityBasis)
class AuthorityBasisAdmin(ReadOnlyAdmin):
    of_regulator = "licence_type__regulator"
    list_display = (
        "act", "article", "licence_type", "valid_from", "valid_until", "entered_by", "confirmed_by",
    )  # fmt: skip
