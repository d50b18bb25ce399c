"""Who holds what of the firm, and the figures of its capital."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.capital import PERIODS
from applications.models import Application, CapitalFigure, Entity
from applications.portal.access import case_or_404, page, show
from applications.portal.forms import amount_in_words
from applications.portal.typed_forms import CapitalForm, HolderForm
from applications.services.people import (
    person_of,
    remove_entity,
    save_capital,
    save_entity,
    save_holding,
)
from regulators.rulebook import CapitalRules, say
from workflow.errors import Refused


@page("GET", "POST")
def ownership(request: SignedIn, pk: UUID) -> HttpResponse:
    """The direct holdings as a table, with a form that adds or changes one."""
    case = case_or_404(request, pk)
    entities = list(case.entities.all())
    form = HolderForm(
        _owners(case, entities), [(str(e.pk), e.name) for e in entities], request.POST or None,
        initial={"owned": str(next((e.pk for e in entities if e.is_applicant), ""))},
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        try:
            _save(request, case, entities, form.cleaned_data)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:ownership", case.pk)
    return _ownership_page(request, case, form, refusal)


@page("POST")
def holder_remove(request: SignedIn, pk: UUID, entity: UUID) -> HttpResponse:
    case = case_or_404(request, pk)
    found = case.entities.filter(pk=entity).first()
    if found is None:
        raise Http404
    try:
        remove_entity(actor=request.user, case_id=case.pk, entity=found)
    except Refused as refusal:
        entities = list(case.entities.all())
        form = HolderForm(_owners(case, entities), [(str(e.pk), e.name) for e in entities])
        return _ownership_page(request, case, form, refusal)
    messages.success(request, _("Taken out: %(name)s.") % {"name": found.name})
    return redirect("portal:ownership", case.pk)


@page("GET", "POST")
def capital(request: SignedIn, pk: UUID, period: str = "now") -> HttpResponse:
    """The lines of one moment; every moment has a page."""
    case = case_or_404(request, pk)
    if period not in PERIODS:
        raise Http404
    rules = case.book.capital
    figures = list(case.capital.all())
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
    return show(
        request, "portal/capital.html", case, tab="capital", refusal=refusal, form=form, period=period,
        title=str(PERIODS[period]), periods=[(code, str(text)) for code, text in PERIODS.items()],
        table=_table(rules, figures), currency=rules.currency,
    )  # fmt: skip


def _ownership_page(
    request: SignedIn, case: Application, form: HolderForm, refusal: Refused | None
) -> HttpResponse:
    holdings = list(
        case.holdings.select_related("owner", "owned").order_by("-owned__is_applicant", "owner__name")
    )
    direct = [holding for holding in holdings if holding.owned.is_applicant]
    return show(
        request, "portal/ownership.html", case, tab="ownership", refusal=refusal, form=form,
        holdings=holdings, removable=[e for e in case.entities.all() if not e.is_applicant],
        total=sum(holding.economic for holding in direct) if direct else None,
    )  # fmt: skip


def _owners(case: Application, entities: list[Entity]) -> list[tuple[str, str]]:
    """Bodies in the chart, and people of the case who are not in it yet."""
    bodies = [(f"entity:{e.pk}", e.name) for e in entities if not e.is_applicant]
    charted = {e.person_id for e in entities}
    people = {post.person_id: post.person for post in case.posts.select_related("person")}
    return bodies + [(f"person:{pk}", p.full_name) for pk, p in people.items() if pk not in charted]


def _save(request: SignedIn, case: Application, entities: list[Entity], typed: dict[str, str]) -> None:
    """Holder and holding are kept together or not at all."""
    kind, _colon, pk = typed["owner"].partition(":")
    by_pk = {str(entity.pk): entity for entity in entities}
    with transaction.atomic():
        owner = by_pk.get(pk) if kind == "entity" else None
        if owner is None:
            owner = save_entity(
                actor=request.user,
                case_id=case.pk,
                name=typed["name"],
                country=typed["country"].upper(),
                registration=typed["registration"],
                person=person_of(case, pk) if kind == "person" else None,
            )
        save_holding(
            actor=request.user,
            case_id=case.pk,
            owner=owner,
            owned=by_pk[typed["owned"]],
            economic=typed["economic"],  # type: ignore[arg-type]
            voting=typed["voting"],  # type: ignore[arg-type]
        )


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
