"""A panel: several people who vote on one recommendation before a decision is taken.

No law on record asks for one: whether it is needed is data of the rule book, its quorum is set for each panel
with a reason, and how a result is counted is our policy (see decisions/0074).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.case import Application
from applications.models.decision import Recommendation
from applications.votes import ABSTAIN, AGAINST, FOR, MIN_QUORUM, NONE

USER = settings.AUTH_USER_MODEL


class Panel(models.Model):
    """``question`` is what is voted on: to grant, or to refuse. ``result`` is empty until it is closed."""

    RESULTS = [(FOR, _("For")), (AGAINST, _("Against")), (NONE, _("No decision"))]

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="panels")
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=10, choices=Recommendation.OUTCOMES)
    quorum = models.PositiveSmallIntegerField(_("quorum"))
    reason = models.TextField(_("why this panel and this quorum"))
    convened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    convened_at = models.DateTimeField()
    sat_on = models.DateField(_("day of the sitting"), null=True, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=10, choices=RESULTS, blank=True)

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="applications_panel_once"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(closed_at=None), name="applications_panel_one_open"
            ),
            models.CheckConstraint(condition=Q(quorum__gte=MIN_QUORUM), name="applications_panel_quorum"),
            models.CheckConstraint(
                condition=Q(closed_at=None, result="")
                | (Q(closed_at__isnull=False) & ~Q(result="") & ~Q(minutes="")),
                name="applications_panel_closed_with_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} panel {self.number}"


class PanelMember(models.Model):
    """One human on a panel. A recused one counts in no quorum and has no vote."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    human = models.CharField(max_length=64)
    is_chair = models.BooleanField(default=False)
    recused_at = models.DateTimeField(null=True, blank=True)
    recused_why = models.TextField(blank=True)
    present = models.BooleanField(null=True)  # by the minutes

    class Meta:
        ordering = ["panel", "-is_chair", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "human"], name="applications_panelmember_one_a_human"),
            models.UniqueConstraint(
                fields=["panel"], condition=Q(is_chair=True), name="applications_panelmember_one_chair"
            ),
            models.CheckConstraint(condition=~Q(human=""), name="applications_panelmember_known"),
        ]

    def __str__(self) -> str:
        return f"{self.panel} {self.user}"


class Vote(models.Model):
    """Written once. A new vote takes the place of the one that it ``replaces``, which stays to be read."""

    append_only = True

    CHOICES = [(FOR, _("For")), (AGAINST, _("Against")), (ABSTAIN, _("Abstain"))]

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="votes")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="votes")
    human = models.CharField(max_length=64)
    choice = models.CharField(max_length=10, choices=CHOICES)
    reason = models.TextField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            # With the one place that each vote can be replaced in, one vote of a human counts and no more.
            models.UniqueConstraint(
                fields=["panel", "human"], condition=Q(replaces=None), name="applications_vote_one_a_human"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="applications_vote_not_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel} {self.choice}"
