"""Applications and their stages in Django's admin: a worklist, a case page, and acts."""

from functools import partial
from typing import Any

import rules
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.sessions import passive
from applications.desk import acts, retention
from applications.desk.case_page import case_context
from applications.desk.pages import PAGES
from applications.desk.pages.base import Page, also_viewing, closed, show
from applications.desk.why_not import next_acts, why_not
from applications.desk.words import state_word
from applications.desk.worklist import bulk, handing_over, saved
from applications.desk.worklist import views as worklist
from applications.models import Application, Destruction, IndividualApproval, LegalHold, Stage
from applications.paper import destroyed
from applications.services import individuals
from look import words
from look.papers import language_of
from regulators.keeping import last_day
from regulators.last_day import warn
from regulators.queries import regulators_of
from workflow.acts import Act
from workflow.admin import ActsOnlyAdmin
from workflow.queries import Offer, proposal_of


class CaseBound(ActsOnlyAdmin):
    """What applications and stages share: seen and worked on by staff of the regulator alone, by the rules
    and nothing else. A case changes by pages of work too.
    """

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(regulators_of(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of one case: that it is there. Whoever has a conflict of interest opens nothing of it."""
        if obj is None:
            return bool(regulators_of(request.user))
        return bool(rules.has_perm("applications.know_of_case", request.user, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and bool(rules.has_perm("applications.work_on_case", request.user, obj))

    def record_page(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not self.has_change_permission(request, obj):
            return closed(self, request, getattr(obj, "application", obj), "case")
        return self.page_of(request, obj)

    def page_of(self, request: HttpRequest, obj: Any) -> HttpResponse:
        raise NotImplementedError

    def _run(self, request: HttpRequest, obj: Any, taken: Offer, version: int, form: Any) -> HttpResponse:
        response = super()._run(request, obj, taken, version, form)
        if isinstance(response, HttpResponseRedirect):
            warn(request, form)
        return response

    def act_facts(self, obj: Any, act: Act) -> list[tuple[str, Any]]:
        firm = getattr(obj, "application", obj).firm
        return [*super().act_facts(obj, act), (gettext("Firm"), firm.name)]

    def _page(self, request: HttpRequest, obj: Any, *about: Any, **context: Any) -> Any:
        """The pages of its acts, with what has to stand on every page of the track."""
        notice = getattr(obj, "application", obj).book.notice
        return super()._page(request, obj, *about, notice=notice, **context)


@admin.register(Application)
class ApplicationAdmin(CaseBound):
    hidden_acts = acts.OF_THE_FIRM
    act_forms = acts.FORMS

    def get_queryset(self, request: HttpRequest) -> Any:
        return Application.objects.filed_with(request.user).with_case()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return worklist.show(self, request)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<uuid:pk>/{page.path}",
                self.admin_site.admin_view(self._view_of(page)),
                name=f"applications_application_{page.name}",
            )
            for page in PAGES
        ]
        lists = [
            path(
                f"{name}/",
                self.admin_site.admin_view(partial(page, self)),
                name=f"applications_application_{name.replace('-', '_')}",
            )
            for name, page in (
                ("views", saved.show),
                ("bulk", bulk.show),
                ("hand-over", handing_over.show),
            )
        ]
        return [*own, *lists, *super().get_urls()]

    def _view_of(self, page: type[Page]) -> Any:
        view = partial(show, self, page)
        return passive(view) if page.passive else view

    def page_of(self, request: HttpRequest, obj: Application) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **case_context(obj, request.user),
            **also_viewing(request.user, obj),
        }
        offers = [acts.worded(offer, obj) for offer in self.act_offers(request, obj)]
        context |= {
            "acts": acts.links(
                obj, offers, lambda act: self.act_url(obj, act), listed=next_acts(obj), leads=context["mine"]
            ),
            "why_not": why_not(obj, request.user, offers),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/applications/case.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        return HttpResponseRedirect(f"{self._change_url(obj)}#timeline")

    def _offer(self, request: HttpRequest, obj: Application, act: Act, *, unmet: bool = True) -> Offer:
        return acts.for_case(super()._offer(request, obj, act, unmet=unmet), obj)

    def _form(self, obj: Any, offer: Offer) -> Any:
        return acts.form_of(offer, super()._form(obj, offer))

    def act_effects(self, request: HttpRequest, obj: Application, act: Act) -> list[str]:
        targets = gettext(" or ").join(f"“{state_word(obj, target)}”" for target in act.targets)
        words = gettext("The state changes from “%(old)s” to %(new)s.")
        return [words % {"old": state_word(obj), "new": targets}]

    def run_act(
        self, request: HttpRequest, obj: Application, act: Act, version: int, data: dict[str, Any]
    ) -> Any:
        waiting = proposal_of(obj, act) is not None
        return acts.run(request.user, obj, act, version, data, proposed=waiting)

    def _ask(self, request: HttpRequest, obj: Any, offer: Offer, form: Any, *, status: int = 200) -> Any:
        response: Any = super()._ask(request, obj, offer, form, status=status)
        response.template_name = "admin/applications/act.html"
        response.context_data.update(acts.grounding(obj, offer) | also_viewing(request.user, obj))
        return response


class PartOfCase(CaseBound):
    """Only the acts of a part have pages here; the part itself is shown by a page of its case."""

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = Application.objects.filed_with(request.user)
        related = ("application__firm", "application__licence_type__regulator", "application__rulebook")
        return self.model.objects.filter(application__in=mine).select_related(*related)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:applications_application_changelist"))

    def page_of(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(self._change_url(obj))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.changeform_view(request, object_id)


@admin.register(IndividualApproval)
class IndividualAdmin(PartOfCase):
    act_forms = acts.INDIVIDUAL_FORMS

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("person")

    def run_act(self, request: HttpRequest, obj: Any, act: Act, version: int, data: dict[str, Any]) -> Any:
        return individuals.act_on(
            actor=request.user, approval=obj, act=act.name, expected_version=version, **data
        )

    def _change_url(self, obj: Any) -> str:
        return reverse("admin:applications_application_person", args=[obj.application_id, obj.person_id])


@admin.register(Stage)
class StageAdmin(PartOfCase):
    hidden_acts = acts.STAGE_OF_THE_FIRM
    act_forms = acts.STAGE_FORMS

    def _offer(self, request: HttpRequest, obj: Stage, act: Act, *, unmet: bool = True) -> Offer:
        return acts.for_stage(super()._offer(request, obj, act, unmet=unmet), obj)

    def _form(self, obj: Any, offer: Offer) -> Any:
        return acts.form_of(offer, super()._form(obj, offer))

    def _change_url(self, obj: Any) -> str:
        return reverse("admin:applications_application_stage", args=[obj.application_id, obj.code])


@admin.register(LegalHold)
class LegalHoldAdmin(PartOfCase):
    def _change_url(self, obj: Any) -> str:
        return reverse("admin:applications_application_change", args=[obj.application_id])


@admin.register(Destruction)
class DestructionAdmin(CaseBound):
    """What is due: one list for all cases, those under a hold named as such."""

    hidden_acts = frozenset({"finish", "drop"})
    list_display = ("case", "firm", "ended", "last", "held", "state")
    list_display_links = ("case",)
    list_filter = ("state",)
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/applications/destructions.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = Application.objects.filed_with(request.user)
        standing = LegalHold.objects.filter(application=OuterRef("application"), state=LegalHold.STANDING)
        found = Destruction.objects.filter(application__in=mine).annotate(is_held=Exists(standing))
        case = ("application__firm", "application__licence_type__regulator", "application__rulebook")
        return found.select_related(*case, "period", "proposed_by", "confirmed_by", "certificate")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        about = {
            "title": gettext("Destructions of documents"),
            "rules": retention.rules_in_words(request.user),
        }
        return super().changelist_view(request, {**about, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.certificate_view)
        own = path("<int:pk>/certificate/", view, name="applications_destruction_certificate")
        return [own, *super().get_urls()]

    def certificate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The certificate as PDF, in the language that the reader chose."""
        found = self.get_object(request, str(pk))
        certificate = getattr(found, "certificate", None)
        if certificate is None or not self.has_change_permission(request, found):
            raise Http404
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        return destroyed.pdf_response(certificate, language_of(request))

    def page_of(self, request: HttpRequest, obj: Destruction) -> HttpResponse:
        shown = retention.page_of(obj)
        language = (get_language() or "en")[:2]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(obj),
            "case": obj.application,
            "original": obj,
            "notice": obj.application.book.notice,
            "acts": self.act_links(request, obj),
            "facts": destroyed.facts_of(shown["certificate"], language) if shown["certificate"] else [],
            **shown,
        }
        return TemplateResponse(request, "admin/applications/destruction.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.changeform_view(request, object_id)

    def act_effects(self, request: HttpRequest, obj: Destruction, act: Act) -> list[str]:
        return [
            *super().act_effects(request, obj, act),
            gettext("The content of the files is gone for good. What was written in the case stays."),
        ]

    @admin.display(description=_("Case"), ordering="application__reference")
    def case(self, row: Destruction) -> str:
        return str(row.application)

    @admin.display(description=_("Firm"))
    def firm(self, row: Destruction) -> str:
        return row.application.firm.name

    @admin.display(description=_("Case ended"), ordering="ended_on")
    def ended(self, row: Destruction) -> str:
        return words.day(row.ended_on)

    @admin.display(description=_("Kept until"))
    def last(self, row: Destruction) -> str:
        return words.day(last_day(row.ended_on, row.period.years))

    @admin.display(description=_("Legal hold"))
    def held(self, row: Any) -> str:
        return gettext("Held") if row.is_held else ""
