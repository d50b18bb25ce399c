"""Approval of one person for one function, beside the application itself."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from applications.conditions import individual as c
from applications.models.case import Application
from applications.models.people import Person
from applications.states import STANDING, UNDECIDED
from applications.states import IndividualState as I
from applications.subjects import subject_of
from regulators.rulebook import Function, say
from workflow.acts import DECIDE, EXAMINE, act
from workflow.models import Stateful, StateGuard

USER = settings.AUTH_USER_MODEL


class IndividualApproval(Stateful):
    """Proposed when a submission names the person for a function whose holders are approved
    (``Book.approved_functions``); at most one stands for each person and function of a case. ``name`` is the
    person's as submitted, kept up with each submission until it is decided on.

    ``notice`` is what the firm reads of a proposed refusal, and ``represent_until`` the last day for what it
    says against it, kept in ``representation`` as it was received; ``our_answer`` goes with the refusal.
    """

    lock_first = ("application",)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="individuals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="approvals")
    function = models.CharField(max_length=40)
    name = models.CharField(max_length=400, blank=True, editable=False)
    state = FSMField(_("state"), choices=I.choices, default=I.PROPOSED, protected=True)
    proposed_at = models.DateTimeField(auto_now_add=True)
    notice = models.TextField(blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    represent_until = models.DateField(null=True, blank=True)
    representation = models.TextField(blank=True)
    our_answer = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("individual approval")
        verbose_name_plural = _("individual approvals")
        ordering = ["application", "function", "proposed_at", "pk"]
        triggers = [StateGuard()]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person", "function"],
                condition=models.Q(state__in=sorted(STANDING)),
                name="applications_individual_one_standing",
            )
        ]
        indexes = [models.Index(fields=["application", "state"])]

    def __str__(self) -> str:
        return f"{self.called}, {self.title}"

    @property
    def called(self) -> str:
        """The person's name that was assessed, whatever the firm's record says today."""
        return self.name or self.person.full_name

    @property
    def audit_subject(self) -> str:
        return subject_of(self.application_id)

    @property
    def rule(self) -> Function | None:
        return self.application.book.function(self.function)

    @property
    def title(self) -> str:
        return say(self.rule.title) if self.rule else self.function

    @property
    def notice_mark(self) -> str:
        """Tells the notice of now from an earlier one, or another row's, about the same person."""
        return f"{self.pk}-{self.noticed_at:%Y%m%d%H%M%S%f}" if self.noticed_at else str(self.pk)

    @property
    def may_be_answered(self) -> bool:
        """The firm can say something to the notice, to the end of its last day."""
        until = self.represent_until
        return self.state == I.REFUSAL_PROPOSED and until is not None and timezone.localdate() <= until

    @act(
        field=state,
        sources=(I.PROPOSED,),
        to=I.ASSESSING,
        label=_("Take for assessment"),
        duty=EXAMINE,
        permission="applications.assess_individual",
        requires=(c.case_is_assessed,),
    )
    def assess(self, **data: Any) -> None:
        pass

    @act(
        field=state,
        sources=(I.ASSESSING,),
        to=I.APPROVED,
        label=_("Approve this person"),
        duty=EXAMINE,
        permission="applications.approve_individual",
        requires=(c.case_is_assessed, c.consent_stands, c.findings_about_the_person_settled),
    )
    def approve(self, **data: Any) -> None:
        pass

    @act(
        field=state,
        sources=(I.APPROVED, I.REFUSAL_PROPOSED),
        to=I.ASSESSING,
        label=_("Assess again"),
        duty=EXAMINE,
        permission="applications.reassess_individual",
        needs=("reason",),
        requires=(c.case_is_assessed,),
    )
    def assess_again(self, *, reason: str, **data: Any) -> None:
        """New facts, or what the firm said against a proposed refusal was accepted."""
        self.reason = reason
        self.notice, self.noticed_at, self.represent_until = "", None, None

    @act(
        field=state,
        sources=(I.ASSESSING,),
        to=I.REFUSAL_PROPOSED,
        label=_("Propose to refuse this person"),
        duty=EXAMINE,
        permission="applications.propose_individual_refusal",
        needs=("reason", "notice", "represent_until"),
        requires=(c.case_is_assessed, c.last_day_is_long_enough),
    )
    def propose_refusal(
        self, *, reason: str, notice: str, represent_until: Any, now: Any, **data: Any
    ) -> None:
        self.reason, self.notice = reason, notice
        self.representation, self.our_answer = "", ""  # of an earlier notice; the record keeps them
        self.noticed_at, self.represent_until = now, represent_until

    @act(
        field=state,
        sources=(I.REFUSAL_PROPOSED,),
        to=I.REFUSED,
        label=_("Refuse this person"),
        duty=DECIDE,
        permission="applications.refuse_individual",
        needs=("reason",),
        requires=(c.case_is_open, c.time_to_answer_is_over, c.what_was_said_is_answered),
    )
    def refuse(self, *, reason: str, now: Any, our_answer: str = "", **data: Any) -> None:
        self.reason, self.our_answer, self.ended_at = reason, our_answer, now

    @act(
        field=state,
        sources=(I.PROPOSED, I.ASSESSING, I.APPROVED, I.REFUSAL_PROPOSED),
        to=I.WITHDRAWN,
        label=_("Record as withdrawn by the firm"),
        permission="applications.withdraw_individual",
        needs=("reason",),
        requires=(c.case_is_open,),
    )
    def withdraw(self, *, reason: str, now: Any, **data: Any) -> None:
        self.reason, self.ended_at = reason, now

    @act(
        field=state,
        sources=(I.APPROVED,),
        to=I.CEASED,
        label=_("Record that this person has ceased"),
        permission="applications.cease_individual",
        needs=("reason",),
        requires=(c.case_is_granted,),
    )
    def cease(self, *, reason: str, now: Any, **data: Any) -> None:
        self.reason, self.ended_at = reason, now

    @act(
        field=state,
        sources=sorted(UNDECIDED),
        to=I.CLOSED,
        label=_("End with the case"),
        permission="applications.close_individual",
        requires=(c.case_has_ended,),
    )
    def close(self, *, now: Any, **data: Any) -> None:
        """Nobody decides on a person once the case is decided: what was not decided by then has ended."""
        self.ended_at = now
