"""Licences on the desk: to be read, and to act on with a second person."""

from typing import Any

import rules
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from licences.certificates.page import pdf_response
from licences.forms import ActForm, SurrenderForm
from licences.models import Licence, ReadinessRecord, RegisterEntry
from regulators.admin import ReadOnlyAdmin
from regulators.queries import notices_for, regulators_of
from workflow.acts import Act
from workflow.admin import StatefulAdmin


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
class LicenceAdmin(StatefulAdmin):
    """Nothing is typed into a licence: it changes by acts alone."""

    act_forms = {
        "suspend": ActForm,
        "lift": ActForm,
        "revoke": ActForm,
        "surrender": SurrenderForm,
        "expire": ActForm,
    }
    list_display = ["number", "firm_name", "licence_type", "state", "granted_at", "valid_until"]
    list_filter = ["state"]
    list_select_related = ["licence_type"]
    search_fields = ["number", "firm_name", "bin"]
    exclude = ["search_text"]
    inlines = [HistoryInline]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.certificate_view)
        own = path("<path:object_id>/certificate/", view, name="licences_licence_certificate")
        return [own, *super().get_urls()]

    def certificate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The newest certificate as PDF, in the language that the reader chose."""
        licence = self.get_object(request, unquote(object_id))
        newest = licence.certificates.last() if licence else None
        if newest is None or request.method not in ("GET", "HEAD"):
            raise Http404
        chosen = request.GET.get("language", "")
        known = chosen in dict(settings.LANGUAGES)
        return pdf_response(newest, chosen if known else (get_language() or "en")[:2])

    def act_facts(self, obj: Any, act: Act) -> list[tuple[str, Any]]:
        return [*super().act_facts(obj, act), (_("Firm"), obj.firm_name)]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(licence_type__regulator__in=regulators_of(request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in Licence._meta.fields if field.name != "search_text"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("licences.view_licence", request.user, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("licences.act_on_licence", request.user, obj))


@admin.register(ReadinessRecord)
class ReadinessRecordAdmin(ReadOnlyAdmin):
    of_regulator = "licence_type__regulator"
    list_display = ["reference", "firm", "licence_type", "rulebook_version", "recorded_at"]
    list_select_related = ["firm", "licence_type"]
    search_fields = ["reference", "firm__name"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"notices": notices_for(request.user), **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        told = {"notices": notices_for(request.user), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, told)
