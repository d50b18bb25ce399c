"""Pages of work on a preliminary notice: its service, what the firm says, our answer, taking it back."""

import logging
from typing import Any, ClassVar

import rules
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.second_factor import demand
from licences import law, services
from licences.desk.forms import AnswerForm, SaidForm, ServiceForm, WithdrawForm
from licences.models import Licence, LicenceNotice, LicenceRepresentation
from look import words
from regulators.last_day import warn
from regulators.periods import in_words
from workflow.errors import Reason, Refused, status_of

security = logging.getLogger("kzcustody.security")


class Work:
    """GET asks, POST calls a service. ``permission`` is asked before anything is shown, and by it."""

    fresh_factor: ClassVar[bool] = False  # a step of an act against the firm: only after a second factor

    name: ClassVar[str]
    path: ClassVar[str] = "<int:pk>/notices/<int:pk_of>/"
    title: ClassVar[str | Promise]
    permission: ClassVar[str]
    button: ClassVar[str | Promise]
    done: ClassVar[str | Promise]
    form: ClassVar[type[forms.Form]]

    def __init__(self, licence: Licence, pk_of: int, user: Any) -> None:
        self.licence, self.user = licence, user
        self.load(pk_of)

    def load(self, pk_of: int) -> None:
        found = self.licence.notices.filter(pk=pk_of).first()
        if found is None:
            raise Http404
        self.notice: LicenceNotice = found

    def initial(self) -> dict[str, Any]:
        return {}

    def run(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def facts(self) -> list[tuple[str, str]]:
        return [
            (_("Proposed"), self.notice.get_act_display()),
            (_("Text of the notice"), self.notice.text),
            (_("Time for representations"), in_words(law.time_for_representations(self.licence))),
        ]


class ServicePage(Work):
    fresh_factor = True
    name, path = "service", Work.path + "service/"
    title, permission = gettext_lazy("Record the service of the notice"), "serve_notice"
    button, done = (
        gettext_lazy("Record the service"),
        gettext_lazy("The service is recorded. The firm is told."),
    )
    form = ServiceForm

    def run(self, data: dict[str, Any]) -> Any:
        return services.record_service(actor=self.user, notice=self.notice, **data)


class SaidPage(Work):
    name, path = "said", Work.path + "said/"
    title, permission = gettext_lazy("Record what the firm says to the notice"), "serve_notice"
    button, done = gettext_lazy("Record it"), gettext_lazy("It is recorded, and waits for our answer.")
    form = SaidForm

    def initial(self) -> dict[str, Any]:
        return {"seen": max(self.notice.representations.values_list("pk", flat=True), default=0)}

    def run(self, data: dict[str, Any]) -> Any:
        return services.record_representation(actor=self.user, notice=self.notice, **data)


class WithdrawPage(Work):
    fresh_factor = True
    name, path = "withdraw", Work.path + "withdraw/"
    title, permission = gettext_lazy("Withdraw the notice"), "answer_representation"
    button, done = gettext_lazy("Withdraw the notice"), gettext_lazy("The notice is withdrawn.")
    form = WithdrawForm

    def run(self, data: dict[str, Any]) -> Any:
        return services.withdraw_notice(actor=self.user, notice=self.notice, **data)


class AnswerPage(Work):
    fresh_factor = True
    name, path = "answer", "<int:pk>/representations/<int:pk_of>/"
    title, permission = gettext_lazy("Answer a representation"), "answer_representation"
    button, done = gettext_lazy("Record the answer"), gettext_lazy("The answer is recorded.")
    form = AnswerForm

    def load(self, pk_of: int) -> None:
        ours = LicenceRepresentation.objects.filter(notice__licence=self.licence)
        found = ours.select_related("notice").filter(pk=pk_of).first()
        if found is None:
            raise Http404
        self.said: LicenceRepresentation = found
        self.notice = found.notice

    def run(self, data: dict[str, Any]) -> Any:
        return services.answer_representation(actor=self.user, representation=self.said, **data)

    def facts(self) -> list[tuple[str, str]]:
        said = f"{words.day(self.said.made_on)}. {self.said.text}"
        return [(_("Text of the notice"), self.notice.text), (_("The firm says"), said)]


PAGES: tuple[type[Work], ...] = (ServicePage, SaidPage, WithdrawPage, AnswerPage)


def show(model_admin: Any, page: type[Work], request: HttpRequest, pk: int, pk_of: int) -> HttpResponse:
    """Unknown, or of another regulator: 404. Without the permission: 403. Another method: 405."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    licence = model_admin.get_object(request, str(pk))
    if licence is None:
        raise Http404
    url = reverse("admin:licences_licence_change", args=[licence.pk])
    around = {
        **model_admin.admin_site.each_context(request),
        "original": licence,
        "opts": Licence._meta,
        "title": page.title,
        "change_url": url,
        "list_url": reverse("admin:licences_licence_changelist"),
    }
    made = page(licence, pk_of, request.user)
    if not rules.has_perm(f"licences.{page.permission}", request.user, licence):
        security.warning("refused: user=%s licence=%s page=%s", request.user.pk, licence.pk, page.name)
        around |= {"title": _("This cannot be done"), "reasons": [Reason(_("You may not do this."))]}
        return TemplateResponse(request, "admin/workflow/refused.html", around, status=403)
    if page.fresh_factor:
        facts = [(_("Act"), page.title), (_("Licence"), licence), (_("Firm"), licence.firm_name)]
        confirmation = demand(request, facts=facts)
        if confirmation is not None:
            return confirmation
    form = page.form(request.POST if request.method == "POST" else None, initial=made.initial())
    reasons, status = [], 200
    if request.method == "POST" and form.is_valid():
        try:
            made.run(form.cleaned_data)
        except Refused as refusal:
            reasons, status = refusal.reasons, status_of(refusal)
        else:
            messages.success(request, str(page.done))
            warn(request, form)
            return HttpResponseRedirect(url)
    context = {**around, "form": form, "button": page.button, "facts": made.facts(), "reasons": reasons}
    return TemplateResponse(
        request, "admin/licences/work.html", context, status=422 if form.errors else status
    )
