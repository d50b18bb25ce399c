"""What the desk's first page says to one person: their roles, and counts that open the lists behind them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.desk.worklist import needs, pages
from applications.models import Application
from applications.pipeline import guidance
from applications.queries.consultations import answers_late, silence_raised, to_name_anew, view_asked
from applications.queries.standing import to_answer
from applications.states import DECIDED
from applications.states import ApplicationState as A
from regulators.models import Regulator, Role
from regulators.queries import regulators_of, staff_roles, to_confirm

OFFICER, LEAD, REVIEW, DECISION = (
    {Role.CASE_OFFICER},
    {Role.LEAD_REVIEWER},
    {Role.REVIEWER, Role.SPECIALIST, Role.LEAD_REVIEWER},
    {Role.DECISION_MAKER},
)


@dataclass(frozen=True, kw_only=True)
class Count:
    text: str
    count: int  # up to one more than MOST
    url: str

    @property
    def shown(self) -> str:
        return str(self.count) if self.count <= pages.MOST else f"{pages.MOST}+"


def my_work(user: Any) -> dict[str, Any]:
    """Roles by regulator, and the counts that matter to these roles."""
    served = Regulator.objects.filter(pk__in=regulators_of(user)).order_by("name")
    roles = {regulator: staff_roles(user, regulator.pk) for regulator in served}
    held = frozenset[str]().union(*roles.values())
    words = dict(Role.choices)
    return {
        "roles": [(r.name, sorted(str(words[role]) for role in mine)) for r, mine in roles.items()],
        "counts": counts(user, held),
    }


def counts(user: Any, held: frozenset[str]) -> list[Count]:
    cases = Application.objects.filed_with(user)
    still_open = cases.exclude(state__in=DECIDED)
    shown: list[tuple[Any, str, Any, str]] = [
        (OFFICER, _("My open cases"), still_open.filter(case_officer_id=user.pk), f"whose={user.pk}"),
        (OFFICER, _("Submitted, to be checked"), _in_state(cases, A.SUBMITTED), "state=submitted"),
        (OFFICER, _("Notices to serve"), needs.to_serve(still_open), "needs=notice"),
        (REVIEW, _("Stages to take"), needs.untaken(still_open), "needs=untaken"),
        (REVIEW, _("Answers to read"), needs.answered(still_open), "needs=answered"),
        (REVIEW, _("The firm asks something"), to_answer(cases), "needs=asked"),
        (REVIEW, _("Conditions to verify"), _in_state(cases, A.APPROVED_IN_PRINCIPLE),
         "state=approved_in_principle"),
        (REVIEW, _("Your view is asked"), view_asked(cases, user), "needs=my_view"),
        (OFFICER | REVIEW, _("Consultations past their day"), answers_late(cases), "needs=silent"),
        (LEAD, _("Silence raised to you"), silence_raised(cases), "needs=raised"),
        (LEAD, _("To name anew after a conflict of interest"), to_name_anew(cases),
         "needs=conflict"),
        (DECISION, _("Recommended, to be decided"), _in_state(cases, A.RECOMMENDED),
         "state=recommended"),
        (DECISION, _("Refusal proposed"), _in_state(cases, A.REFUSAL_PROPOSED),
         "state=refusal_proposed"),
        (OFFICER | REVIEW | DECISION, _("Past a date due"), needs.late(still_open),
         "needs=late"),
    ]  # fmt: skip
    url = reverse("admin:applications_application_changelist")
    ours = [
        Count(text=text, count=pages.capped(found), url=f"{url}?{query}")
        for roles, text, found, query in shown
        if held & roles
    ]
    return ours + _to_confirm(user) + _guidance(user)


def _to_confirm(user: Any) -> list[Count]:
    """What counts for nothing until a second person confirms it; nothing is said of what there is none of."""
    words = {
        "staff": _("Appointments to be confirmed"),
        "delegation": _("Delegations to be confirmed"),
        "authoritybasis": _("Legal bases to be confirmed"),
        "reproving": _("Lost second factors to be confirmed"),
        "legalvalue": _("Figures of the law to be confirmed"),
        "keepingperiod": _("Periods for keeping documents to be confirmed"),
    }
    found = {name: (pages.capped(rows), asked) for name, (rows, asked) in to_confirm(user).items()}
    return [
        Count(
            text=words[name],
            count=count,
            url=f"{reverse(f'admin:regulators_{name}_changelist')}?{urlencode(asked)}",
        )
        for name, (count, asked) in found.items()
        if count
    ]


def _guidance(user: Any) -> list[Count]:
    """Nothing is said where none is open."""
    count = pages.capped(guidance.open_of(user)) if guidance.may_own(user) else 0
    found = Count(text=_("Guidance to write"), count=count, url=reverse("pipeline:guidance"))
    return [found] if count else []


def _in_state(cases: Any, state: str) -> Any:
    return cases.filter(state=state)
