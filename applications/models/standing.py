"""Where a case stands, kept in its row so that a list of cases reads nothing else."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce

from applications.states import ENDED, OPEN
from applications.states import ApplicationState as A

NO_DATE = datetime(9999, 1, 1, tzinfo=UTC)  # what has no date due comes after what has one
IS_OPEN = Q(state__in=sorted(OPEN))
APPROVED = "approved"  # the place of a case whose stages are all approved
INTAKE = "intake"  # where a case ended that was never accepted
ENDED_AT = Case(
    When(~Q(state__in=sorted(ENDED)), then=Value("")),
    When(accepted_at=None, then=Value(INTAKE)),
    When(~Q(stage_now=""), then="stage_now"),
    default=Value(APPROVED),
)
# Whom an open case waits on, by the columns of its row alone: as ``desk.standing.waiting`` says it in words.
# Who is to be heard has the turn up to ``heard_until_now``; then it is the decision's.
FIRM, US, DECISION, HEARD = "firm", "us", "decision", "heard"
TO_BE_HEARD = Q(state=A.REFUSAL_PROPOSED, served_now__isnull=False, until_now__isnull=False)
PLACE = Case(
    When(~IS_OPEN, then=Value("")), When(~Q(stage_now=""), then="stage_now"), default=Value(APPROVED)
)
TURN = Case(
    When(~IS_OPEN, then=Value("")),
    When(state=A.RETURNED, then=Value(FIRM)),
    When(state=A.SUBMITTED, then=Value(US)),
    When(state=A.RECOMMENDED, then=Value(DECISION)),
    When(TO_BE_HEARD, then=Value(HEARD)),
    When(state=A.REFUSAL_PROPOSED, then=Value(US)),
    When(Q(asked_now__isnull=False) | ~Q(returned_now=""), then=Value(FIRM)),
    When(state=A.APPROVED_IN_PRINCIPLE, answered_now=None, conditions_now=0, then=Value(DECISION)),
    default=Value(US),
)


class Standing(models.Model):
    """What ``queries.standing.computed`` makes of the records of the case. Nothing but
    ``services.standing.keep`` writes it, at the end of every act, and no act reads it.
    """

    next_due = models.DateTimeField(null=True, editable=False)  # the nearest deadline that is not met
    due_code = models.CharField(max_length=60, blank=True, editable=False)
    due_working_days = models.PositiveIntegerField(null=True, editable=False)
    paused_since = models.DateTimeField(null=True, editable=False)  # None while the clocks run
    active_at = models.DateTimeField(null=True, editable=False)  # when a person last did something to it
    # the first stage that is not approved, its state, and the first that is with the firm
    stage_now = models.CharField(max_length=30, blank=True, editable=False)
    stage_state_now = models.CharField(max_length=30, blank=True, editable=False)
    returned_now = models.CharField(max_length=30, blank=True, default="", editable=False)
    # how many requests are with the firm, number and last day of the one due first; the first one answered
    requests_now = models.PositiveIntegerField(default=0, editable=False)
    asked_now = models.PositiveIntegerField(null=True, editable=False)
    asked_until_now = models.DateField(null=True, editable=False)
    answered_now = models.PositiveIntegerField(null=True, editable=False)
    # on how many points the firm had the last word, and whether it waits for more time
    questions_now = models.PositiveIntegerField(default=0, editable=False)
    time_asked_now = models.BooleanField(default=False, editable=False)
    # how many conditions are to be verified, and the last day of the firm's next; the service of the last
    # notice, and its last day; of each notice about a person: person, function, last day, the nearest first
    conditions_now = models.PositiveIntegerField(default=0, editable=False)
    condition_until_now = models.DateField(null=True, editable=False)
    served_now = models.DateField(null=True, editable=False)
    until_now = models.DateField(null=True, editable=False)
    people_noticed_now = models.JSONField(default=list, editable=False)
    # since when the period for keeping its documents counts; None while it goes on or has none left
    kept_since = models.DateField(null=True, editable=False)
    due_order = models.GeneratedField(
        expression=Coalesce("next_due", Value(NO_DATE)), output_field=models.DateTimeField(), db_persist=True
    )

    place_now = models.GeneratedField(
        expression=PLACE, output_field=models.CharField(max_length=30), db_persist=True
    )
    ended_at_now = models.GeneratedField(
        expression=ENDED_AT, output_field=models.CharField(max_length=30), db_persist=True
    )
    turn_now = models.GeneratedField(
        expression=TURN, output_field=models.CharField(max_length=10), db_persist=True
    )
    heard_until_now = models.GeneratedField(
        expression=Case(When(TO_BE_HEARD, then="until_now")), output_field=models.DateField(), db_persist=True
    )

    class Meta:
        abstract = True


INDEXES = [
    models.Index(
        fields=["submitted_at", "id"],
        condition=Q(turn_now__in=[DECISION, HEARD]),
        name="applications_to_decide",
    ),
    models.Index(
        fields=["licence_type", "due_order", "id"],
        include=["submitted_at"],
        condition=IS_OPEN,
        name="applications_open_by_due",
    ),
    models.Index(
        fields=["case_officer", "due_order", "id"], condition=IS_OPEN, name="applications_officers_by_due"
    ),
    models.Index(
        fields=["kept_since", "id"], condition=Q(kept_since__isnull=False), name="applications_kept_since"
    ),
]
