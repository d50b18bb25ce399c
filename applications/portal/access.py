"""What every view of the portal does first, and how a refusal becomes a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.queries import firms_of
from accounts.requests import SignedIn
from applications.mandates import StageOf, mandates_of
from applications.models import Application
from applications.portal import presence, standing, typed
from applications.portal.back import back_of, carried
from applications.portal.changeable import kind_may_change
from applications.queries.copying import copied_for
from applications.queries.law import home_of
from applications.queries.standing import with_unread
from applications.states import DECIDED
from regulators.periods import set_in_the_case
from regulators.rulebook import CAPITAL, OWNERSHIP, PEOPLE, say
from workflow.errors import Gone, NotAllowed, Refused, status_of

KINDS = {PEOPLE: _lazy("People"), OWNERSHIP: _lazy("Ownership"), CAPITAL: _lazy("Capital")}
View = Callable[..., HttpResponseBase]


def page(*methods: str) -> Callable[[View], View]:
    """A page for people signed in, these methods only, kept in no cache; what one may not see is a 404.

    What was typed on it is forgotten when it is saved, and kept when the page refuses it or the session has
    ended.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = carried(request, view(request, *args, **kwargs))
            except Gone as gone:
                raise Http404 from gone
            except NotAllowed as refusal:
                raise PermissionDenied from refusal
            if request.method == "POST":
                typed.after(request, response)
            return response

        allowed = [*methods, "HEAD"] if "GET" in methods else [*methods]
        inside = require_http_methods(allowed)(guarded)

        @wraps(view)
        def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return typed.signed_out(request)
            return inside(request, *args, **kwargs)

        return never_cache(entered)

    return wrap


def case_or_404(request: SignedIn, pk: Any, *, to: str = "", kind: str = "") -> Any:
    """A case of a firm that this person acts for; staff have the desk.

    An adviser gets in where the page says what it leads ``to``: the code of a stage that the mandate has to
    cover, or ANY, where the page leaves out what it does not; or which ``kind`` of typed records, which stand
    in a stage.
    """
    case = _case(Q(firm__in=firms_of(request.user)), pk, request.user)
    if case is None and (to or kind):
        firms = [one.firm_id for one in mandates_of(request.user).values()]
        case = _case(Q(firm__in=firms), pk, request.user) if firms else None
        if case is not None and not may_read(request.user, case, home_of(case, kind) if kind else to):
            raise Http404
    if case is None:
        raise Http404
    return case


def may_read(user: Any, case: Any, stage: str | None) -> bool:
    """Of a stage, or of ANY."""
    return bool(stage and user.has_perm("applications.read_stage", StageOf(case, stage)))


def _case(mine: Q, pk: Any, user: Any) -> Any:
    related = ("firm", "licence_type", "rulebook", "moved_from", "saved_by")
    found = Application.objects.filter(mine, pk=pk).order_by().select_related(*related)
    return with_unread(found, user).first()


def posted_version(request: SignedIn) -> int:
    """The version in the form. Raises Http404 where there is none."""
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)


def show(
    request: SignedIn,
    template: str,
    case: Any,
    *,
    refusal: Refused | None = None,
    status: int = 0,
    tab: str = "tasks",
    typed_page: typed.Page | None = None,
    typed_needs: str = "applications.edit_application",
    **context: Any,
) -> HttpResponse:
    """A page of one case. A form with errors, or a refusal, sets its status and comes first on the page.

    ``typed_page`` where the page has its main form, ``id="typed"``, for those with ``typed_needs``.
    """
    form = context.get("form")
    if not status:
        status = 422 if form is not None and form.is_bound and not form.is_valid() else status_of(refusal)
    user = request.user
    if not user.has_perm(typed_needs, case):
        typed_page = None
    may_edit = user.has_perm("applications.edit_application", case)
    kind = tab if tab in KINDS else ""
    may_change = may_edit and (not kind or kind_may_change(case, kind))
    if not may_change:
        typed_page = None if kind else typed_page
    may_follow = user.has_perm("applications.read_draft", case)  # an adviser sees the stages alone
    base = {
        "case": case,
        "typed_page": typed_page,
        "colleagues": presence.note(user, typed_page.path) if typed_page else [],
        "notice": case.book.notice,
        "regulator_name": say(case.book.regulator_name),
        "set_in_the_case": set_in_the_case(),
        "licence_title": say(case.book.licence_type_title),
        "may_edit": may_edit,
        "may_change": may_change,
        "may_sign": user.has_perm("applications.submit_application", case),
        "may_discard": user.has_perm("applications.discard_application", case),
        "reasons": refusal.reasons if refusal else [],
        "copied": copied_for(user, case, tab=tab, context=context),
        "tabs": _tabs(user, case, tab),
        "back_to": back_of(request, case, kind=kind),
        **({"unread": case.unread} if hasattr(case, "unread") else {}),
        "strip": standing.strip_of(case) if may_follow and "turn" not in context else None,
    }
    return render(request, template, {**base, **context}, status=status)


def _tabs(user: Any, case: Any, current: str) -> list[dict[str, Any]]:
    tabs = [("tasks", _("Tasks"), "portal:case")]
    for kind, text in KINDS.items():
        if user.has_perm("applications.read_draft", case) or may_read(user, case, home_of(case, kind)):
            tabs.append((kind, str(text), f"portal:{kind}"))
    tabs.append(("check", _("Your answers"), "portal:check"))
    found: list[dict[str, Any]] = [
        {"text": text, "url": reverse(name, args=[case.pk]), "current": code == current}
        for code, text, name in tabs
    ]
    if case.submitted_at and user.has_perm("applications.read_draft", case):
        url = reverse("portal:case", args=[case.pk]) + "#requests"
        found.append(
            {
                "text": _("Requests"),
                "url": url,
                "current": current == "requests",
                "count": 0 if case.state in DECIDED else case.requests_now,
            }
        )
    return found
