"""The acts of a case on the desk: the form of each, the service that does it, what a decision rests on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.conditions import decision, opened, panel, recommendation
from applications.desk import act_forms as f
from applications.desk.condition_forms import InPrincipleForm
from applications.desk.words import STAGE_TAGS, act_word, outcome_word, to_grant_heading
from applications.models import Application, Finding, Stage
from applications.queries import law
from applications.queries.panels import last_closed
from applications.services import decisions, intake
from applications.services.safe_day import safe_day
from applications.states import StageState
from regulators.periods import in_words
from regulators.rulebook import say
from workflow.acts import DECIDE, Act, Requirement
from workflow.errors import Reason
from workflow.models import Duty
from workflow.queries import Offer

# What these ask depends on what is typed into their form, so the form stays open.
BY_FORM: dict[str, tuple[Requirement, ...]] = {
    "recommend": (recommendation.recommendation_is_ready, opened.to_grant_documents_were_opened),
    "approve_in_principle": (panel.grant_gives_reasons,),
    "grant": (panel.grant_gives_reasons,),
    "propose_refusal": (decision.grounds_from_book, panel.refusal_gives_reasons),
    "refuse": (panel.refusal_gives_reasons,),
}
DECIDES = {  # what each decision comes to, which may not be what was recommended or voted
    "approve_in_principle": "grant",
    "grant": "grant",
    "propose_refusal": "refuse",
    "refuse": "refuse",
}
FORWARD = ("accept", "recommend", "approve_in_principle", "grant", "refuse", "take", "approve")
CLOCKS = {  # the period of the book that an act starts, or that its form asks about
    "accept": "decision",
    "approve_in_principle": "in_principle_expiry",
    "extend": "in_principle_expiry",
    "propose_refusal": "representations",
    "refuse": "appeal",
}
REASONS_SHOWN = 8  # as admin/applications/acts.html cuts them
OF_THE_FIRM = frozenset({"submit", "discard", "withdraw"})
STAGE_OF_THE_FIRM = frozenset({"start", "complete", "edit_again", "ask_again", "open_for_another_person"})

FORMS: dict[str, type[forms.Form]] = {
    "return_incomplete": f.ReturnForm,
    "recommend": f.RecommendForm,
    "approve_in_principle": InPrincipleForm,
    "extend": f.ExtendForm,
    "propose_refusal": f.ProposeRefusalForm,
    "refuse": f.RefuseForm,
    "remit": f.RemitForm,
}
INDIVIDUAL_FORMS: dict[str, type[forms.Form]] = {
    "propose_refusal": f.IndividualRefusalForm, "refuse": f.IndividualRefuseForm
}  # fmt: skip
STAGE_FORMS: dict[str, type[forms.Form]] = {"request_changes": f.ReturnStageForm}
SERVICES: dict[str, Callable[..., Any]] = {
    "accept": intake.accept,
    "return_incomplete": intake.return_incomplete,
    "refuse_to_consider": intake.refuse_to_consider,
    "recommend": decisions.recommend,
    "send_back": decisions.send_back,
    "approve_in_principle": decisions.approve_in_principle,
    "grant": decisions.grant,
    "extend": decisions.extend,
    "propose_refusal": decisions.propose_refusal,
    "refuse": decisions.refuse,
    "lapse": decisions.lapse,
}


@dataclass(frozen=True, kw_only=True)
class CaseOffer(Offer):
    """An offer that knows its case, since grounds are picked from the book of the case."""

    case: Application


@dataclass(frozen=True, kw_only=True)
class StageOffer(Offer):
    """An offer that knows its stage, whose questions are picked."""

    stage: Stage


def for_stage(offer: Offer, stage: Stage) -> StageOffer:
    return StageOffer(act=offer.act, reasons=offer.reasons, proposal=offer.proposal, stage=stage)


def worded(offer: Offer, case: Application) -> Offer:
    """With the words of the case, where these are other than those of the act."""
    label = act_word(case, offer.act)
    return offer if label == offer.act.label else replace(offer, act=replace(offer.act, label=label))


def for_case(offer: Offer, case: Application) -> CaseOffer:
    offer = worded(offer, case)
    return CaseOffer(act=offer.act, reasons=standing(offer, case), proposal=offer.proposal, case=case)


def standing(offer: Offer, obj: Any) -> list[Reason]:
    """The reasons that hold whatever is typed into the form of the act."""
    if not offer.reasons or not isinstance(obj, Application) or offer.act.name not in BY_FORM:
        return offer.reasons
    mended = {reason.text for reason in _by_form(obj, offer.act.name)}
    return [reason for reason in offer.reasons if reason.text not in mended]


def _by_form(case: Application, act: str) -> list[Reason]:
    """What lacks while nothing is typed."""
    return [reason for requirement in BY_FORM[act] for reason in requirement(case, {})]


def form_of(offer: Offer, plain: type[forms.Form]) -> type[forms.Form]:
    """The form of the act, with the grounds of the book or the questions of the stage to pick from, and with
    why it departs from what was recommended or voted where it does.
    """
    if isinstance(offer, StageOffer) and issubclass(plain, f.ReturnStageForm):
        return type(plain.__name__, (plain,), {"stage": offer.stage})
    if not isinstance(offer, CaseOffer):
        return plain
    if offer.act.name in DECIDES and panel.departures(offer.case, DECIDES[offer.act.name]):
        plain = type(plain.__name__, (plain, f.Departing), {})
    if not issubclass(plain, f.WithGrounds):
        return plain
    return type(plain.__name__, (plain,), {"case": offer.case})


def run(
    actor: Any, case: Application, act: Act, version: int, data: dict[str, Any], *, proposed: bool
) -> Any:
    if not act.two_people:
        return SERVICES[act.name](actor=actor, case=case, expected_version=version, **data)
    if proposed:
        return decisions.confirm(actor=actor, case=case, act=act.name, expected_version=version)
    return decisions.propose(actor=actor, case=case, act=act.name, expected_version=version, **data)


def links(
    obj: Any,
    found: list[Offer],
    url: Callable[[Act], str],
    *,
    listed: Collection[str] = (),
    leads: bool = True,
) -> list[dict[str, Any]]:
    """The acts as a page shows them; of many reasons the first few, and how many more there are. What the
    acts that are ``listed`` lack stands elsewhere on the page, apart from what is about the reader.

    One act leads on and is the main button where ``leads``: it is the turn of whoever reads. What stands in
    the way of a grant shows even though the form of the recommendation is open, since a refusal can be
    recommended.
    """
    is_open = {offer.act.name: not standing(offer, obj) for offer in found}
    main = next((name for name in FORWARD if leads and is_open.get(name)), "")
    return [
        {
            "name": offer.act.name,
            "label": offer.act.label,
            "url": url(offer.act),
            "open": is_open[offer.act.name],
            "main": offer.act.name == main,
            "reasons": reasons,
            "listed": offer.act.name in listed and not offer.personal,
            "more": max(0, len(reasons) - REASONS_SHOWN),
        }
        for offer in found
        for reasons in [offer.reasons if offer.act.name == "recommend" else standing(offer, obj)]
    ]


def grounding(case: Application, offer: Offer) -> dict[str, Any]:
    """What the person who acts has before them: the submission, the law of today, the stages, the conditions,
    and how many people may not decide because they examined.
    """
    snapshot = case.snapshots.defer("content").latest("number")
    sides = list(Duty.objects.filter(case=case.duty_case).values_list("side", flat=True))
    to_grant = _by_form(case, "recommend") if offer.act.name == "recommend" else []
    clock = case.book.clock(CLOCKS.get(offer.act.name, ""))
    return {
        "to_grant": to_grant,
        "to_grant_heading": to_grant_heading(case),
        "period": (say(clock.title), in_words(clock)) if clock else None,
        "safe_day": safe_day(case, case.deadlines.all()) if offer.act.name == "propose_refusal" else None,
        "snapshot": snapshot,
        "law": law.as_at_today(case),
        "stages": [
            (say(case.book.stage(s.code).title), STAGE_TAGS[StageState(s.state)], s.get_state_display())
            for s in case.stages.all()
        ],
        "conditions": case.conditions.in_force(),
        "subject_to": case.findings.filter(outcome=Finding.SUBJECT).order_by("stage", "requirement"),
        "panel": last_closed(case),
        "recommendation": (made := case.recommendations.select_related("by").last()),
        "recommended": outcome_word(case, made.outcome) if made else "",
        "examined_by": sides.count("examine"),
        "is_decision": offer.act.duty == DECIDE or offer.act.two_people,
        "proposed": _proposed(offer),
    }


def _proposed(offer: Offer) -> list[tuple[str, Any]]:
    """What the first of two people wrote, apart from the reason, which the page shows by itself."""
    data = offer.proposal.data if offer.proposal else {}
    names = {"appeal": _("Appeal")}
    return [(names.get(key, key), value) for key, value in data.items() if key != "reason"]
