"""Words and tags of the desk, seen from the regulator's side."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import (
    Application,
    Consultation,
    Destruction,
    Finding,
    IndividualApproval,
    InformationRequest,
    LegalHold,
    Recommendation,
    RequestPoint,
    Stage,
)
from applications.states import ApplicationState as A
from applications.states import StageState as S
from notifications.models import Status
from regulators.rulebook import READINESS
from workflow.acts import Act, acts_of

STATE_TAGS = {
    A.DRAFT: "", A.SUBMITTED: "look", A.RETURNED: "", A.NOT_ACCEPTED: "bad", A.IN_REVIEW: "look",
    A.RECOMMENDED: "look", A.APPROVED_IN_PRINCIPLE: "ok", A.REFUSAL_PROPOSED: "bad", A.GRANTED: "ok",
    A.REFUSED: "bad", A.LAPSED: "bad", A.WITHDRAWN: "", A.DISCARDED: "",
}  # fmt: skip
STAGE_TAGS = {
    S.NOT_STARTED: "", S.IN_PROGRESS: "", S.COMPLETE: "done", S.IN_REVIEW: "look", S.APPROVED: "ok",
    S.CHANGES_REQUESTED: "",
}  # fmt: skip
STAGE_WORDS: dict[S, str | Promise] = {
    S.NOT_STARTED: _("With the firm"),
    S.IN_PROGRESS: _("With the firm"),
    S.COMPLETE: _("Not taken yet"),
    S.IN_REVIEW: S.IN_REVIEW.label,
    S.APPROVED: S.APPROVED.label,
    S.CHANGES_REQUESTED: S.CHANGES_REQUESTED.label,
}
FINDING_TAGS = {
    Finding.OPEN: "", Finding.MET: "ok", Finding.SUBJECT: "ok", Finding.WAIVED: "ok",
    Finding.NOT_APPLICABLE: "ok", Finding.QUERY: "work", Finding.DEFICIENT: "bad",
}  # fmt: skip
REQUEST_TAGS = {
    InformationRequest.DRAFT: "work", InformationRequest.SENT: "", InformationRequest.PART_ANSWERED: "",
    InformationRequest.ANSWERED: "act", InformationRequest.CLOSED: "done",
}  # fmt: skip
CONSULTATION_TAGS = {
    Consultation.OPEN: "", Consultation.ANSWERED: "done", Consultation.SILENT: "done",
    Consultation.WITHDRAWN: "",
}  # fmt: skip
ARRIVAL: dict[str, tuple[str, str | Promise]] = {
    Status.WAITING: ("", _("Waits to be sent")),
    Status.SENT: ("done", _("Taken by the mail server")),
    Status.FAILED: ("bad", _("Not delivered")),
    Status.WITHHELD: ("", _("Withheld")),
    Status.KEPT: ("", _("A notice alone: the person wants no e-mail of this kind")),
}
CAME_BACK: tuple[str, str | Promise] = ("bad", _("Came back"))
VOTE_TAGS = {"for": "ok", "against": "bad", "abstain": ""}
VERDICT_TAGS = {
    RequestPoint.OPEN: "", RequestPoint.SATISFACTORY: "ok", RequestPoint.UNSATISFACTORY: "bad",
    RequestPoint.WITHDRAWN: "done",
}  # fmt: skip
EVENTS: dict[str, str | Promise] = {
    "application.start": _("Application started"),
    "application.completeness": _("Completeness checked"),
    "application.fee": _("Fee recorded"),
    "application.assign": _("Case officer named"),
    "application.release": _("Given back by the case officer"),
    "application.finding": _("Finding recorded"),
    "application.conflict": _("Conflict of interest declared"),
    "application.individuals": _("People proposed for functions"),
    "application.individual_answer": _("Answer of the firm about a person recorded"),
    "application.replace_person": _("Another person to be proposed"),
    "application.meeting": _("Meeting or interview entered"),
    "application.inspection": _("Inspection on site entered"),
    "application.inspection_confirmed": _("Inspection on site confirmed"),
    "application.note": _("Internal note written"),
    "application.number_shown": _("Number of a person's papers shown"),
    "application.consult": _("Consultation started"),
    "application.consult_given": _("Another specialist asked"),
    "application.consulted": _("Consultation finished"),
    "application.change_notified": _("Change reported by the firm"),
    "application.change_resolved": _("Reported change resolved"),
    "application.deadlines_moved": _("Deadlines moved with the calendar"),
    "application.period_extended": _("Period for the decision extended"),
    "application.mail_resent": _("E-mail sent again"),
    "application.instants_moved": _("Instants of deadlines moved with the time zone"),
    "application.move": _("Moved to a newer rule book"),
    "application.apply_version": _("Newer rule book applied"),
    "application.condition": _("Condition verified"),
    "application.notice_served": _("Service of the notice recorded"),
    "application.representation": _("Representation made"),
    "application.representation_answered": _("Representation answered"),
    "application.letter": _("Letter issued"),
    "application.hold": _("Legal hold placed"),
    "application.nothing_to_destroy": _("Time for keeping is over, and no document is left"),
    "destruction.found": _("Documents proposed for destruction"),
    "destruction.begin": _("Destruction of the documents begun"),
    "destruction.finish": _("Destruction of the documents over"),
    "application.panel_convened": _("Panel convened"),
    "application.panel_recusal": _("Member of the panel stood aside"),
    "application.panel_vote": _("Vote on the panel"),
    "application.panel_closed": _("Panel closed"),
    "application.correction_proposed": _("Correction of a slip proposed"),
    "application.correction_confirmed": _("Correction of a slip confirmed"),
    "application.correction_declined": _("Correction of a slip declined"),
    "request.write": _("Request written"),
    "request.rewrite": _("Request changed before it was sent"),
    "request.send": _("Request sent"),
    "request.question": _("Question of the firm about a request"),
    "request.reply": _("Question of the firm answered"),
    "request.extension_asked": _("More time asked for"),
    "request.extension_granted": _("More time granted"),
    "request.extension_declined": _("More time not granted"),
    "request.answer": _("Answers received"),
    "request.verdict": _("Verdict on a point of a request"),
    "request.close": _("Request closed"),
    "document.opened": _("Document opened"),
    "document.previewed": _("Preview of a document seen"),
}


MACHINES: dict[str, type[Any]] = {
    "application": Application,
    "stage": Stage,
    "individualapproval": IndividualApproval,
    "legalhold": LegalHold,
    "destruction": Destruction,
}


RECORD_READINESS = _("Record readiness")  # what is a grant elsewhere
READINESS_RECORDED = _("Readiness recorded")


def ends_in_readiness(case: Application) -> bool:
    """Such a case ends in a record that grants nothing, and no word of it says otherwise."""
    return case.book.outcome == READINESS


def state_word(case: Application, state: str = "") -> str:
    """A state of a case, that of now unless another is given."""
    found = A(state or case.state)
    return str(READINESS_RECORDED if found == A.GRANTED and ends_in_readiness(case) else found.label)


def outcome_words(case: Application) -> list[tuple[str, str | Promise]]:
    """What can be recommended."""
    grant: str | Promise = RECORD_READINESS if ends_in_readiness(case) else Recommendation.OUTCOMES[0][1]
    return [(Recommendation.GRANT, grant), *Recommendation.OUTCOMES[1:]]


def outcome_word(case: Application, outcome: str) -> str:
    return str(dict(outcome_words(case)).get(outcome, ""))


def to_grant_heading(case: Application) -> str | Promise:
    """Over what a recommendation to grant still lacks."""
    if ends_in_readiness(case):
        return _("What still stands in the way of a recommendation to record readiness")
    return _("What still stands in the way of a recommendation to grant")


def act_word(case: Application, act: Act) -> str | Promise:
    return RECORD_READINESS if act.name == "grant" and ends_in_readiness(case) else act.label


def event_words(kind: str, case: Application | None = None) -> str:
    """An audit event in words: its own, or the label of the act that it records."""
    if case is not None and kind == "application.grant" and ends_in_readiness(case):
        return str(READINESS_RECORDED)
    if kind in EVENTS:
        return str(EVENTS[kind])
    room, _dot, name = kind.partition(".")
    model: type[Any] | None = MACHINES.get(room)
    act = acts_of(model).get(name.partition(".")[0]) if model else None
    return str(act.label) if act else kind
