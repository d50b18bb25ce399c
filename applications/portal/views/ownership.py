"""Who holds what of the firm, and what it comes to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from applications.charts.ownership import chart_of
from applications.computed import structure_in_words
from applications.models import Application, Entity, Holding
from applications.portal import typed
from applications.portal.access import case_or_404, page, show
from applications.portal.back import back_of
from applications.portal.clash import clash_of
from applications.portal.typed_forms import GroupsForm, HolderForm
from applications.queries.ownership import holdings_of, structure_of
from applications.services.guard import allow
from applications.services.people import (
    person_of,
    remove_entity,
    remove_holding,
    save_entity,
    save_groups,
    save_holding,
)
from look import words
from regulators import rulebook as rb
from workflow.errors import Conflict, Refused


@page("GET", "POST")
def ownership(request: SignedIn, pk: UUID) -> HttpResponse:
    """The direct holdings as a table, with a form that adds one or changes the one opened for it, and
    what they come to.
    """
    case = case_or_404(request, pk, kind=rb.OWNERSHIP)
    entities = list(case.entities.all())
    code = request.POST.get("change", "") if request.method == "POST" else request.GET.get("change", "")
    changed = _to_change(case, code)
    kept = typed.Page(request, case, f"{request.path}?change={changed.pk}" if changed else "")
    form = kept.form(request, lambda data, _files: _form(case, entities, data, changed))
    refusal: Refused | None = None
    if form.is_valid():
        try:
            _save(request, case, entities, form.cleaned_data, changed)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            back = back_of(request, case, kind=rb.OWNERSHIP)
            return redirect(back.url if back else reverse("portal:ownership", args=[case.pk]))
    return _ownership_page(request, case, entities, form, refusal, kept, changed)


@page("POST")
def holder_remove(request: SignedIn, pk: UUID, entity: UUID) -> HttpResponse:
    case = case_or_404(request, pk, kind=rb.OWNERSHIP)
    found = case.entities.filter(pk=entity).first()
    if found is None:
        raise Http404
    try:
        remove_entity(actor=request.user, case_id=case.pk, entity=found)
    except Refused as refusal:
        return _refused(request, case, refusal)
    messages.success(request, _("Taken out: %(name)s.") % {"name": found.name})
    return redirect("portal:ownership", case.pk)


@page("POST")
def holding_remove(request: SignedIn, pk: UUID, holding: int) -> HttpResponse:
    case = case_or_404(request, pk, kind=rb.OWNERSHIP)
    found = case.holdings.select_related("owner", "owned").filter(pk=holding).first()
    if found is None:
        raise Http404
    try:
        remove_holding(actor=request.user, case_id=case.pk, holding=found)
    except Refused as refusal:
        return _refused(request, case, refusal)
    said = _("Taken out: what %(owner)s holds of %(owned)s.")
    messages.success(request, said % {"owner": found.owner.name, "owned": found.owned.name})
    return redirect("portal:ownership", case.pk)


@page("GET", "POST")
def groups(request: SignedIn, pk: UUID) -> HttpResponse:
    """Which holders act together."""
    case = case_or_404(request, pk, kind=rb.OWNERSHIP)
    holders = {str(entity.pk): entity for entity in case.entities.filter(is_applicant=False)}
    rows = [(key, entity.name, entity.acts_with) for key, entity in holders.items()]
    kept = typed.Page(request, case)
    form = kept.form(request, lambda data, _files: GroupsForm(rows, data))
    refusal = None
    if form.is_valid():
        named = {holders[key].pk: name for key, name in form.cleaned_data.items()}
        try:
            save_groups(actor=request.user, case_id=case.pk, groups=named)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:ownership", case.pk)
    return show(
        request, "portal/groups.html", case, tab="ownership", refusal=refusal, form=form,
        typed_page=kept if rows else None,
    )  # fmt: skip


def _to_change(case: Application, code: str) -> Holding | None:
    """The holding that was opened to be changed; None where one is added."""
    if not code:
        return None
    found = case.holdings.filter(pk=code).first() if _is_number(code) else None
    if found is None:
        raise Http404
    return found


def _form(
    case: Application, entities: list[Entity], data: Any = None, changed: Holding | None = None
) -> HolderForm:
    firm = next((str(entity.pk) for entity in entities if entity.is_applicant), "")
    bodies = [(str(entity.pk), entity.name) for entity in entities if entity.person_id is None]
    initial = _initial(changed) if changed else {"owned": firm}
    return HolderForm(_owners(case, entities), bodies, data, initial=initial)


def _initial(holding: Holding) -> dict[str, str]:
    return {
        "owner": f"entity:{holding.owner_id}",
        "owned": str(holding.owned_id),
        "kind": holding.kind,
        "held_for": f"entity:{holding.held_for_id}" if holding.held_for_id else "",
        "economic": words.plain(holding.economic),
        "voting": words.plain(holding.voting),
        "control_how": holding.control_how,
        "change": str(holding.pk),
    }


def _refused(request: SignedIn, case: Application, refusal: Refused) -> HttpResponse:
    entities = list(case.entities.all())
    kept = typed.Page(request, case, reverse("portal:ownership", args=[case.pk]))
    return _ownership_page(request, case, entities, _form(case, entities), refusal, kept)


def _ownership_page(
    request: SignedIn,
    case: Application,
    entities: list[Entity],
    form: HolderForm,
    refusal: Refused | None,
    kept: typed.Page,
    changed: Holding | None = None,
) -> HttpResponse:
    holdings = holdings_of(case)
    seen = ",".join(f"{holding.pk}:{holding.version}" for holding in holdings)
    form.initial.setdefault("seen", seen)
    clash = None
    if isinstance(refusal, Conflict):
        theirs = {name: getattr(refusal.current, name) for name in ("economic", "voting", "control_how")}
        clash = clash_of(refusal, form, {**form.cleaned_data, **theirs})
        form.data = {**form.data.dict(), "seen": seen}  # type: ignore[attr-defined]
    return show(
        request, "portal/ownership.html", case, tab="ownership", refusal=refusal, form=form,
        holdings=holdings, removable=[e for e in entities if not e.is_applicant], typed_page=kept,
        clash=clash, changed=changed, **computed(case, entities, holdings),
    )  # fmt: skip


def computed(case: Application, entities: list[Entity], holdings: list[Holding]) -> dict[str, Any]:
    """What the holdings come to, as the part of the page that follows what is typed."""
    direct = [holding.economic for holding in holdings if holding.owned.is_applicant]
    if not holdings:
        return {"structure": None, "chart": None, "total": None}
    structure = structure_of(case, entities, holdings)
    may_be_mended = not case.submitted_at or case.state == "returned"
    return {
        "structure": structure_in_words(structure, for_firm=may_be_mended),
        "chart": chart_of(entities, holdings, structure["rows"]),
        "total": sum(direct) if direct else None,
    }


@page("POST")
def preview(request: SignedIn, pk: UUID) -> HttpResponse:
    """What the holdings would come to with the one that is typed. Nothing is kept."""
    case = case_or_404(request, pk, kind=rb.OWNERSHIP)
    allow(request.user, "applications.edit_application", case)
    entities, holdings = list(case.entities.all()), holdings_of(case)
    form = _form(case, entities, request.POST)
    typed = form.is_valid()
    if typed:
        holdings = [one for one in holdings if str(one.pk) != form.cleaned_data["change"]]
        entities, holdings = _with_typed(case, entities, holdings, form.cleaned_data)
    context = {"case": case, "typed": typed, **computed(case, entities, holdings)}
    return render(request, "portal/parts/ownership_computed.html", context)


def _with_typed(
    case: Application, entities: list[Entity], holdings: list[Holding], typed: dict[str, Any]
) -> tuple[list[Entity], list[Holding]]:
    """The chart as ``_save`` would leave it, in memory only."""
    known = {str(entity.pk): entity for entity in entities}

    def chosen(choice: str) -> Entity:
        kind, _colon, pk = choice.partition(":")
        if kind == "entity" and pk in known:
            return known[pk]
        person = person_of(case, pk) if kind == "person" else None
        made = Entity(application=case, name=person.full_name if person else typed["name"], person=person)
        return known.setdefault(str(made.pk), made)

    owned = known[typed["owned"]]
    new = Holding(
        application=case, owner=chosen(typed["owner"]), owned=owned, kind=typed["kind"],
        held_for=chosen(typed["held_for"]) if typed["held_for"] else None,
        economic=typed["economic"], voting=typed["voting"], control_how=typed["control_how"],
    )  # fmt: skip
    others = [holding for holding in holdings if _place(holding) != _place(new)]
    return list(known.values()), [*others, new]


def _place(holding: Holding) -> tuple[Any, ...]:
    return (holding.owner_id, holding.owned_id, holding.kind, holding.held_for_id)


def _owners(case: Application, entities: list[Entity]) -> list[tuple[str, str]]:
    """Bodies in the chart, and people of the case who are not in it yet."""
    bodies = [(f"entity:{e.pk}", e.name) for e in entities if not e.is_applicant]
    charted = {e.person_id for e in entities}
    people = {post.person_id: post.person for post in case.posts.select_related("person")}
    return bodies + [(f"person:{pk}", p.full_name) for pk, p in people.items() if pk not in charted]


def _save(
    request: SignedIn,
    case: Application,
    entities: list[Entity],
    given: dict[str, Any],
    changed: Holding | None,
) -> None:
    """Holders and holding are kept together or not at all."""
    by_pk = {str(entity.pk): entity for entity in entities}

    def chosen(choice: str) -> Entity:
        kind, _colon, pk = choice.partition(":")
        if kind == "entity" and pk in by_pk:
            return by_pk[pk]
        return save_entity(
            actor=request.user,
            case_id=case.pk,
            name=given["name"],
            country=given["country"],
            registration=given["registration"],
            person=person_of(case, pk) if kind == "person" else None,
        )

    with transaction.atomic():
        place = {
            "owner": chosen(given["owner"]),
            "owned": by_pk[given["owned"]],
            "kind": given["kind"],
            "held_for": chosen(given["held_for"]) if given["held_for"] else None,
        }
        save_holding(
            actor=request.user,
            case_id=case.pk,
            **place,
            economic=given["economic"],
            voting=given["voting"],
            control_how=given["control_how"],
            changed=changed,
            expected_version=_seen(given["seen"]).get(changed.pk, 0) if changed else None,
        )


def _seen(text: str) -> dict[int, int]:
    """The holdings that the page showed, with their versions."""
    pairs = (pair.split(":") for pair in text.split(","))
    return {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2 and all(map(_is_number, pair))}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
