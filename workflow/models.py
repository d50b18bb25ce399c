"""What has a state, who took which side of a case, and acts that wait for a second person."""

from typing import Any, ClassVar

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.acts import DECIDE, EXAMINE, acts_of


class Stateful(models.Model):
    """A record whose state only ``workflow.perform`` moves.

    The model declares ``state = FSMField(protected=True, ...)``, and its acts with ``workflow.act``.
    ``lock_first`` names the foreign keys whose rows are locked before its own, outermost first;
    ``read_with`` those whose rows are read with its own.
    """

    lock_first: ClassVar[tuple[str, ...]] = ()
    read_with: ClassVar[tuple[str, ...]] = ()

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def audit_subject(self) -> str:
        raise NotImplementedError

    def refresh_from_db(
        self, using: str | None = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        """As Django's; the protected state gives way to the one in the database."""
        if fields is None or "state" in fields:
            self.__dict__.pop("state", None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    @property
    def record_name(self) -> str:
        """This record in the data of an event: several records may share one chain."""
        return f"{self._meta.label_lower}:{self.pk}"

    @property
    def duty_case(self) -> str:
        """The case on which duties are kept apart."""
        return self.audit_subject


class Duty(models.Model):
    """Which side of a case a human took: examining it or deciding it, never both.

    One row a human and case: a second side is refused by the unique constraint, whatever account it comes
    from.
    """

    append_only = True

    SIDES = [(EXAMINE, _("examines")), (DECIDE, _("decides"))]

    case = models.CharField(max_length=200)
    human = models.CharField(max_length=64)
    side = models.CharField(max_length=10, choices=SIDES)
    act = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "human"], name="workflow_duty_one_side_a_human"),
            models.CheckConstraint(condition=~models.Q(human=""), name="workflow_duty_human_known"),
            models.CheckConstraint(
                condition=models.Q(side__in=[EXAMINE, DECIDE]), name="workflow_duty_side_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.side}"


class Proposal(models.Model):
    """An act of two people, waiting for the second one."""

    model = models.CharField(max_length=100)
    object_pk = models.CharField(max_length=64)
    transition = models.CharField(max_length=100)
    object_version = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_human = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(auto_now_add=True)
    confirmed_human = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(proposed_human="")
                & ~models.Q(confirmed_human=models.F("proposed_human")),
                name="workflow_proposal_two_humans",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, confirmed_human="")
                | (models.Q(confirmed_at__isnull=False, withdrawn_at=None) & ~models.Q(confirmed_human="")),
                name="workflow_proposal_confirmed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["model", "object_pk", "transition"],
                condition=models.Q(confirmed_at=None, withdrawn_at=None),
                name="workflow_proposal_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transition} {self.model} {self.object_pk}"


class StateGuard(pgtrigger.FSM):
    """PostgreSQL's own refusal of a state change that no act of the model declares.

    Stands in ``Meta.triggers``; the pairs are read from the acts when the trigger is compiled for a
    migration.
    """

    def __init__(self) -> None:
        super().__init__(name="state_guard", field="state", transitions=[("", "")])

    def get_func(self, model: Any) -> str:
        pairs = {
            (source, target)
            for act in acts_of(apps.get_model(model._meta.label)).values()  # a migration's own model has none
            for source in act.sources
            for target in act.targets
        }
        self.transitions = sorted((str(source), str(target)) for source, target in pairs)
        return super().get_func(model)
