"""Pages of work on one case: GET asks, POST calls a service. What is common to them stands here once."""

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
from applications.desk import viewing
from applications.desk.clashes import clash_on
from applications.desk.words import STATE_TAGS, state_word
from applications.models import Application
from applications.portal import typed
from applications.queries.conflicts import why_not
from applications.states import ApplicationState
from regulators.last_day import warn
from workflow.errors import Conflict, Gone, NotAllowed, Reason, Refused, status_of

security = logging.getLogger("kzcustody.security")
INSIDE = gettext_lazy("Not visible to the firm.")


class Page:
    """One page of work. A subclass names it, gives its form, and runs the service.

    ``permission`` is asked of the rules before anything is shown, and ``to_post`` where more is needed to
    send its form; the service asks again.
    """

    name: ClassVar[str]
    path: ClassVar[str]
    methods: ClassVar[tuple[str, ...]] = ("GET", "HEAD", "POST")
    title: ClassVar[str | Promise]
    permission: ClassVar[str]
    to_post: ClassVar[str] = ""
    button: ClassVar[str | Promise] = ""
    done: str | Promise = ""  # a page that does several things says of each that it is done
    intro: ClassVar[str | Promise] = ""
    fresh_factor: ClassVar[bool] = False  # binds outward: opened and sent only after a second factor
    template: ClassVar[str] = "admin/applications/work.html"
    inside: ClassVar[bool] = False  # what is written here the firm never sees, and the page looks like it
    keeps: ClassVar[bool] = False  # what is typed is kept on the server while one types
    open_in_conflict: ClassVar[bool] = False
    passive: ClassVar[bool] = False  # a script asks for it by itself: no activity of a person

    def __init__(self, model_admin: Any, request: Any, case: Application, ids: dict[str, Any]) -> None:
        self.admin, self.request, self.case, self.ids = model_admin, request, case, ids
        self.user = request.user
        self.load()

    def load(self) -> None:
        """Finds what the address names within the case. Raises Http404."""

    def heading(self) -> str:
        return str(self.title)

    def form(self, data: Any = None) -> forms.Form:
        return forms.Form(data)

    def as_it_stands(self) -> forms.Form:
        """What a clash shows as theirs: the form, filled with what is stored now."""
        return self.form()

    def run(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {}

    def version(self) -> int:
        """The version that the page sends back; a clash shows the form again with the version of now."""
        return self.case.version

    def seen(self) -> int | None:
        """The newest row that the page stands on, where a second press must write none again."""
        return None

    def done_url(self, result: Any) -> str:
        return case_url(self.case)

    # --- what every page does

    def kept(self) -> typed.Page:
        return typed.Page(self.request, self.case)

    def get(self) -> HttpResponse:
        if not self.keeps:
            return self.render(self.form())
        kept = self.kept()
        form = kept.form(self.request, lambda data, files: self.form(data))
        return self.render(form, typed_page=kept)

    def post(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.render(form, status=422)
        try:
            result = self.run(form.cleaned_data)
        except Gone as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            return self.refused(refusal, form)
        messages.success(self.request, str(self.done))
        warn(self.request, form)
        return HttpResponseRedirect(self.done_url(result))

    def refused(self, refusal: Refused, form: forms.Form) -> HttpResponse:
        """The same page, with the reasons and what was typed; after a clash what stands now beside it."""
        if isinstance(refusal, NotAllowed):
            log_refusal(self.request, self.case, self.name)
        told: dict[str, Any] = {"status": status_of(refusal), "reasons": refusal.reasons}
        if not isinstance(refusal, Conflict):
            self.load()
            return self.render(form, **told)
        self.case.refresh_from_db()
        try:
            self.load()
        except Http404:
            return self.without_form(form, **told)
        return self.render(form, clash=clash_on(self.case, form, self.as_it_stands()), **told)

    def without_form(self, form: forms.Form, *, status: int, **context: Any) -> HttpResponse:
        """What was worked on is not there any more; what was typed is."""
        context |= around(self.admin, self.request, self.case, str(self.title))
        context |= {"clash": clash_on(self.case, form, None), "here": case_url(self.case)}
        return TemplateResponse(self.request, "admin/applications/page.html", context, status=status)

    def render(self, form: forms.Form | None, *, status: int = 200, **context: Any) -> HttpResponse:
        if self.keeps and form is not None:
            context.setdefault("typed_page", self.kept())
        return TemplateResponse(
            self.request,
            self.template,
            {
                **around(self.admin, self.request, self.case, self.heading()),
                **also_viewing(self.user, self.case),
                "intro": self.intro,
                "inside": self.inside,
                "button": self.button,
                "form": form,
                "version": self.version(),
                "seen": self.seen(),
                "here": self.request.get_full_path(),
                **self.context(),
                **context,
            },
            status=status,
        )


def show(model_admin: Any, page: type[Page], request: Any, pk: Any, **ids: Any) -> HttpResponse:
    """Unknown, or of another regulator: 404. In conflict of interest, or without the permission: 403. Another
    method: 405.
    """
    if request.method not in page.methods:
        return HttpResponseNotAllowed(page.methods)
    case = model_admin.get_object(request, str(pk))
    if case is None or not model_admin.has_view_permission(request, case):
        raise Http404
    if not page.open_in_conflict and not model_admin.has_change_permission(request, case):
        return closed(model_admin, request, case, page.name)
    needed = (request.method == "POST" and page.to_post) or page.permission
    if not rules.has_perm(f"applications.{needed}", request.user, case):
        log_refusal(request, case, page.name)
        return _refused(model_admin, request, case, [_("You may not do this.")], case_url(case))
    made = page(model_admin, request, case, ids)
    if page.fresh_factor:
        confirmation = demand(request, facts=_approved(made))
        if confirmation is not None:
            return confirmation
    if request.method != "POST":
        return made.get()
    response = made.post()
    typed.after(request, response)
    return response


def _approved(made: Page) -> list[tuple[str, Any]]:
    return [(_("Act"), made.heading()), (_("Case"), made.case), (_("Firm"), made.case.firm.name)]


def closed(model_admin: Any, request: Any, case: Application, name: str) -> HttpResponse:
    """The answer to whoever has a conflict of interest in the case: why, and that others are named."""
    log_refusal(request, case, name)
    reasons = [
        _("This case is closed to you. The lead reviewers name somebody else."),
        f"{request.user.full_name}: {why_not(case, request.user)}",
    ]
    back = reverse("admin:applications_application_changelist")
    return _refused(model_admin, request, case, reasons, back)


def _refused(
    model_admin: Any, request: HttpRequest, case: Application, reasons: list[str], back: str
) -> HttpResponse:
    context = {
        **around(model_admin, request, case, _("This cannot be done")),
        "reasons": [Reason(text) for text in reasons],
        "change_url": back,
    }
    return TemplateResponse(request, "admin/workflow/refused.html", context, status=403)


def around(model_admin: Any, request: HttpRequest, case: Application, title: str) -> dict[str, Any]:
    """What the frame of every page of a case needs."""
    return {
        **model_admin.admin_site.each_context(request),
        "case": case,
        "original": case,
        "opts": Application._meta,
        "title": title,
        "notice": case.book.notice,
        "state_kind": STATE_TAGS[ApplicationState(case.state)],
        "state_word": state_word(case),
        "change_url": case_url(case),
        "list_url": reverse("admin:applications_application_changelist"),
    }


def also_viewing(user: Any, case: Application) -> dict[str, Any]:
    """For a page of a case: who else has it open. Nothing for whoever may not work on the case, whom the page
    on which a conflict of interest is declared lets in.
    """
    if not rules.has_perm("applications.work_on_case", user, case):
        return {}
    return {"viewing": viewing.others(user, case), "viewing_url": page_url(case, "viewing")}


def case_url(case: Application) -> str:
    return reverse("admin:applications_application_change", args=[case.pk])


def page_url(case: Application, name: str, *ids: Any) -> str:
    return reverse(f"admin:applications_application_{name}", args=[case.pk, *ids])


def corrected(request: Any, entries: Any) -> Any:
    """The entry whose number stands in ``?corrects=``, None where there is no such word. Raises Http404."""
    asked = request.GET.get("corrects", "")
    if not asked:
        return None
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    found = entries.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def posted_version(data: Any, name: str = "version") -> int:
    """The version in the form; -1, which no record has, where there is none."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def log_refusal(request: HttpRequest, case: Application, name: str) -> None:
    security.warning("refused: user=%s case=%s page=%s", request.user.pk, case.pk, name)
