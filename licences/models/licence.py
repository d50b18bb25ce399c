"""Licences after grant, and the series of their numbers."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from accounts.models import Firm
from licences import requirements as ask
from licences import terms
from licences.guards import BasisGuard
from licences.states import IN_FORCE, TAGS, LicenceState
from licences.text import searchable
from look.kazakh import SortKey
from regulators.models import AuthorityBasis, LicenceType
from workflow.acts import STAYS, act
from workflow.models import Stateful, StateGuard


class Licence(Stateful):
    """What a regulator granted to a firm, on a legal basis that two people confirmed."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="licences", verbose_name=_("firm"))
    firm_name = models.CharField(_("firm, as granted"), max_length=250)
    bin = models.CharField(_("BIN"), max_length=12, blank=True)
    licence_type = models.ForeignKey(
        LicenceType, models.PROTECT, related_name="licences", verbose_name=_("licence type")
    )
    regulator = models.CharField(_("regulator"), max_length=30)
    rulebook_version = models.CharField(_("rule book version"), max_length=100)
    authority_basis = models.ForeignKey(
        AuthorityBasis, models.PROTECT, related_name="licences", verbose_name=_("legal basis")
    )
    conditions = models.JSONField(_("conditions"), default=list, blank=True)  # shape: licences.terms
    scope = models.TextField(_("scope"), blank=True)
    restricted = models.BooleanField(_("restricted"), default=False)
    winding_down = models.BooleanField(_("winding down"), default=False)
    granted_at = models.DateTimeField(_("granted"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    case_reference = models.CharField(_("case"), max_length=100)
    state = FSMField(
        _("state"), choices=LicenceState, default=LicenceState.ACTIVE, protected=True, db_index=True
    )
    # What the register's search looks in: names in every script, BIN and number, in one case and form.
    search_text = models.TextField(editable=False)
    sort_key = models.GeneratedField(
        expression=SortKey(Trim("firm_name")), output_field=models.CharField(max_length=250), db_persist=True
    )

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ["sort_key", "number"]
        indexes = [models.Index(fields=["sort_key", "number"])]
        triggers = [StateGuard(), BasisGuard()]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LicenceState.values), name="licences_licence_state"),
            models.CheckConstraint(condition=~Q(number=""), name="licences_licence_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def audit_subject(self) -> str:
        return f"licence:{self.number}"

    @property
    def past_last_day(self) -> bool:
        """Its last day is over, and two people have yet to record the expiry."""
        over = self.valid_until is not None and self.valid_until < timezone.localdate()
        return over and self.state in IN_FORCE

    @property
    def in_force(self) -> bool:
        return self.state == LicenceState.ACTIVE and not self.past_last_day

    @property
    def tag(self) -> str:
        """The kind of tag that shows the state."""
        return "bad" if self.past_last_day else TAGS[LicenceState(self.state)]

    @property
    def standing(self) -> str:
        """The state in words, as the public may rely on it."""
        return str(_("Past its last day")) if self.past_last_day else self.get_state_display()

    @property
    def conditions_in_force(self) -> list[str]:
        return [text for _number, text in terms.standing(self.conditions)]

    @property
    def flags(self) -> list[str]:
        """What holds beside the state, in words."""
        words = ((self.restricted, _("Restricted")), (self.winding_down, _("Winding down")))
        return [str(word) for is_so, word in words if is_so and self.state in IN_FORCE]

    @act(
        field=state,
        sources=[LicenceState.ACTIVE],
        to=LicenceState.SUSPENDED,
        permission="licences.suspend_licence",
        label=_("Suspend"),
        needs=["reason"],
        requires=[ask.says_what_is_served("suspend")],
        confirmed_when=[ask.is_noticed("suspend")],
        two_people=True,
    )
    def suspend(self, *, actor: Any, reason: str, **data: Any) -> None:
        """The firm may not provide the service until the suspension is lifted."""

    @act(
        field=state,
        sources=[LicenceState.SUSPENDED],
        to=LicenceState.ACTIVE,
        permission="licences.lift_suspension",
        label=_("Lift the suspension"),
        needs=["reason"],
        two_people=True,
    )
    def lift(self, *, actor: Any, reason: str, **data: Any) -> None:
        """The licence is in force again."""

    @act(
        field=state,
        sources=IN_FORCE,
        to=LicenceState.REVOKED,
        permission="licences.revoke_licence",
        label=_("Revoke"),
        needs=["reason"],
        requires=[ask.says_what_is_served("revoke")],
        confirmed_when=[ask.is_noticed("revoke")],
        two_people=True,
    )
    def revoke(self, *, actor: Any, reason: str, **data: Any) -> None:
        """The licence is taken away for good."""

    @act(
        field=state,
        sources=IN_FORCE,
        to=LicenceState.SURRENDERED,
        permission="licences.accept_surrender",
        label=_("Accept the surrender"),
        needs=["reason", "proof_of_return"],
        two_people=True,
    )
    def surrender(self, *, actor: Any, reason: str, proof_of_return: str, **data: Any) -> None:
        """The firm gave the licence back; ``proof_of_return`` shows that clients have their assets."""

    @act(
        field=state,
        sources=IN_FORCE,
        to=LicenceState.EXPIRED,
        permission="licences.expire_licence",
        label=_("Record the expiry"),
        needs=["reason"],
        requires=[ask.expiry_has_come],
        two_people=True,
    )
    def expire(self, *, actor: Any, reason: str, **data: Any) -> None:
        """The last day of the licence has passed."""

    @act(
        field=state,
        sources=IN_FORCE,
        to=STAYS,
        permission="licences.vary_licence",
        label=_("Vary"),
        needs=["reason", "changes"],
        requires=[ask.changes_fit, ask.says_what_is_served("vary")],
        confirmed_when=[ask.is_noticed("vary")],
        two_people=True,
    )
    def vary(self, *, actor: Any, reason: str, changes: terms.Terms, **data: Any) -> None:
        """Conditions, the last day, the name of the firm or the scope are others from now on."""
        self._change(changes, "vary")

    @act(
        field=state,
        sources=IN_FORCE,
        to=STAYS,
        permission="licences.restrict_licence",
        label=_("Restrict"),
        needs=["reason", "changes"],
        requires=[ask.is_not_restricted, ask.has_conditions, ask.says_what_is_served("restrict")],
        confirmed_when=[ask.is_noticed("restrict")],
        two_people=True,
    )
    def restrict(self, *, actor: Any, reason: str, changes: terms.Terms, **data: Any) -> None:
        """The licence stays, within the conditions that come with the restriction."""
        self.restricted = True
        self._change(changes, "restrict")

    @act(
        field=state,
        sources=IN_FORCE,
        to=STAYS,
        permission="licences.restrict_licence",
        label=_("Lift the restriction"),
        needs=["reason"],
        requires=[ask.is_restricted],
        two_people=True,
    )
    def lift_restriction(self, *, actor: Any, reason: str, **data: Any) -> None:
        """The conditions that came with the restriction end."""
        self.restricted = False
        terms.end_all_of(self.conditions, "restrict", self._next_entry())

    @act(
        field=state,
        sources=IN_FORCE,
        to=STAYS,
        permission="licences.wind_down_licence",
        label=_("Begin the winding down"),
        needs=["reason", "changes"],
        requires=[ask.is_not_winding_down, ask.has_conditions, ask.says_what_is_served("wind_down")],
        confirmed_when=[ask.is_noticed("wind_down")],
        two_people=True,
    )
    def wind_down(self, *, actor: Any, reason: str, changes: terms.Terms, **data: Any) -> None:
        """The firm gives its clients their assets back and takes no new ones, as the conditions say."""
        self.winding_down = True
        self._change(changes, "wind_down")

    @act(
        field=state,
        sources=IN_FORCE,
        to=STAYS,
        permission="licences.wind_down_licence",
        label=_("End the winding down"),
        needs=["reason"],
        requires=[ask.is_winding_down],
        two_people=True,
    )
    def end_winding_down(self, *, actor: Any, reason: str, **data: Any) -> None:
        """The firm goes on; the conditions that came with the winding down end."""
        self.winding_down = False
        terms.end_all_of(self.conditions, "wind_down", self._next_entry())

    @act(
        field=state,
        sources=LicenceState.values,
        to=STAYS,
        permission="licences.correct_register",
        label=_("Correct the register"),
        needs=["reason", "entry", "public_note"],
        requires=[ask.corrects_an_entry, ask.puts_right_a_slip],
        two_people=True,
    )
    def correct(
        self, *, actor: Any, reason: str, entry: int, changes: terms.Terms | None = None, **data: Any
    ) -> None:
        """A line of the history was wrong: a new line says so, with the name of the firm or the day that is
        right, and both stay.
        """
        self._change(changes or {}, "correct")

    def _change(self, changes: terms.Terms, act: str) -> None:
        terms.apply(self, changes, act=act, entry=self._next_entry())
        if "firm_name" in changes:  # it is found by the name of before too
            self.search_text = f"{self.search_text} {searchable(self.firm_name)}"

    def _next_entry(self) -> int:
        return self.history.count() + 1


class NumberSeries(models.Model):
    """The last licence number given in one regulator's year; its row is locked until the licence is
    committed.
    """

    regulator = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regulator", "year"], name="licences_series_one_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.regulator} {self.year}: {self.last}"
