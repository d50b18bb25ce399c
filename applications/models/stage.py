"""One of the five checklist stages of a case."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from applications.conditions import stage as c
from applications.models.case import Application
from applications.models.tallies import STAGE_TALLIES
from applications.states import StageState as S
from applications.subjects import subject_of
from regulators.rulebook import StageRule, say
from workflow.acts import EXAMINE, act
from workflow.models import Stateful, StateGuard


class Stage(Stateful):
    """A stage moves by itself, so that specialists work in parallel; its case is locked before it."""

    lock_first = ("application",)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="stages")
    code = models.CharField(max_length=30)
    order = models.PositiveSmallIntegerField()
    state = FSMField(_("state"), choices=S.choices, default=S.NOT_STARTED, protected=True)
    note_to_firm = models.TextField(blank=True)
    # The requirements that were returned to the firm; empty: the stage as a whole.
    returned_items = models.JSONField(default=list, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["application", "order"]
        triggers = [StateGuard(), *STAGE_TALLIES]
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="applications_stage_once_a_case"),
        ]
        indexes = [models.Index(fields=["code", "state"])]

    def __str__(self) -> str:
        return f"{self.application}, {say(self.rule.title)}"

    @property
    def audit_subject(self) -> str:
        return subject_of(self.application_id)

    @property
    def rule(self) -> StageRule:
        return self.application.book.stage(self.code)

    @act(
        field=state,
        sources=(S.NOT_STARTED, S.CHANGES_REQUESTED),
        to=S.IN_PROGRESS,
        label=_("Start"),
        permission="applications.start_stage",
        requires=(c.stage_is_with_the_firm,),
    )
    def start(self, **data: Any) -> None:
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.IN_PROGRESS,),
        to=S.COMPLETE,
        label=_("Mark as complete"),
        permission="applications.edit_stage",
        requires=(c.case_is_undecided, c.stage_is_answered, c.stage_files_usable, c.copied_is_checked),
    )
    def complete(self, **data: Any) -> None:
        self.note_to_firm = ""
        self.returned_items = []
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.COMPLETE,),
        to=S.IN_PROGRESS,
        label=_("Edit again"),
        permission="applications.edit_stage",
        requires=(c.case_is_a_draft,),
    )
    def edit_again(self, **data: Any) -> None:
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.COMPLETE,),
        to=S.IN_PROGRESS,
        label=_("Open again for a newer rule book"),
        permission="applications.move_application",
        needs=("reason",),
        requires=(c.case_is_with_the_firm, c.case_was_moved_since),
    )
    def ask_again(self, **data: Any) -> None:
        """A part of ``applications.services.versions.move_draft``."""
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.COMPLETE,),
        to=S.IN_REVIEW,
        label=_("Take for review"),
        duty=EXAMINE,
        permission="applications.review_stage",
        requires=(c.case_is_in_review,),
    )
    def take(self, *, actor: Any, **data: Any) -> None:
        self.taken_by = actor
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.IN_REVIEW,),
        to=S.COMPLETE,
        label=_("Give back for another to take"),
        permission="applications.release_stage",
        requires=(c.case_is_undecided,),
    )
    def release(self, **data: Any) -> None:
        """No side of the case is needed: whoever declares a conflict of interest gives back too."""
        self.taken_by = None
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.IN_REVIEW,),
        to=S.APPROVED,
        label=_("Approve stage"),
        duty=EXAMINE,
        permission="applications.review_stage",
        requires=(c.case_is_in_review, c.findings_settled, c.stages_before_approved),
    )
    def approve(self, **data: Any) -> None:
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.COMPLETE, S.IN_REVIEW, S.APPROVED),
        to=S.CHANGES_REQUESTED,
        duty=EXAMINE,
        label=_("Request changes"),
        permission="applications.request_changes",
        needs=("reason",),
        requires=(c.case_lets_change,),
    )
    def request_changes(self, *, reason: str, items: Collection[str] = (), **data: Any) -> None:
        self.note_to_firm = reason
        self.returned_items = sorted({code for code in items if code in self.application.book.by_code})
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.COMPLETE, S.IN_REVIEW, S.APPROVED),
        to=S.CHANGES_REQUESTED,
        label=_("Open for another person"),
        permission="applications.replace_individual",
        needs=("reason",),
        requires=(c.case_is_assessed,),
    )
    def open_for_another_person(self, *, reason: str, items: Collection[str] = (), **data: Any) -> None:
        """A part of ``applications.services.individuals.propose_another``."""
        self.note_to_firm = reason
        self.returned_items = sorted(items)
        self.changed_at = timezone.now()

    @act(
        field=state,
        sources=(S.APPROVED,),
        to=S.IN_REVIEW,
        label=_("Reopen stage"),
        duty=EXAMINE,
        permission="applications.reopen_stage",
        needs=("reason",),
        requires=(c.case_is_in_review,),
    )
    def reopen(self, **data: Any) -> None:
        self.changed_at = timezone.now()
