"""The desk's side of ``workflow``: acts as buttons, a page for each act, and a version in every form."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

import rules
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from rules.contrib.admin import ObjectPermissionsModelAdmin

from audit.services import record
from workflow import services
from workflow.acts import DECIDE, EXAMINE, Act, acts_of
from workflow.errors import Conflict, Gone, NotReady, Reason, Refused, WrongState
from workflow.forms import act_form, typed
from workflow.models import Proposal, Stateful
from workflow.queries import Offer, is_offered, offer, offers, proposal_of

security = logging.getLogger("kzcustody.security")


class StatefulAdmin(ObjectPermissionsModelAdmin):
    """Admin of a model with a state. Permissions are asked of the rules, for the object at hand.

    ``act_forms`` gives an act its own form; an act without one gets a field for each thing it needs.
    ``hidden_acts`` belong to other pages: they are neither shown nor run here. ``run_act``, ``act_form_of``,
    ``act_effects`` and ``act_facts`` are there to be overridden.
    """

    act_forms: ClassVar[dict[str, type[forms.Form]]] = {}
    hidden_acts: ClassVar[frozenset[str]] = frozenset()
    change_form_template = "admin/workflow/change_form.html"

    def run_act(self, request: HttpRequest, obj: Any, act: Act, version: int, data: dict[str, Any]) -> Any:
        """Take the act, or propose it where it needs two people and nobody has proposed it yet."""
        verb = services.perform
        if act.two_people and proposal_of(obj, act) is None:
            verb = services.propose  # type: ignore[assignment]
        return verb(self.model, obj.pk, act.name, actor=request.user, expected_version=version, **data)

    def act_form_of(self, obj: Any, act: Act) -> type[forms.Form]:
        return act_form(act, self.act_forms)

    def act_effects(self, request: HttpRequest, obj: Any, act: Act) -> list[str]:
        """What the act will do, in words, for the page that asks."""
        names = dict(self.model._meta.get_field("state").choices)
        if not act.targets:
            return [_("The state stays “%(state)s”.") % {"state": obj.get_state_display()}]
        targets = _(" or ").join(f"“{names[target]}”" for target in act.targets)
        words = _("The state changes from “%(old)s” to %(new)s.")
        return [words % {"old": obj.get_state_display(), "new": targets}]

    def act_facts(self, obj: Any, act: Act) -> list[tuple[str, Any]]:
        """What is approved, in pairs of words, where a decision is confirmed with a second factor."""
        return [(_("Act"), act.label), (capfirst(obj._meta.verbose_name), obj)]

    # --- What Django's admin asks of us

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "state", "version"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.act_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("<path:object_id>/act/<slug:transition>/", view, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        obj = context.get("original")
        if obj is not None and self.has_change_permission(request, obj):
            context["acts"] = self.act_links(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Django's, but a save from a stale page changes nothing and shows both versions."""
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_change_permission(request, obj):
                current = services.lock(self.model, obj.pk)
                if _version(request) != current.version:
                    form = self.get_form(request, current, change=True)(
                        request.POST, request.FILES, instance=current
                    )
                    return self._conflict(
                        request, current, services.conflict(current), typed(form, compare=True)
                    )
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write the fields that were edited, and nothing else."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        concrete = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in concrete])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the parts are saved: the next version, and an audit event that names the fields, not
        what is in them.
        """
        super().save_related(request, form, formsets, change)
        obj = form.instance
        fields = [*form.changed_data, *(formset.prefix for formset in formsets if formset.has_changed())]
        if not fields:
            return
        obj.version += 1
        obj.save(update_fields=["version"])
        record(
            subject=obj.audit_subject,
            kind=f"{obj._meta.model_name}.{'edit' if change else 'add'}",
            actor=request.user,  # type: ignore[arg-type]
            data={"fields": fields, "version": obj.version, "of": obj.record_name},
        )

    # --- Acts

    def act_offers(self, request: HttpRequest, obj: Any) -> list[Offer]:
        return offers(obj, request.user, hidden=self.hidden_acts)

    def act_url(self, obj: Any, act: Act) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_act"
        return reverse(name, args=[quote(obj.pk), act.name])

    def act_links(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """The acts as the page shows them: name, label, url, open, reasons."""
        return [
            {
                "name": found.act.name,
                "label": found.act.label,
                "url": self.act_url(obj, found.act),
                "open": found.open,
                "reasons": found.reasons,
            }
            for found in self.act_offers(request, obj)
        ]

    def act_view(self, request: HttpRequest, object_id: str, transition: str) -> HttpResponse:
        """The page of one act: GET asks, POST does it. Unknown is 404, refused 403, stale 409, not ready
        422.
        """
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        act = acts_of(self.model).get(transition)
        obj = self.get_object(request, unquote(object_id)) if act else None
        if act is None or obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            return self._refused(request, obj, act, [Reason(_("You may not change this record."))])
        confirmation = self._confirm_first(request, obj, act)
        if confirmation is not None:
            return confirmation
        if request.method == "POST":
            return self._act(request, obj, act)
        try:
            asked = self._offer(request, obj, act)
        except Refused as refusal:
            return self._refused(request, obj, act, refusal.reasons)
        return self._ask(request, obj, asked, self._form(obj, asked)())

    def _confirm_first(self, request: HttpRequest, obj: Any, act: Act) -> HttpResponse | None:
        """The page that comes before a decision and before an act of two people, as
        ``settings.WORKFLOW_BEFORE_DECIDING`` gives it. What is not open to this person asks for nothing.
        """
        decides = act.duty == DECIDE or act.two_people
        if not decides or act.name in self.hidden_acts or not is_offered(obj, act, request.user):
            return None
        before = import_string(settings.WORKFLOW_BEFORE_DECIDING)
        page: HttpResponse | None = before(request, facts=self.act_facts(obj, act))
        return page

    def _act(self, request: HttpRequest, obj: Any, act: Act) -> HttpResponse:
        """What is unmet is asked once, by the act itself on the locked row."""
        version = _version(request)
        try:
            if version != obj.version and self._may(request, obj, act):
                raise services.conflict(obj)
            taken = self._offer(request, obj, act, unmet=False)
        except Conflict as refusal:
            form = self.act_form_of(obj, act)(request.POST)
            return self._conflict(request, obj, refusal, [row for row in typed(form) if row[1]])
        except Refused as refusal:
            return self._refused(request, obj, act, refusal.reasons)
        if taken.proposal and "take_back" in request.POST:
            return self._take_back(request, obj, act)
        form = self._form(obj, taken)(request.POST, request.FILES)
        if not form.is_valid():
            return self._ask(request, obj, self._offer(request, obj, act), form, status=422)
        return self._run(request, obj, taken, version, form)

    def _run(
        self, request: HttpRequest, obj: Any, taken: Offer, version: int, form: forms.Form
    ) -> HttpResponse:
        act = taken.act
        try:
            result = self.run_act(request, obj, act, version, form.cleaned_data)
        except Conflict as refusal:
            return self._conflict(request, refusal.current, refusal, typed(form))
        except NotReady as refusal:
            return self._ask(request, obj, replace(taken, reasons=refusal.reasons), form, status=422)
        except Gone as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            return self._refused(request, obj, act, refusal.reasons)
        proposed = isinstance(result, Proposal)
        words = _("Proposed: %(act)s. Another person has to confirm it.") if proposed else _("Done: %(act)s.")
        messages.success(request, words % {"act": act.label})
        return HttpResponseRedirect(self._change_url(obj))

    def _take_back(self, request: HttpRequest, obj: Any, act: Act) -> HttpResponse:
        try:
            services.withdraw_proposal(self.model, obj.pk, act.name, actor=request.user)
        except Refused as refusal:
            return self._refused(request, obj, act, refusal.reasons)
        messages.success(request, _("Taken back: %(act)s.") % {"act": act.label})
        return HttpResponseRedirect(self._change_url(obj))

    def _may(self, request: HttpRequest, obj: Any, act: Act) -> bool:
        return act.name not in self.hidden_acts and rules.has_perm(act.permission, request.user, obj)

    def _offer(self, request: HttpRequest, obj: Any, act: Act, *, unmet: bool = True) -> Offer:
        """The act as it is offered here and now, with what is unmet unless told otherwise. Raises WrongState
        where it is not offered.
        """
        if act.name in self.hidden_acts or not is_offered(obj, act, request.user):
            words = _("“%(act)s” is not open to you while this is: %(state)s.")
            raise WrongState([words % {"act": act.label, "state": obj.get_state_display()}])
        if unmet:
            return offer(obj, act, request.user)
        return Offer(act=act, reasons=[], proposal=proposal_of(obj, act))

    def _form(self, obj: Any, found: Offer) -> type[forms.Form]:
        """The second of two people confirms what was proposed, and types nothing."""
        return forms.Form if found.proposal else self.act_form_of(obj, found.act)

    # --- Pages

    def _page(
        self, request: HttpRequest, obj: Any, template: str, title: str, status: int, **context: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": obj,
            "change_url": self._change_url(obj),
            "list_url": reverse(
                f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"
            ),
            **context,
        }
        return TemplateResponse(request, f"admin/workflow/{template}.html", context, status=status)

    def _ask(
        self, request: HttpRequest, obj: Any, found: Offer, form: forms.Form, *, status: int = 200
    ) -> HttpResponse:
        context = {
            "offer": found,
            "form": form,
            "version": obj.version,
            "effects": self.act_effects(request, obj, found.act),
            "examines": found.act.duty == EXAMINE,
            "decides": found.act.duty == DECIDE,
        }
        return self._page(request, obj, "act", str(found.act.label), status, **context)

    def _conflict(
        self, request: HttpRequest, current: Any, refusal: Conflict, rows: Iterable[tuple[str, str, str]]
    ) -> HttpResponse:
        title = _("Somebody else was faster")
        return self._page(request, current, "conflict", title, 409, reasons=refusal.reasons, rows=list(rows))

    def _refused(self, request: HttpRequest, obj: Any, act: Act, reasons: list[Reason]) -> HttpResponse:
        security.warning("act refused: user=%s record=%s act=%s", request.user.pk, obj.record_name, act.name)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return self._page(request, obj, "refused", _("This cannot be done"), 403, reasons=reasons)

    def _change_url(self, obj: Stateful) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[quote(obj.pk)])


class ActsOnlyAdmin(StatefulAdmin):
    """Admin of records into which nothing is typed: they are read, and changed by acts alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """``record_page``, where the record may be seen. Nothing is saved here."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if object_id is None:
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return self.record_page(request, obj)

    def record_page(self, request: HttpRequest, obj: Any) -> HttpResponse:
        raise NotImplementedError


def _version(request: HttpRequest) -> int:
    """The version in the form; -1, which no record has, where there is none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
