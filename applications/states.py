"""The states of a case and of its stages, and the groups that the rules speak of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned as incomplete")
    NOT_ACCEPTED = "not_accepted", _("Not accepted for consideration")
    IN_REVIEW = "in_review", _("In review")
    RECOMMENDED = "recommended", _("Recommended")
    APPROVED_IN_PRINCIPLE = "approved_in_principle", _("Approved in principle")
    REFUSAL_PROPOSED = "refusal_proposed", _("Refusal proposed")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISCARDED = "discarded", _("Discarded")


class StageState(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETE = "complete", _("Complete")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")


class IndividualState(models.TextChoices):
    """Of one person for one function."""

    PROPOSED = "proposed", _("Proposed")
    ASSESSING = "assessing", _("Being assessed")
    APPROVED = "approved", _("Approved")
    REFUSAL_PROPOSED = "refusal_proposed", _("Refusal proposed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CEASED = "ceased", _("Ceased")
    CLOSED = "closed", _("Ended with the case")


A = ApplicationState

WITH_THE_FIRM = frozenset({A.DRAFT, A.RETURNED})
WITHDRAWABLE = (
    A.SUBMITTED,
    A.RETURNED,
    A.IN_REVIEW,
    A.RECOMMENDED,
    A.APPROVED_IN_PRINCIPLE,
    A.REFUSAL_PROPOSED,
)
OPEN = frozenset(WITHDRAWABLE)  # filed and undecided: one for each firm and licence type
# Kinds of decision that the firm reads. What is proposed among staff, or remitted to them, it does not.
TOLD_DECISIONS = frozenset(
    {"approve_in_principle", "extend", "reopen", "grant", "record_deemed_issue", "refuse", "lapse"}
)
DECIDED = frozenset({A.GRANTED, A.REFUSED, A.LAPSED, A.WITHDRAWN, A.DISCARDED, A.NOT_ACCEPTED})
ENDED = DECIDED - {A.DISCARDED}  # filed, and over; what was discarded never came to the regulator
STAGES_WITH_THE_FIRM = (StageState.CHANGES_REQUESTED, StageState.IN_PROGRESS)
STANDING = frozenset(
    {
        IndividualState.PROPOSED,
        IndividualState.ASSESSING,
        IndividualState.APPROVED,
        IndividualState.REFUSAL_PROPOSED,
    }
)
UNDECIDED = frozenset({IndividualState.PROPOSED, IndividualState.ASSESSING, IndividualState.REFUSAL_PROPOSED})
GONE = frozenset({IndividualState.WITHDRAWN, IndividualState.CEASED, IndividualState.CLOSED})
ASSESSABLE = frozenset({A.IN_REVIEW, A.APPROVED_IN_PRINCIPLE})
