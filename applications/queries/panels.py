"""The panel of a case: who sits on it, and whose vote counts."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import rules

from applications.votes import Count, says

if TYPE_CHECKING:
    from applications.models import Application, Panel, PanelMember, Vote


class Sitting:
    """A panel with its members and votes as they stand now, in three queries."""

    def __init__(self, panel: "Panel") -> None:
        self.panel = panel

    @cached_property
    def members(self) -> "list[PanelMember]":
        return list(self.panel.members.select_related("user"))

    @cached_property
    def conflicted(self) -> frozenset[str]:
        """Those who declared a conflict of interest on the case, on whatever page."""
        humans = [member.human for member in self.members]
        found = self.panel.application.conflicts.filter(human__in=humans)
        return frozenset(found.values_list("human", flat=True))

    @cached_property
    def votes(self) -> "list[Vote]":
        """Every vote ever given, the oldest first."""
        return list(self.panel.votes.all())

    def sits(self, member: "PanelMember") -> bool:
        return member.recused_at is None and member.human not in self.conflicted

    @property
    def sitting(self) -> "list[PanelMember]":
        return [member for member in self.members if self.sits(member)]

    def votes_of(self, member: "PanelMember") -> "list[Vote]":
        return [vote for vote in self.votes if vote.member_id == member.pk]

    def vote_of(self, member: "PanelMember") -> "Vote | None":
        """The one that counts: the last of those that follow one another."""
        given = self.votes_of(member)
        return given[-1] if given else None

    def member_of(self, user: Any) -> "PanelMember | None":
        """The place of this human, whatever account they come by."""
        return next((m for m in self.members if user.human and m.human == user.human), None)

    @property
    def chair(self) -> "PanelMember | None":
        """The chair, as long as that one sits."""
        return next((m for m in self.sitting if m.is_chair), None)

    def may_close(self, user: Any) -> bool:
        """The chair; where that one does not sit any more, or may not decide here any more (an appointment
        that ended, an account that was closed), whoever may decide on the case. Else the case would wait for
        somebody who never comes.
        """
        chair, case = self.chair, self.panel.application
        if chair is None or chair.human == user.human:
            return True
        return not rules.has_perm("applications.close_panel", chair.user, case)

    def count(self) -> Count:
        votes = [self.vote_of(member) for member in self.sitting]
        return Count(quorum=self.panel.quorum, votes=tuple(vote.choice for vote in votes if vote))


def open_panel(case: "Application") -> "Panel | None":
    return case.panels.filter(closed_at=None).first()


def last_closed(case: "Application") -> "Panel | None":
    """The newest closed panel on the recommendation that stands: what was voted before it counts no more."""
    last = case.recommendations.order_by("-at", "-pk").values_list("pk", flat=True).first()
    closed = case.panels.filter(recommendation=last, closed_at__isnull=False)
    return closed.order_by("-number").first()


def vote_of_panel(case: "Application") -> str:
    """``grant``, ``refuse`` or nothing, as the panel on the recommendation that stands voted."""
    panel = last_closed(case)
    return says(panel.question, panel.result) if panel else ""
