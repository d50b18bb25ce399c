"""Pages of a panel: convening it, standing aside, voting, closing it; and the panel to be read."""

from typing import Any, ClassVar

import rules
from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk import viewing
from applications.desk.pages.base import Page, page_url, posted_version
from applications.desk.words import VOTE_TAGS
from applications.models import Panel, PanelMember, Vote
from applications.presses import posted_seen
from applications.queries.panels import Sitting
from applications.services import panels
from applications.votes import MIN_QUORUM
from look.fields import DayMonthYearField, long_text
from regulators.models import Role
from regulators.queries import people_with_role, serving
from workflow.acts import EXAMINE
from workflow.models import Duty

POLICY = gettext_lazy(
    "No law on record asks for a panel or says how it votes. This desk counts so, as its own policy: the "
    "majority of the votes for and against; who abstains counts in the quorum alone; a tie, or a vote "
    "without the quorum, is no decision."
)
QUESTIONS = {
    "grant": gettext_lazy("Is the application to be granted?"),
    "refuse": gettext_lazy("Is the application to be refused?"),
}


class ConveneForm(forms.Form):
    chair = forms.ModelChoiceField(
        label=gettext_lazy("Chair, a decision maker"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose the chair")},
    )
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Other members"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Staff of this regulator who have not examined the case."),
        error_messages={"required": gettext_lazy("Choose at least one other member")},
    )
    quorum = forms.IntegerField(
        label=gettext_lazy("Quorum: how many have to vote"),
        min_value=MIN_QUORUM,
        error_messages={"required": gettext_lazy("Enter how many members have to vote")},
    )
    reason = long_text(gettext_lazy("Why this panel and this quorum"))


class ConvenePage(Page):
    name, path = "panel_new", "panels/new/"
    title, permission = gettext_lazy("Convene a panel"), "convene_panel"
    button, done = (
        gettext_lazy("Convene the panel"),
        gettext_lazy("The panel is convened. Its members are told."),
    )
    intro = POLICY

    def form(self, data: Any = None) -> ConveneForm:
        form = ConveneForm(data, initial={"quorum": MIN_QUORUM})
        examined = Duty.objects.filter(case=self.case.duty_case, side=EXAMINE).values("human")
        regulator = self.case.regulator_id
        staff = serving(frozenset({regulator})).exclude(human__in=examined)
        deciders = people_with_role(regulator, Role.DECISION_MAKER).exclude(human__in=examined)
        for name, people in (("chair", deciders), ("members", staff)):
            field: Any = form.fields[name]
            field.queryset = people.order_by("full_name", "pk")
            field.label_from_instance = lambda user: user.full_name
        return form

    def run(self, data: dict[str, Any]) -> Panel:
        data["members"] = list(data["members"])
        return panels.convene_panel(
            actor=self.user, case=self.case, expected_version=posted_version(self.request.POST), **data
        )

    def done_url(self, result: Panel) -> str:
        return page_url(self.case, "panel", result.number)


class OfOnePanel(Page):
    """``open_only``: a closed panel is read, and no more is done on it."""

    open_only: ClassVar[bool] = True

    def load(self) -> None:
        found = self.case.panels.filter(number=self.ids["number"]).select_related("convened_by", "closed_by")
        if self.open_only:
            found = found.filter(closed_at=None)
        panel = found.first()
        if panel is None:
            raise Http404
        panel.application = self.case
        self.panel: Panel = panel
        self.sitting = Sitting(panel)
        self.member: PanelMember | None = self.sitting.member_of(self.user)

    def done_url(self, result: Any) -> str:
        return page_url(self.case, "panel", self.panel.number)


class PanelPage(OfOnePanel):
    name, path, methods = "panel", "panels/<int:number>/", ("GET", "HEAD")
    title, permission = gettext_lazy("Panel"), "work_on_case"
    template = "admin/applications/panel.html"
    open_only = False

    def heading(self) -> str:
        return _("Panel %(number)s") % {"number": self.panel.number}

    def context(self) -> dict[str, Any]:
        sitting, panel = self.sitting, self.panel
        return {
            "panel": panel,
            "question": QUESTIONS[panel.question],
            "policy": POLICY,
            "count": sitting.count(),
            "members": [self._row(member) for member in sitting.members],
            "links": self._links() if panel.closed_at is None else [],
        }

    def _row(self, member: PanelMember) -> dict[str, Any]:
        given = self.sitting.votes_of(member)
        return {
            "member": member,
            "sits": self.sitting.sits(member),
            "vote": given[-1] if given else None,
            "kind": VOTE_TAGS[given[-1].choice] if given else "",
            "before": given[:-1],
        }

    def _links(self) -> list[tuple[str, str]]:
        may_vote = self.member is not None and self.sitting.sits(self.member)
        may_close = rules.has_perm("applications.close_panel", self.user, self.case)
        voted = self.member is not None and self.sitting.vote_of(self.member) is not None
        wanted = [
            ("panel_vote", _("Vote anew") if voted else _("Vote"), may_vote),
            ("panel_recuse", _("Stand aside"), may_vote),
            ("panel_close", _("Close the panel"), may_close and self.sitting.may_close(self.user)),
        ]
        return [(page_url(self.case, name, self.panel.number), text) for name, text, may in wanted if may]


class VoteForm(forms.Form):
    choice = forms.ChoiceField(
        label=gettext_lazy("Your vote"),
        choices=Vote.CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Vote for, against, or abstain.")},
    )
    reason = long_text(gettext_lazy("Reasons of your vote"))


class VotePage(OfOnePanel):
    name, path = "panel_vote", "panels/<int:number>/vote/"
    fresh_factor = True
    title, permission = gettext_lazy("Vote on the panel"), "vote_on_panel"
    button, done = gettext_lazy("Vote"), gettext_lazy("Your vote is recorded.")
    intro = gettext_lazy(
        "By this you decide on the case. You cannot examine it afterwards, from any account. Until the panel "
        "is closed you can vote anew; each vote stays to be read."
    )

    def form(self, data: Any = None) -> VoteForm:
        return VoteForm(data)

    def seen(self) -> int:
        given = self.sitting.vote_of(self.member) if self.member else None
        return given.pk if given else 0

    def run(self, data: dict[str, Any]) -> Vote:
        seen = posted_seen(self.request.POST)
        return panels.vote(actor=self.user, panel=self.panel, seen=seen, **data)

    def context(self) -> dict[str, Any]:
        given = self.sitting.vote_of(self.member) if self.member else None
        rows: list[tuple[str, Any]] = [(_("Question"), QUESTIONS[self.panel.question])]
        if given:
            rows.append((_("Your vote now"), f"{given.get_choice_display()}\n{given.reason}"))
        return {"facts": rows}


class RecuseForm(forms.Form):
    reason = long_text(gettext_lazy("Why you stand aside"))
    is_conflict = forms.BooleanField(
        label=gettext_lazy("It is a conflict of interest: I take no part in this case at all"), required=False
    )


class RecusePage(OfOnePanel):
    name, path = "panel_recuse", "panels/<int:number>/recusal/"
    title, permission = gettext_lazy("Stand aside from the panel"), "declare_conflict"
    button, done = (
        gettext_lazy("Stand aside"),
        gettext_lazy("You stand aside. Your place counts in no quorum."),
    )
    intro = gettext_lazy("This is for good. A vote that you gave before counts no more.")

    def form(self, data: Any = None) -> RecuseForm:
        return RecuseForm(data)

    def run(self, data: dict[str, Any]) -> PanelMember:
        member = panels.recuse(actor=self.user, panel=self.panel, **data)
        if data["is_conflict"]:
            viewing.left(self.user, self.case)
        return member


class CloseForm(forms.Form):
    sat_on = DayMonthYearField(label=gettext_lazy("Day of the sitting"))
    present = forms.MultipleChoiceField(
        label=gettext_lazy("Who was present"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whoever is not marked was absent."),
    )
    minutes = long_text(gettext_lazy("Minutes"), rows=10)


class ClosePage(OfOnePanel):
    name, path = "panel_close", "panels/<int:number>/close/"
    fresh_factor = True
    title, permission = gettext_lazy("Close the panel"), "close_panel"
    button, done = gettext_lazy("Close the panel"), gettext_lazy("The panel is closed.")
    intro = POLICY

    def form(self, data: Any = None) -> CloseForm:
        form = CloseForm(
            data, initial={"present": [m.pk for m in self.sitting.members if self.sitting.votes_of(m)]}
        )
        field: Any = form.fields["present"]
        field.choices = [(member.pk, member.user.full_name) for member in self.sitting.members]
        return form

    def run(self, data: dict[str, Any]) -> Panel:
        data["present"] = [int(pk) for pk in data["present"]]
        return panels.close_panel(actor=self.user, panel=self.panel, **data)

    def context(self) -> dict[str, Any]:
        count = self.sitting.count()
        words = _("%(in_favour)s for, %(against)s against, %(abstained)s abstained")
        told = {"in_favour": count.in_favour, "against": count.against, "abstained": count.abstained}
        return {
            "facts": [
                (_("Question"), QUESTIONS[self.panel.question]),
                (_("Votes that count"), words % told),
                (_("Quorum"), self.panel.quorum),
                (_("Result if closed now"), dict(Panel.RESULTS)[count.result]),
            ]
        }
