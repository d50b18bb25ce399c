"""The acts of a case on the desk: the form of each, the service that does it, what a decision rests on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.desk import act_forms as f
from applications.desk.words import STAGE_TAGS
from applications.models import Application
from applications.queries import law
from applications.services import decisions, intake
from applications.states import StageState
from regulators.rulebook import say
from workflow.acts import DECIDE, Act
from workflow.models import Duty
from workflow.queries import Offer

REASONS_SHOWN = 8  # as admin/applications/acts.html cuts them
OF_THE_FIRM = frozenset({"submit", "discard", "withdraw"})
STAGE_OF_THE_FIRM = frozenset({"start", "complete", "edit_again"})

FORMS: dict[str, type[forms.Form]] = {
    "return_incomplete": f.ReturnForm,
    "recommend": f.RecommendForm,
    "approve_in_principle": f.InPrincipleForm,
    "extend": f.ExtendForm,
    "propose_refusal": f.ProposeRefusalForm,
    "refuse": f.RefuseForm,
    "remit": f.RemitForm,
}
SERVICES: dict[str, Callable[..., Any]] = {
    "accept": intake.accept,
    "return_incomplete": intake.return_incomplete,
    "refuse_to_consider": intake.refuse_to_consider,
    "recommend": decisions.recommend,
    "send_back": decisions.send_back,
    "approve_in_principle": decisions.approve_in_principle,
    "grant": decisions.grant,
    "reopen": decisions.reopen,
    "extend": decisions.extend,
    "propose_refusal": decisions.propose_refusal,
    "refuse": decisions.refuse,
    "lapse": decisions.lapse,
}


@dataclass(frozen=True, kw_only=True)
class CaseOffer(Offer):
    """An offer that knows its case, since grounds are picked from the book of the case."""

    case: Application


def for_case(offer: Offer, case: Application) -> CaseOffer:
    return CaseOffer(act=offer.act, reasons=offer.reasons, proposal=offer.proposal, case=case)


def form_of(offer: Offer, plain: type[forms.Form]) -> type[forms.Form]:
    """The form of the act, with the grounds of this case's book where it names grounds."""
    if not isinstance(offer, CaseOffer) or not issubclass(plain, f.WithGrounds):
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


def links(found: list[Offer], url: Callable[[Act], str]) -> list[dict[str, Any]]:
    """The acts as a page shows them; of many reasons the first few, and how many more there are."""
    return [
        {
            "name": offer.act.name,
            "label": offer.act.label,
            "url": url(offer.act),
            "open": offer.open,
            "reasons": offer.reasons,
            "more": max(0, len(offer.reasons) - REASONS_SHOWN),
        }
        for offer in found
    ]


def grounding(case: Application, offer: Offer) -> dict[str, Any]:
    """What the person who acts has before them: the submission, the law of today, the stages, the conditions,
    and how many people may not decide because they examined.
    """
    snapshot = case.snapshots.defer("content").latest("number")
    sides = list(Duty.objects.filter(case=case.duty_case).values_list("side", flat=True))
    return {
        "snapshot": snapshot,
        "law": law.as_at_today(case),
        "stages": [
            (say(case.book.stage(s.code).title), STAGE_TAGS[StageState(s.state)], s.get_state_display())
            for s in case.stages.all()
        ],
        "conditions": case.conditions.all(),
        "recommendation": case.recommendations.select_related("by").last(),
        "examined_by": sides.count("examine"),
        "is_decision": offer.act.duty == DECIDE or offer.act.two_people,
        "proposed": _proposed(offer),
    }


def _proposed(offer: Offer) -> list[tuple[str, Any]]:
    """What the first of two people wrote, apart from the reason, which the page shows by itself."""
    data = offer.proposal.data if offer.proposal else {}
    names = {"appeal": _("Appeal")}
    return [(names.get(key, key), value) for key, value in data.items() if key != "reason"]
