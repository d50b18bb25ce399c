"""The figures of the firm's capital, the rate its accounts were turned at, and the tests."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.capital import PERIODS, figures_of
from applications.computed import capital_in_words
from applications.models import AccountsRate, CapitalFigure
from applications.portal.access import case_or_404, page, show
from applications.portal.forms import amount_in_words
from applications.portal.typed_forms import CapitalForm, RateForm
from applications.queries.capital import plain, rate_of, tests_of
from applications.services.people import remove_rate, save_capital, save_rate
from regulators.rulebook import CapitalRules, say
from workflow.errors import Refused


@page("GET", "POST")
def capital(request: SignedIn, pk: UUID, period: str = "now") -> HttpResponse:
    """The lines of one moment; every moment has a page."""
    case = case_or_404(request, pk)
    if period not in PERIODS:
        raise Http404
    rules = case.book.capital
    figures = figures_of(case)
    form = CapitalForm(
        [(line.code, say(line.title)) for line in rules.lines],
        rules.currency,
        request.POST or None,
        initial={f.line: amount_in_words(f.amount) for f in figures if f.period == period},
    )
    refusal = None
    if form.is_valid():
        try:
            save_capital(
                actor=request.user,
                case_id=case.pk,
                period=period,
                currency=rules.currency,
                amounts=form.cleaned_data,
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:capital", case.pk, _after(period))
    tests = tests_of(case, figures, timezone.localdate())
    return show(
        request, "portal/capital.html", case, tab="capital", refusal=refusal, form=form, period=period,
        title=str(PERIODS[period]), periods=[(code, str(text)) for code, text in PERIODS.items()],
        table=_table(rules, figures), currency=rules.currency,
        capital_tests=capital_in_words(tests, rate_of(case)),
    )  # fmt: skip


@page("GET", "POST")
def accounts_rate(request: SignedIn, pk: UUID) -> HttpResponse:
    """At what rate accounts in another currency were turned into that of the book."""
    case = case_or_404(request, pk)
    held = AccountsRate.objects.filter(application=case).first()
    currency = case.book.capital.currency
    is_removal = request.POST.get("act") == "remove"
    form = RateForm(currency, None if is_removal else request.POST or None, initial=_typed_before(held))
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
        currency=currency,
    )  # fmt: skip


def _typed_before(held: AccountsRate | None) -> dict[str, object]:
    if held is None:
        return {}
    return {"currency": held.currency, "rate": plain(held.rate), "day": held.day, "source": held.source}


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
