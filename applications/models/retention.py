"""Documents of a case that has ended: held back, or destroyed when their time is over. Never visible to the
firm, but for what is said of a file that is gone.
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from applications.conditions import retention as c
from applications.models.case import Application
from applications.queries import retention as queries
from applications.subjects import subject_of
from documents.models import Document
from regulators.keeping import period_of
from regulators.models import KeepingPeriod
from workflow.acts import act
from workflow.models import Stateful, StateGuard
from workflow.queries import waiting_proposals

USER = settings.AUTH_USER_MODEL
HELD = """
    IF EXISTS (
        SELECT 1 FROM applications_legalhold AS hold
        JOIN applications_destruction AS destruction ON destruction.application_id = hold.application_id
        WHERE destruction.id = NEW.destruction_id AND hold.state = 'standing'
    ) THEN
        RAISE EXCEPTION 'documents under a legal hold are not destroyed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class OfCase(Stateful):
    """What hangs on a case and writes to its chain."""

    lock_first = ("application",)

    class Meta:
        abstract = True

    @property
    def audit_subject(self) -> str:
        return subject_of(self.application_id)  # type: ignore[attr-defined]


class LegalHold(OfCase):
    """While one stands, no document of the case is destroyed. Placed by one person, lifted by two."""

    STANDING, LIFTED = "standing", "lifted"
    STATES = [(STANDING, _("Stands")), (LIFTED, _("Lifted"))]

    application = models.ForeignKey(Application, models.PROTECT, related_name="holds")
    state = FSMField(_("state"), choices=STATES, default=STANDING, protected=True)
    reason = models.TextField(_("reason"))
    placed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("placed by"))
    placed_at = models.DateTimeField(_("placed"), auto_now_add=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["application", "pk"]
        triggers = [StateGuard()]
        indexes = [
            models.Index(fields=["application"], condition=Q(state="standing"), name="applications_held")
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="applications_hold_has_a_reason"),
        ]

    def __str__(self) -> str:
        return str(_("Legal hold on %(case)s") % {"case": self.application})

    @act(
        field=state,
        sources=(STANDING,),
        to=LIFTED,
        label=_("Lift the legal hold"),
        two_people=True,
        permission="applications.lift_hold",
        needs=("reason",),
    )
    def lift(self, **data: Any) -> None:
        self.lifted_at = timezone.now()


class Destruction(OfCase):
    """One time that the documents of a case are due: found by the timer, decided by two people, carried out
    by the worker. ``period`` is the rule as it was when they decided; ``stopped_at`` a hold that came after.
    """

    DUE, CONFIRMED, OVER = "due", "confirmed", "over"
    STATES = [
        (DUE, _("Proposed for destruction")),
        (CONFIRMED, _("Being destroyed")),
        (OVER, _("Over")),
    ]

    application = models.ForeignKey(Application, models.PROTECT, related_name="destructions")
    state = FSMField(_("state"), choices=STATES, default=DUE, protected=True)
    ended_on = models.DateField(_("case ended"))
    period = models.ForeignKey(KeepingPeriod, models.PROTECT, related_name="+")
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("destruction of documents")
        verbose_name_plural = _("destructions of documents")
        ordering = ["ended_on", "pk"]
        triggers = [StateGuard()]
        indexes = [models.Index(fields=["state", "ended_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state="over"),
                name="applications_destruction_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_by__isnull=False, proposed_by__isnull=False),
                name="applications_destruction_by_two",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Documents of %(case)s") % {"case": self.application})

    @act(
        field=state,
        sources=(DUE,),
        to=CONFIRMED,
        label=_("Destroy the documents"),
        two_people=True,
        permission="applications.destroy_documents",
        requires=(c.is_due, c.is_not_held, c.has_documents_to_destroy),
    )
    def destroy(self, *, actor: Any, **data: Any) -> None:
        self.proposed_by = waiting_proposals(self).get(transition="destroy").proposed_by
        self.confirmed_by, self.confirmed_at = actor, timezone.now()
        ended = queries.ended_on(self.application)
        period = period_of(self.application.regulator_id, timezone.localdate())
        assert ended is not None
        assert period is not None
        self.ended_on, self.period = ended, period

    @act(
        field=state,
        sources=(CONFIRMED,),
        to=OVER,
        label=_("End the destruction"),
        permission="applications.end_destruction",
    )
    def finish(self, **data: Any) -> None:
        self.over_at = timezone.now()

    @act(
        field=state,
        sources=(DUE,),
        to=OVER,
        label=_("Not due any more"),
        permission="applications.end_destruction",
    )
    def drop(self, **data: Any) -> None:
        self.over_at = timezone.now()


class DestroyedFile(models.Model):
    """One document that a destruction took up: gone since ``destroyed_at``, or kept after all since
    ``spared_at``; neither while its bytes may still lie there.
    """

    destruction = models.ForeignKey(Destruction, models.PROTECT, related_name="files")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    taken_up_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)
    spared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Trigger(
                name="not_under_a_hold", operation=pgtrigger.Insert, when=pgtrigger.Before, func=HELD
            ),
            pgtrigger.Protect(name="list_stays", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(spared_at=None), name="applications_destroyed_once"
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(spared_at=None), name="applications_destroyed_or_spared"
            ),
        ]

    def __str__(self) -> str:
        return str(self.document_id)


class DestructionCertificate(models.Model):
    """That these documents were destroyed, by which rule and by whom. Written once; its PDF is drawn from
    ``content`` alone, which names nobody of the firm and no file. ``sha256`` is that of the list of files.
    """

    append_only = True

    destruction = models.OneToOneField(Destruction, models.PROTECT, related_name="certificate")
    made_at = models.DateTimeField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("certificate of destruction")
        verbose_name_plural = _("certificates of destruction")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.content['reference']} {self.made_at:%Y-%m-%d}"
