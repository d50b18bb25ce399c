"""The case: an application, and what was submitted."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from accounts.models import Firm
from accounts.queries import firms_of
from applications import conditions as c
from applications.models.mandates import Authority
from applications.states import OPEN, WITHDRAWABLE
from applications.states import ApplicationState as A
from regulators.models import LicenceType, RuleBookVersion
from regulators.queries import regulators_of
from regulators.rulebook import Book, say
from workflow.acts import DECIDE, EXAMINE, act
from workflow.models import Stateful, StateGuard


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Any) -> "ApplicationQuerySet":
        """Cases of the user's firms, of those that the user advises by a mandate in force, and submitted
        cases of the regulators that the user serves; nothing else.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        firms = models.Q(firm__in=firms_of(user)) | models.Q(
            firm__in=Authority.objects.in_force(user).order_by().values("membership__firm")
        )
        served = regulators_of(user)
        if not served:
            return self.filter(firms)
        filed = models.Q(licence_type__regulator__in=served, submitted_at__isnull=False)
        return self.filter(firms | filed)

    def filed_with(self, user: Any) -> "ApplicationQuerySet":
        """Submitted cases of the regulators that the user serves."""
        return self.filter(licence_type__regulator__in=regulators_of(user), submitted_at__isnull=False)

    def with_case(self) -> "ApplicationQuerySet":
        return self.select_related("firm", "licence_type__regulator", "rulebook", "case_officer")


class Application(Stateful):
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
        triggers = [StateGuard()]
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
        indexes = [models.Index(fields=["licence_type", "state", "submitted_at"])]

    def __str__(self) -> str:
        title = {"title": say(self.book.licence_type_title)}
        return self.reference or str(_("Draft for %(title)s") % title)

    @property
    def audit_subject(self) -> str:
        return f"application:{self.pk}"

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
            c.on_the_version_in_force,
            c.stages_complete,
            c.asked_is_answered,
            c.files_usable,
            c.consents_given,
            c.no_other_open_case,
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
        requires=(c.completeness_passed, c.fee_settled),
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
        requires=(c.book_returns, c.gaps_named, c.return_date_is_ahead),
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
        requires=(c.book_refiles, c.gaps_named),
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
        requires=(c.recommendation_is_ready, c.law_is_settled, c.changes_resolved),
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
        requires=(c.representations_accepted,),
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
            c.recommended_to_grant,
            c.book_has_in_principle,
            c.expiry_is_ahead,
            c.law_is_settled,
            c.changes_resolved,
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
            c.recommended_to_grant,
            c.nothing_outstanding,
            c.law_is_settled,
            c.changes_resolved,
            c.outcome_has_basis,
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
        requires=(c.extends_expiry, c.expiry_is_ahead),
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
        requires=(c.grounds_from_book, c.law_is_settled),
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
        requires=(c.grounds_were_noticed, c.period_is_over, c.representations_answered, c.law_is_settled),
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
        requires=(c.book_lets_lapse, c.deadline_passed),
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
        requires=(c.silence_has_run_out, c.outcome_has_basis),
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
        requires=(c.no_other_open_case,),
    )
    def remit(self, **data: Any) -> None:
        self.decided_at = None
        self.recommended = ""


class Snapshot(models.Model):
    """What was submitted: every question as it was asked, with its answer. Written once."""

    append_only = True

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    law = models.JSONField()
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=250)

    class Meta:
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="applications_snapshot_once_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.number}"


class Counter(models.Model):
    """The last number given out in a series."""

    series = models.CharField(max_length=50, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
