"""The firm itself, where its applications are known: its data corrected, and who had access when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.forms import FirmForm, show_errors
from accounts.models import Firm
from accounts.queries import firms_of
from accounts.requests import SignedIn
from accounts.services import correct_firm
from accounts.services.firms import FIELDS
from applications.portal import typed
from applications.portal.access import page
from applications.portal.firm_forms import DayForm
from applications.queries.access_history import had_access, history_of
from applications.states import OPEN
from look import countries

ENTRIES_ON_A_PAGE = 25


def firm_or_404(request: SignedIn, pk: UUID, permission: str) -> Firm:
    """A firm for whose member this permission holds; to everybody else there is no such page."""
    found = firms_of(request.user).filter(pk=pk).first()
    if found is None or not request.user.has_perm(permission, found):
        raise Http404
    return found


@page("GET", "POST")
def firm_correct(request: SignedIn, firm_id: UUID) -> HttpResponse:
    """An owner corrects the firm's data; what was submitted stays as it was."""
    firm = firm_or_404(request, firm_id, "accounts.correct_firm")
    kept = typed.Page(request)
    stored = {name: getattr(firm, name) or "" for name in FIELDS}
    form = kept.form(request, lambda data, files: FirmForm(data, initial=dict(stored)))
    if form.is_valid():
        try:
            correct_firm(actor=request.user, firm_id=firm.pk, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The firm's data is saved."))
            return redirect("accounts:firm", firm.pk)
    context: dict[str, Any] = {
        "firm": firm,
        "form": form,
        "typed_page": kept,
        "open_cases": firm.applications.filter(state__in=OPEN).with_case(),
        "revisions": firm.revisions.select_related("by")[:10],
    }
    context["changes"] = [(one, _changes(one)) for one in context.pop("revisions")]
    return render(request, "portal/firm_correct.html", context, status=422 if form.errors else 200)


def _changes(revision: Any) -> list[tuple[str, str, str]]:
    """Field, value before, value after, in words."""
    return [
        (str(_field(name).verbose_name), _value(name, was), _value(name, revision.after[name]))
        for name, was in revision.before.items()
    ]


def _field(name: str) -> Any:
    return Firm._meta.get_field(name)


def _value(name: str, value: Any) -> str:
    if name == "country":
        return countries.name(value)
    choices = dict(_field(name).flatchoices)
    return str(choices.get(value, value or "–"))


@page("GET")
def firm_history(request: SignedIn, firm_id: UUID) -> HttpResponse:
    """Every access there ever was; with a day, those that were open on it."""
    firm = firm_or_404(request, firm_id, "accounts.see_history")
    form = DayForm(request.GET if "on_day" in request.GET else None)
    on = form.cleaned_data["on"] if form.is_valid() else None
    entries = had_access(firm, on) if on else history_of(firm)
    pages = Paginator(entries, ENTRIES_ON_A_PAGE)
    context = {"firm": firm, "form": form, "on": on, "entries": pages.get_page(request.GET.get("page"))}
    return render(request, "portal/firm_history.html", context, status=422 if form.errors else 200)
