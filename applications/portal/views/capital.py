"""The figures of the firm's capital, the rate its accounts were turned at, and the tests."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.capital import PERIODS, figures_of
from applications.charts.capital import charts_of
from applications.computed import capital_in_words
from applications.models import AccountsRate, Application, CapitalFigure, CapitalPeriod
from applications.portal import typed
from applications.portal.access import case_or_404, page, show
from applications.portal.back import back_of
from applications.portal.clash import clash_of, stands_on
from applications.portal.forms import amount_in_words
from applications.portal.typed_forms import CapitalForm, RateForm
from applications.queries.capital import rate_of, tests_of
from applications.services.guard import allow
from applications.services.people import remove_rate, save_capital, save_rate
from look import words
from regulators import rulebook as rb
from regulators.rulebook import CapitalRules, say
from workflow.errors import Conflict, Refused


@page("GET", "POST")
def capital(request: SignedIn, pk: UUID, period: str = "now") -> HttpResponse:
    """The lines of one moment; every moment has a page."""
    case = case_or_404(request, pk, kind=rb.CAPITAL)
    if period not in PERIODS:
        raise Http404
    rules = case.book.capital
    figures = figures_of(case)
    moment = CapitalPeriod.objects.filter(application=case, period=period).first()
    stored = {f.line: amount_in_words(f.amount) for f in figures if f.period == period}
    stored["version"] = str(moment.version if moment else 0)
    kept = typed.Page(request, case, reverse("portal:capital", args=[case.pk, period]))
    form = kept.form(request, lambda data, _files: _form(rules, data, dict(stored)))
    refusal: Refused | None = None
    clash = None
    if form.is_valid():
        try:
            save_capital(
                actor=request.user,
                case_id=case.pk,
                period=period,
                currency=rules.currency,
                amounts=form.amounts(),
                expected_version=form.cleaned_data["version"] or 0,
            )
        except Conflict as conflict:
            figures, refusal = figures_of(case), conflict
            clash = clash_of(conflict, form, {f.line: f.amount for f in figures if f.period == period})
            form.data = stands_on(form, conflict.current.version)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            back = back_of(request, case, kind=rb.CAPITAL)
            return redirect(back.url if back else reverse("portal:capital", args=[case.pk, _after(period)]))
    return show(
        request, "portal/capital.html", case, tab="capital", refusal=refusal, form=form, period=period,
        title=str(PERIODS[period]), periods=[(code, str(text)) for code, text in PERIODS.items()],
        table=_table(rules, figures), currency=rules.currency, **computed(case, figures),
        typed_page=kept, clash=clash,
    )  # fmt: skip


def computed(case: Application, figures: list[CapitalFigure]) -> dict[str, Any]:
    """What the figures come to, as the part of the page that follows what is typed."""
    if not figures:
        return {"capital_tests": None, "charts": []}
    tests = tests_of(case, figures, timezone.localdate())
    return {"capital_tests": capital_in_words(tests, rate_of(case)), "charts": charts_of(tests)}


@page("POST")
def preview(request: SignedIn, pk: UUID, period: str) -> HttpResponse:
    """What the figures would come to with those that are typed. Nothing is kept."""
    case = case_or_404(request, pk, kind=rb.CAPITAL)
    allow(request.user, "applications.edit_application", case)
    if period not in PERIODS:
        raise Http404
    form = _form(case.book.capital, request.POST)
    form.full_clean()
    others = [figure for figure in figures_of(case) if figure.period != period]
    typed = [
        CapitalFigure(
            application=case, line=line, period=period, amount=amount, currency=case.book.capital.currency
        )
        for line, amount in form.amounts().items()
        if amount is not None
    ]
    context = {"case": case, "typed": True, **computed(case, [*others, *typed])}
    return render(request, "portal/parts/capital_computed.html", context)


def _form(rules: CapitalRules, data: Any = None, initial: Any = None) -> CapitalForm:
    lines = [(line.code, say(line.title)) for line in rules.lines]
    return CapitalForm(lines, rules.currency, data, initial=initial)


@page("GET", "POST")
def accounts_rate(request: SignedIn, pk: UUID) -> HttpResponse:
    """At what rate accounts in another currency were turned into that of the book."""
    case = case_or_404(request, pk, kind=rb.CAPITAL)
    held = AccountsRate.objects.filter(application=case).first()
    currency = case.book.capital.currency
    is_removal = request.POST.get("act") == "remove"
    kept = typed.Page(request, case)
    form = kept.form(
        request,
        lambda data, _files: RateForm(currency, None if is_removal else data, initial=_typed_before(held)),
    )
    refusal = None
    if is_removal or form.is_valid():
        try:
            if is_removal:
                remove_rate(actor=request.user, case_id=case.pk)
            else:
                save_rate(actor=request.user, case_id=case.pk, **form.cleaned_data)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:capital", case.pk)
    return show(
        request, "portal/accounts_rate.html", case, tab="capital", refusal=refusal, form=form, held=held,
        currency=currency, typed_page=kept,
    )  # fmt: skip


def _typed_before(held: AccountsRate | None) -> dict[str, object]:
    if held is None:
        return {}
    return {"currency": held.currency, "rate": words.plain(held.rate), "day": held.day, "source": held.source}


def _after(period: str) -> str:
    codes = list(PERIODS)
    return codes[min(codes.index(period) + 1, len(codes) - 1)]


def _table(rules: CapitalRules, figures: list[CapitalFigure]) -> list[tuple[str, list[CapitalFigure | None]]]:
    """A row for each line that has a figure, a cell for each moment."""
    by_place = {(figure.line, figure.period): figure for figure in figures}
    given = {figure.line for figure in figures}
    return [
        (say(line.title), [by_place.get((line.code, period)) for period in PERIODS])
        for line in rules.lines
        if line.code in given
    ]
