"""Licences on the desk: to be read, and to act on with a second person."""

from functools import partial
from typing import Any

import rules
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from licences import services, standing
from licences.certificates.page import pdf_response
from licences.desk import work
from licences.desk.forms import form_of
from licences.models import Licence, ReadinessRecord
from look.papers import language_of, pdf_links
from regulators.admin import ReadOnlyAdmin
from regulators.queries import notices_for, regulators_of
from workflow.acts import Act, acts_of
from workflow.admin import ActsOnlyAdmin
from workflow.queries import Offer, proposal_of, waiting_proposals


@admin.register(Licence)
class LicenceAdmin(ActsOnlyAdmin):
    list_display = ["number", "firm_name", "licence_type", "state", "granted_at", "valid_until"]
    list_filter = ["state", "restricted", "winding_down"]
    list_select_related = ["licence_type"]
    search_fields = ["number", "firm_name", "bin"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        pages = [
            path(page.path, wrap(partial(work.show, self, page)), name=f"licences_licence_{page.name}")
            for page in work.PAGES
        ]
        view = wrap(self.certificate_view)
        own = path("<path:object_id>/certificate/", view, name="licences_licence_certificate")
        return [*pages, own, *super().get_urls()]

    def certificate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The newest certificate as PDF, in the language that the reader chose."""
        licence = self.get_object(request, unquote(object_id))
        newest = licence.certificates.last() if licence else None
        if newest is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return pdf_response(newest, language_of(request))

    def act_facts(self, obj: Any, act: Act) -> list[tuple[str, Any]]:
        return [*super().act_facts(obj, act), (_("Firm"), obj.firm_name)]

    def record_page(self, request: HttpRequest, licence: Licence) -> HttpResponse:
        """The licence with its acts, notices and history."""
        if not rules.has_perm("licences.read_at_the_desk", request.user, licence):
            raise PermissionDenied
        newest = licence.certificates.last()
        history = list(licence.history.all())
        may_act = self.has_change_permission(request, licence)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(licence),
            "licence": licence,
            "original": licence,
            "acts": self.act_links(request, licence) if may_act else [],
            "may": {
                name: rules.has_perm(f"licences.{name}", request.user, licence)
                for name in ("serve_notice", "answer_representation")
            },
            "licence_notices": licence.notices.prefetch_related("representations").order_by("-pk"),
            "proposals": _waiting(licence),
            "conditions": standing.conditions_of(licence, history),
            "history": standing.history_of(history),
            "certificate": newest,
            "pdfs": pdf_links(reverse("admin:licences_licence_certificate", args=[licence.pk])),
        }
        return TemplateResponse(request, "admin/licences/licence.html", context)

    def act_effects(self, request: HttpRequest, obj: Licence, act: Act) -> list[str]:
        """With what was proposed, for the person who is to confirm it."""
        effects = super().act_effects(request, obj, act)
        proposal = proposal_of(obj, act)
        if proposal is None:
            return effects
        data = proposal.data
        effects += standing.changes_in_words(data.get("changes") or {})
        told = (
            (_("Note for the register"), "public_note"),
            (_("Proof that client assets were returned"), "proof_of_return"),
            (_("The firm's own application"), "firm_asked"),
            (_("Why it cannot wait for the firm"), "immediate"),
            (_("Preliminary notice"), "notice"),
        )
        return effects + [f"{label}: {data[name]}" for label, name in told if data.get(name)]

    def act_offers(self, request: HttpRequest, obj: Licence) -> list[Offer]:
        """Without what makes no sense for this licence, whatever anybody does."""
        beside = {
            "restrict" if obj.restricted else "lift_restriction",
            "wind_down" if obj.winding_down else "end_winding_down",
            "" if obj.valid_until else "expire",
        }
        return [found for found in super().act_offers(request, obj) if found.act.name not in beside]

    def run_act(
        self, request: HttpRequest, obj: Licence, act: Act, version: int, data: dict[str, Any]
    ) -> Any:
        if proposal_of(obj, act) is not None:
            return super().run_act(request, obj, act, version, data)
        return services.propose(
            actor=request.user, licence=obj, act=act.name, expected_version=version, **data
        )

    def act_form_of(self, obj: Licence, act: Act) -> type[forms.Form]:
        return form_of(act.name, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = super().get_queryset(request).filter(licence_type__regulator__in=regulators_of(request.user))
        return mine.select_related("licence_type__regulator", "authority_basis")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("licences.view_licence", request.user, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(rules.has_perm("licences.act_on_licence", request.user, obj))


def _waiting(licence: Licence) -> list[dict[str, Any]]:
    return [
        {
            "label": acts_of(Licence)[one.transition].label,
            "at": one.proposed_at,
            "who": one.proposed_by.audit_name,
            "reason": one.data.get("reason", ""),
            "outgrown": one.object_version != licence.version,
        }
        for one in waiting_proposals(licence)
    ]


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
