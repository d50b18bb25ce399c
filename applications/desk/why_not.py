"""Why not yet: all that the next acts of a case still lack, for whoever reads, and where it is mended."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import rules
from django.urls import resolve
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.addresses import NO_CASE
from applications.conditions import FORM, THE_BOOK, THE_FIRM, THE_REGULATOR, TIME
from applications.desk.pages import PAGES
from applications.desk.standing import FIRM, WHO
from applications.desk.words import act_word
from applications.models import Application
from applications.states import ApplicationState as A
from regulators.models import Role
from workflow.acts import acts_of
from workflow.errors import Reason
from workflow.queries import Offer, unmet

OF_PAGE = "applications_application_"
PERMISSIONS = {f"{OF_PAGE}{page.name}": f"applications.{page.permission}" for page in PAGES}
OFFICER, REVIEWERS, LEAD, DECIDER = (
    WHO[role] for role in ("case_officer", "reviewer", "lead_reviewer", "decision_maker")
)
MENDERS: dict[str, str | Promise] = {
    "check_completeness": OFFICER, "return_application": OFFICER, "refuse_to_consider": OFFICER,
    "accept_application": OFFICER, "serve_notice": OFFICER,
    "review_stage": REVIEWERS, "assess_stage": REVIEWERS, "write_request": REVIEWERS, "consult": REVIEWERS,
    "resolve_change": REVIEWERS, "verify_condition": REVIEWERS, "approve_individual": REVIEWERS,
    "apply_version": LEAD, "recommend_application": LEAD,
    "convene_panel": LEAD, "close_panel": DECIDER,
    "send_back_application": DECIDER, "answer_representation": DECIDER, "approve_in_principle": DECIDER,
    "grant_application": DECIDER, "propose_refusal": DECIDER, "refuse_application": DECIDER,
    "administrator": Role.ADMINISTRATOR.label,
    THE_FIRM: WHO[FIRM],
    THE_REGULATOR: gettext_lazy("The regulator"),
    TIME: gettext_lazy("Nobody: the day has to come"),
    THE_BOOK: gettext_lazy("Nobody: the rule book says so"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing that is missing. ``url`` only where the reader may open it; ``who`` only where the reader is
    not the one who mends it.
    """

    text: str
    url: str
    who: str


@dataclass(kw_only=True)
class Lacking:
    """What one act still lacks, by what it belongs with; ``who`` acts then."""

    name: str
    label: str
    who: str
    count: int
    groups: dict[str, list[Lack]] = field(default_factory=dict)


def next_acts(case: Application) -> tuple[str, ...]:
    """The acts that lead the case on from where it stands."""
    if case.state == A.RECOMMENDED:
        if case.recommended == "refuse":
            return ("propose_refusal",)
        return ("approve_in_principle", "grant") if case.book.in_principle else ("grant",)
    return {
        A.SUBMITTED: ("accept",),
        A.IN_REVIEW: ("recommend",),
        A.APPROVED_IN_PRINCIPLE: ("grant",),
        A.REFUSAL_PROPOSED: ("refuse",),
    }.get(A(case.state), ())


def why_not(case: Application, user: Any, offers: list[Offer]) -> list[Lacking]:
    """For each of the next acts. What was asked for an offer to this reader is not asked again."""
    asked = {offer.act.name: offer.reasons for offer in offers if not offer.personal}
    found = []
    for name in next_acts(case):
        act = acts_of(Application)[name]
        reasons = asked[name] if name in asked else unmet(case, act)
        reasons = [reason for reason in reasons if reason.by != FORM]
        lacking = Lacking(
            name=name,
            label=str(act_word(case, act)),
            who=_who(act.permission.removeprefix("applications."), user, case),
            count=len(reasons),
        )
        for reason in reasons:
            lacking.groups.setdefault(reason.about or _("Other"), []).append(_lack(reason, user, case))
        found.append(lacking)
    return found


def _lack(reason: Reason, user: Any, case: Application) -> Lack:
    url = reason.url if reason.url and _may_open(reason.url, user, case) else ""
    return Lack(text=reason.text, url=url, who=_who(reason.by, user, case))


def _who(by: str, user: Any, case: Application) -> str:
    if by not in MENDERS or rules.has_perm(f"applications.{by}", user, case):
        return ""
    return str(MENDERS[by])


def _may_open(url: str, user: Any, case: Application) -> bool:
    """Pages of work are open to those who may do the work; all else at the desk to everybody of it."""
    page, transition = _page_of(urlsplit(url).path.replace(str(case.pk), str(NO_CASE)))
    if page == f"{OF_PAGE}act":
        act = acts_of(Application)[transition]
        return case.state in act.sources and bool(rules.has_perm(act.permission, user, case))
    needed = PERMISSIONS.get(page)
    return needed is None or bool(rules.has_perm(needed, user, case))


@lru_cache(maxsize=2000)
def _page_of(path: str) -> tuple[str, str]:
    """Its name, and the act it is of. A case lacks dozens of things at first, and Django tries each address
    of the site in turn to find out.
    """
    match = resolve(path)
    return match.url_name or "", match.kwargs.get("transition", "")
