"""A panel on a case: convened, its members recused, voting, closed with minutes and a result."""

from datetime import date
from typing import Any

import rules
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Application, Panel, PanelMember, Vote
from applications.queries.panels import Sitting, open_panel
from applications.services import tell
from applications.services.conflicts import declare_conflict
from applications.services.guard import insist, locked_case, same_version, take_side
from applications.states import ApplicationState as A
from applications.votes import FOR, MIN_QUORUM
from audit.services import record
from regulators.models import Role
from regulators.queries import staff_roles
from workflow import duties
from workflow.acts import DECIDE, EXAMINE
from workflow.errors import NotAllowed

CONVENED_IN = (A.RECOMMENDED, A.REFUSAL_PROPOSED)


@transaction.atomic
def convene_panel(
    *,
    actor: Any,
    case: Application,
    expected_version: int,
    members: list[User],
    chair: User,
    quorum: int,
    reason: str,
) -> Panel:
    """Call people to vote on the recommendation, or on the refusal that is proposed. Decisions wait from then
    on. Naming people takes no side of the case; voting does.

    Effects in order: lock the case; the panel and its members; a message to each; audit event. Raises
    NotAllowed, Conflict or NotReady with what is wrong of whom.
    """
    case = locked_case(case.pk, actor=actor, permission="applications.convene_panel")
    same_version(case, expected_version)
    insist(case.state in CONVENED_IN, _("A panel votes on a recommendation or on a proposed refusal."))
    insist(open_panel(case) is None, _("A panel sits on this case already."))
    people = {user.pk: user for user in [chair, *members]}
    for user in people.values():
        _insist_can_sit(case, user)
    humans = {user.human for user in people.values()}
    insist(len(humans) == len(people), _("Two of these accounts are one person."))
    is_decider = Role.DECISION_MAKER in staff_roles(chair, case.regulator_id)
    insist(is_decider, _("The chair has to be a decision maker."))
    words = _("The quorum has to be %(least)s at least and no more than the %(most)s members.")
    told = {"least": MIN_QUORUM, "most": len(people)}
    insist(MIN_QUORUM <= quorum <= len(people), words % told)
    insist(reason.strip(), _("Say why this panel and this quorum."))
    number = (case.panels.aggregate(last=Max("number"))["last"] or 0) + 1
    panel = Panel.objects.create(
        application=case,
        recommendation=case.recommendations.latest("at", "pk"),
        number=number,
        question="refuse" if case.state == A.REFUSAL_PROPOSED else case.recommended,
        quorum=quorum,
        reason=reason,
        convened_by=actor,
        convened_at=timezone.now(),
    )
    PanelMember.objects.bulk_create(
        PanelMember(panel=panel, user=user, human=user.human, is_chair=user == chair)
        for user in people.values()
    )
    for user in people.values():
        tell.person(case, user, "internal_assigned", key=f"panel:{panel.pk}")
    record(
        subject=case.audit_subject,
        kind="application.panel_convened",
        actor=actor,
        reason=reason,
        data={
            "panel": number,
            "question": panel.question,
            "quorum": quorum,
            "members": [user.audit_name for user in people.values()],
        },
    )
    return panel


def _insist_can_sit(case: Application, user: User) -> None:
    """Serves the regulator, is known, and neither examined the case nor has a conflict with it."""
    name = {"name": user.full_name}
    insist(
        user.human and rules.has_perm("applications.vote_on_panel", user, case),
        _("%(name)s cannot sit: not of this regulator's staff, or with a conflict of interest.") % name,
    )
    examined = duties.side_of(case=case.duty_case, human=user.human) == EXAMINE
    insist(not examined, _("%(name)s examined this case and cannot vote on it.") % name)


@transaction.atomic
def recuse(*, actor: Any, panel: Panel, reason: str, is_conflict: bool) -> PanelMember:
    """A member stands aside, for good: no vote, no part in the quorum; a vote given before counts no more.

    Effects in order: lock the case; the recusal; where it is a conflict of interest, its declaration, which
    blocks the human on the whole case; audit event.
    """
    case, sitting, member = _of_member(panel, actor, "applications.declare_conflict")
    insist(sitting.sits(member), _("You do not sit on this panel any more."))
    insist(reason.strip(), _("Say why you stand aside."))
    member.recused_at, member.recused_why = timezone.now(), reason
    member.save(update_fields=["recused_at", "recused_why"])
    if is_conflict:
        declare_conflict(actor=actor, case=case, text=reason)
    record(
        subject=case.audit_subject,
        kind="application.panel_recusal",
        actor=actor,
        data={"panel": panel.number, "conflict": is_conflict},
    )
    return member


@transaction.atomic
def vote(*, actor: Any, panel: Panel, choice: str, reason: str, seen: int | None = None) -> Vote:
    """Vote, or vote anew in the place of the vote before, until the panel is closed. ``seen`` is the vote
    that the page showed, 0 for none: a second press votes no second time.

    Effects in order: lock the case; take the deciding side; the vote; audit event. Raises NotAllowed for who
    is no member, stood aside, has a conflict or examined the case; NotReady with what is missing.
    """
    case, sitting, member = _of_member(panel, actor, "applications.vote_on_panel")
    if not sitting.sits(member):
        raise NotAllowed([_("You stood aside from this panel.")])
    insist(case.state in CONVENED_IN, _("There is nothing to vote on any more."))
    insist(choice in dict(Vote.CHOICES), _("Vote for, against, or abstain."))
    insist(reason.strip(), _("Give the reasons of your vote."))
    before = sitting.vote_of(member)
    if (
        before
        and seen is not None
        and before.pk > seen
        and (before.choice, before.reason) == (choice, reason)
    ):
        return before
    take_side(case, actor=actor, side=DECIDE, act="vote")
    given = Vote.objects.create(
        member=member,
        panel=panel,
        human=actor.human,
        choice=choice,
        reason=reason,
        replaces=before,
        at=timezone.now(),
    )
    record(
        subject=case.audit_subject,
        kind="application.panel_vote",
        actor=actor,
        data={"panel": panel.number, "choice": choice, "anew": before is not None},
    )
    return given


@transaction.atomic
def close_panel(*, actor: Any, panel: Panel, sat_on: date, minutes: str, present: list[int]) -> Panel:
    """The chair closes the panel; where the chair stood aside, or decides here no more, any decision maker.
    ``present`` are keys of members. The result is counted, not chosen: see ``applications.votes``.

    Effects in order: lock the case; take the deciding side; who was there; the minutes and the result; audit
    event with the count.
    """
    case, sitting = _open(panel, actor, "applications.close_panel")
    if not sitting.may_close(actor):
        raise NotAllowed([_("The chair closes the panel.")])
    insist(minutes.strip(), _("Write the minutes."))
    insist(sat_on <= timezone.localdate(), _("The panel cannot have sat in the future."))
    insist(set(present) <= {m.pk for m in sitting.members}, _("Only members can have been present."))
    absent = [m.user.full_name for m in sitting.sitting if sitting.vote_of(m) and m.pk not in present]
    insist(not absent, _("Voted, so was present: %(names)s.") % {"names": ", ".join(absent)})
    take_side(case, actor=actor, side=DECIDE, act="close_panel")
    panel.members.filter(pk__in=present).update(present=True)
    panel.members.exclude(pk__in=present).update(present=False)
    count = sitting.count()
    panel = sitting.panel
    panel.sat_on, panel.minutes, panel.result = sat_on, minutes, count.result
    panel.closed_by, panel.closed_at = actor, timezone.now()
    panel.save(update_fields=["sat_on", "minutes", "result", "closed_by", "closed_at"])
    record(
        subject=case.audit_subject,
        kind="application.panel_closed",
        actor=actor,
        data={
            "panel": panel.number,
            "question": panel.question,
            "result": count.result,
            FOR: count.in_favour,
            "against": count.against,
            "abstain": count.abstained,
            "quorum": panel.quorum,
        },
    )
    return panel


def _open(panel: Panel, actor: Any, permission: str) -> tuple[Application, Sitting]:
    """The locked case, and its open panel as it stands now."""
    case = locked_case(panel.application_id, actor=actor, permission=permission)
    sitting = Sitting(Panel.objects.get(pk=panel.pk))
    sitting.panel.application = case
    insist(sitting.panel.closed_at is None, _("This panel is closed."))
    return case, sitting


def _of_member(panel: Panel, actor: Any, permission: str) -> tuple[Application, Sitting, PanelMember]:
    """The same, with the actor's place on it."""
    case, sitting = _open(panel, actor, permission)
    member = sitting.member_of(actor)
    if member is None:
        raise NotAllowed([_("You do not sit on this panel.")])
    return case, sitting, member
