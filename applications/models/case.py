"""The case: an application, with its acts."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from accounts.models import Firm
from applications.conditions import days, decision, intake, opened, panel, recommendation, review, submission
from applications.models import standing
from applications.models.case_queries import ApplicationQuerySet
from applications.models.friction import MarkDaysOfCase
from applications.models.tallies import TALLIES
from applications.states import OPEN, WITHDRAWABLE
from applications.states import ApplicationState as A
from applications.subjects import subject_of
from regulators.models import LicenceType, RuleBookVersion
from regulators.rulebook import Book, say
from workflow.acts import DECIDE, EXAMINE, act
from workflow.models import Stateful, StateGuard


class Application(standing.Standing, Stateful):
    """One firm's application for one licence, pinned to the rule book it was started under."""

    read_with = ("firm", "licence_type", "rulebook")

    FEE = [
        ("due", _("Not recorded")),
        ("invoiced", _("Invoiced")),
        ("paid", _("Paid")),
        ("waived", _("Waived")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=30, unique=True, null=True, blank=True, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="applications")
    licence_type = models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="applications")
    rulebook = models.ForeignKey(RuleBookVersion, on_delete=models.PROTECT, related_name="applications")
    # The version before, and when the case came from it, where it was moved to a newer one.
    moved_from = models.ForeignKey(
        RuleBookVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    moved_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(_("state"), choices=A.choices, default=A.DRAFT, protected=True, db_index=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    fee = models.CharField(max_length=10, choices=FEE, default="due")
    case_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    recommended = models.CharField(max_length=10, blank=True)  # grant, refuse
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True, editable=False)  # no document of it is left
    return_by = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    licence = models.OneToOneField(
        "licences.Licence", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    readiness = models.OneToOneField(
        "licences.ReadinessRecord", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at"]
        triggers = [StateGuard(), *TALLIES, MarkDaysOfCase()]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "licence_type"],
                condition=models.Q(state__in=sorted(OPEN)),
                name="applications_one_open_case",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[A.DRAFT, A.DISCARDED]) | models.Q(reference__isnull=False),
                name="applications_filed_has_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["licence_type", "state", "submitted_at"]),
            models.Index(fields=["licence_type", "submitted_at", "id"], name="applications_by_submission"),
            *standing.INDEXES,
        ]

    def __str__(self) -> str:
        title = {"title": say(self.book.licence_type_title)}
        return self.reference or str(_("Draft for %(title)s") % title)

    @property
    def audit_subject(self) -> str:
        return subject_of(self.pk)

    @property
    def book(self) -> Book:
        return self.rulebook.book

    @property
    def regulator_id(self) -> int:
        return self.licence_type.regulator_id

    # --- the firm's acts

    @act(
        field=state,
        sources=(A.DRAFT, A.RETURNED),
        to=A.SUBMITTED,
        label=_("Submit"),
        permission="applications.submit_application",
        needs=("declaration",),
        requires=(
            submission.on_the_version_in_force,
            submission.stages_complete,
            submission.asked_is_answered,
            submission.files_usable,
            submission.consents_given,
            submission.no_other_open_case,
        ),
    )
    def submit(self, *, now: Any, reference: str, **data: Any) -> None:
        self.reference = self.reference or reference
        self.submitted_at = now
        self.return_by = None

    @act(
        field=state,
        sources=(A.DRAFT,),
        to=A.DISCARDED,
        label=_("Discard"),
        permission="applications.discard_application",
    )
    def discard(self, **data: Any) -> None:
        pass

    @act(
        field=state,
        sources=WITHDRAWABLE,
        to=A.WITHDRAWN,
        label=_("Withdraw"),
        needs=("reason",),
        permission="applications.withdraw_application",
    )
    def withdraw(self, *, now: Any, **data: Any) -> None:
        self.decided_at = now

    # --- intake

    @act(
        field=state,
        sources=(A.SUBMITTED,),
        to=A.IN_REVIEW,
        label=_("Accept for review"),
        duty=EXAMINE,
        permission="applications.accept_application",
        requires=(intake.completeness_passed, intake.fee_settled),
    )
    def accept(self, *, now: Any, actor: Any, **data: Any) -> None:
        self.accepted_at = now
        self.case_officer = self.case_officer or actor

    @act(
        field=state,
        sources=(A.SUBMITTED,),
        to=A.RETURNED,
        label=_("Return as incomplete"),
        duty=EXAMINE,
        permission="applications.return_application",
        needs=("return_by",),
        requires=(intake.book_returns, intake.gaps_named, days.return_date_is_ahead),
    )
    def return_incomplete(self, *, return_by: Any, **data: Any) -> None:
        self.return_by = return_by

    @act(
        field=state,
        sources=(A.SUBMITTED,),
        to=A.NOT_ACCEPTED,
        label=_("Refuse to consider"),
        duty=EXAMINE,
        permission="applications.refuse_to_consider",
        needs=("reason",),
        requires=(intake.book_refiles, intake.gaps_named),
    )
    def refuse_to_consider(self, *, now: Any, **data: Any) -> None:
        self.decided_at = now

    # --- review

    @act(
        field=state,
        sources=(A.IN_REVIEW,),
        to=A.RECOMMENDED,
        label=_("Recommend"),
        duty=EXAMINE,
        permission="applications.recommend_application",
        needs=("outcome", "reason"),
        requires=(
            recommendation.recommendation_is_ready,
            opened.to_grant_documents_were_opened,
            review.law_is_settled,
            review.changes_resolved,
        ),
    )
    def recommend(self, *, outcome: str, **data: Any) -> None:
        self.recommended = outcome

    # --- decision

    @act(
        field=state,
        sources=(A.RECOMMENDED, A.REFUSAL_PROPOSED),
        to=A.IN_REVIEW,
        label=_("Send back"),
        duty=DECIDE,
        permission="applications.send_back_application",
        needs=("reason",),
        requires=(decision.representations_accepted, panel.no_panel_sits),
    )
    def send_back(self, **data: Any) -> None:
        self.recommended = ""

    @act(
        field=state,
        sources=(A.RECOMMENDED,),
        to=A.APPROVED_IN_PRINCIPLE,
        label=_("Approve in principle"),
        duty=DECIDE,
        permission="applications.approve_in_principle",
        needs=("conditions", "expires_on", "reason"),
        requires=(
            decision.recommended_to_grant,
            decision.book_has_in_principle,
            *panel.TO_GRANT,
            opened.documents_were_opened,
            days.expiry_is_ahead,
            review.law_is_settled,
            review.changes_resolved,
        ),
    )
    def approve_in_principle(self, *, expires_on: Any, **data: Any) -> None:
        self.expires_on = expires_on

    @act(
        field=state,
        sources=(A.RECOMMENDED, A.APPROVED_IN_PRINCIPLE),
        to=A.GRANTED,
        label=_("Grant"),
        duty=DECIDE,
        permission="applications.grant_application",
        needs=("reason",),
        requires=(
            decision.recommended_to_grant,
            decision.nothing_outstanding,
            *panel.TO_GRANT,
            opened.documents_were_opened,
            review.law_is_settled,
            review.changes_resolved,
            decision.outcome_has_basis,
        ),
    )
    def grant(self, *, now: Any, **data: Any) -> None:
        self.decided_at = now

    @act(
        field=state,
        sources=(A.APPROVED_IN_PRINCIPLE,),
        to=A.IN_REVIEW,
        label=_("Reopen"),
        duty=DECIDE,
        two_people=True,
        permission="applications.reopen_application",
        needs=("reason",),
    )
    def reopen(self, **data: Any) -> None:
        self.recommended = ""
        self.expires_on = None

    @act(
        field=state,
        sources=(A.APPROVED_IN_PRINCIPLE,),
        to=A.APPROVED_IN_PRINCIPLE,
        label=_("Extend"),
        duty=DECIDE,
        permission="applications.extend_application",
        needs=("reason", "expires_on"),
        requires=(days.extends_expiry, days.expiry_is_ahead),
    )
    def extend(self, *, expires_on: Any, **data: Any) -> None:
        self.expires_on = expires_on

    @act(
        field=state,
        sources=(A.RECOMMENDED, A.APPROVED_IN_PRINCIPLE),
        to=A.REFUSAL_PROPOSED,
        label=_("Propose refusal"),
        duty=DECIDE,
        permission="applications.propose_refusal",
        needs=("grounds", "evidence", "notice"),
        requires=(
            decision.grounds_from_book,
            panel.no_panel_sits,
            panel.refusal_gives_reasons,
            review.law_is_settled,
        ),
    )
    def propose_refusal(self, **data: Any) -> None:
        pass

    @act(
        field=state,
        sources=(A.REFUSAL_PROPOSED,),
        to=A.REFUSED,
        label=_("Refuse"),
        duty=DECIDE,
        permission="applications.refuse_application",
        needs=("grounds", "reason"),
        requires=(
            decision.grounds_were_noticed,
            decision.period_is_over,
            decision.representations_answered,
            *panel.TO_REFUSE,
            review.law_is_settled,
        ),
    )
    def refuse(self, *, now: Any, **data: Any) -> None:
        self.decided_at = now

    @act(
        field=state,
        sources=(A.RETURNED, A.APPROVED_IN_PRINCIPLE),
        to=A.LAPSED,
        label=_("Confirm lapse"),
        duty=DECIDE,
        permission="applications.lapse_application",
        needs=("reason",),
        requires=(decision.book_lets_lapse, days.deadline_passed),
    )
    def lapse(self, *, now: Any, **data: Any) -> None:
        self.decided_at = now

    @act(
        field=state,
        sources=(A.SUBMITTED, A.IN_REVIEW, A.RECOMMENDED, A.APPROVED_IN_PRINCIPLE, A.REFUSAL_PROPOSED),
        to=A.GRANTED,
        label=_("Record deemed issue"),
        duty=DECIDE,
        two_people=True,
        permission="applications.record_deemed_issue",
        needs=("reason",),
        requires=(decision.silence_has_run_out, decision.outcome_has_basis),
    )
    def record_deemed_issue(self, *, now: Any, **data: Any) -> None:
        self.decided_at = now

    @act(
        field=state,
        sources=(A.REFUSED,),
        to=A.IN_REVIEW,
        label=_("Remit after appeal"),
        two_people=True,
        permission="applications.remit_application",
        needs=("reason", "appeal"),
        requires=(submission.no_other_open_case,),
    )
    def remit(self, **data: Any) -> None:
        self.decided_at = None
        self.recommended = ""
