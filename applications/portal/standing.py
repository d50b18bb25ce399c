"""Where a case stands, as the firm may know it: whose turn it is, what happened, what was decided.

What staff do among themselves stays out: only the kinds and decisions named here are shown, and no names of
staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, Correction, Decision, InformationRequest, RefusalNotice
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from audit.models import Event
from regulators.calendars import YearNotInCalendarError, is_forecast, working_days_between
from regulators.periods import footing, set_in_the_case
from regulators.rulebook import say

BY_FIRM: dict[str, str | Promise] = {
    "application.start": gettext_lazy("Application started"),
    "application.move": gettext_lazy("Moved to a newer rule book"),
    "application.submit": gettext_lazy("Application submitted"),
    "application.withdraw": gettext_lazy("Application withdrawn"),
    "application.discard": gettext_lazy("Draft discarded"),
    "application.change_notified": gettext_lazy("Change reported"),
    "application.representation": gettext_lazy("Representation made"),
    "request.answer": gettext_lazy("Answers sent"),
    "request.question": gettext_lazy("Question asked about a request"),
    "request.extension_asked": gettext_lazy("More time asked for"),
}
BY_REGULATOR: dict[str, str | Promise] = {
    "application.apply_version": gettext_lazy("Newer rule book applied"),
    "application.accept": gettext_lazy("Accepted for review"),
    "application.return_incomplete": gettext_lazy("Returned as incomplete"),
    "application.refuse_to_consider": gettext_lazy("Not accepted for consideration"),
    "application.approve_in_principle": gettext_lazy("Approved in principle"),
    "application.extend": gettext_lazy("Approval in principle extended"),
    "application.reopen": gettext_lazy("Review reopened"),
    "application.grant": gettext_lazy("Granted"),
    "application.record_deemed_issue": gettext_lazy("Deemed issue recorded"),
    "application.notice_served": gettext_lazy("Notice of a proposed refusal served"),
    "application.period_extended": gettext_lazy("Period for the decision extended"),
    "application.refuse": gettext_lazy("Refused"),
    "application.lapse": gettext_lazy("Lapsed"),
    "application.remit": gettext_lazy("Returned to review after appeal"),
    "application.letter": gettext_lazy("Letter issued"),
    "application.correction_confirmed": gettext_lazy("A slip was corrected"),
    "application.change_resolved": gettext_lazy("Reported change dealt with"),
    "application.condition": gettext_lazy("Condition found to be met"),
    "application.representation_answered": gettext_lazy("Representation answered"),
    "request.send": gettext_lazy("Information requested"),
    "request.reply": gettext_lazy("Question about a request answered"),
    "request.extension_granted": gettext_lazy("More time granted"),
    "request.extension_declined": gettext_lazy("More time not granted"),
    "request.close": gettext_lazy("Request closed"),
    "stage.approve": gettext_lazy("Stage approved"),
    "stage.request_changes": gettext_lazy("Changes requested"),
}
DECISIONS: dict[str, str | Promise] = {
    "approve_in_principle": gettext_lazy("Approved in principle"),
    "extend": gettext_lazy("Approval in principle extended"),
    "reopen": gettext_lazy("Review reopened"),
    "grant": gettext_lazy("Granted"),
    "record_deemed_issue": gettext_lazy("Deemed issue recorded"),
    "refuse": gettext_lazy("Refused"),
    "lapse": gettext_lazy("Lapsed"),
}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the ``turn`` part of the look shows."""

    yours: bool
    who: str
    text: str = ""
    url: str = ""
    action: str = ""
    due: date | None = None
    period: str = ""
    footing: str = ""
    paused_since: datetime | None = None

    @property
    def days(self) -> int | None:
        if self.due is None:
            return None
        try:
            return working_days_between(timezone.localdate(), self.due)
        except YearNotInCalendarError:
            return None


@dataclass(frozen=True, kw_only=True)
class Strip:
    """Where a filed case stands, in one line, on each of its pages."""

    kind: str
    word: str
    turn: Turn | None


@dataclass(frozen=True, kw_only=True)
class Happened:
    at: datetime
    what: str
    who: str


@dataclass(frozen=True, kw_only=True)
class Decided:
    at: datetime
    what: str
    reason: str
    grounds: list[str]


def state_in_words(case: Application, served: Any) -> tuple[str, str]:
    """The kind of the tag and its word. A recommendation, also after a notice of before was ``served``, is
    not the firm's to see, nor is a notice that is not served.
    """
    if case.state == A.RECOMMENDED or (case.state == A.REFUSAL_PROPOSED and not served):
        return "look", str(A.IN_REVIEW.label)
    kinds = {A.DRAFT: "work", A.RETURNED: "act", A.GRANTED: "ok", A.APPROVED_IN_PRINCIPLE: "ok",
             A.REFUSED: "bad", A.NOT_ACCEPTED: "bad", A.LAPSED: "bad", A.REFUSAL_PROPOSED: "act",
             A.WITHDRAWN: "", A.DISCARDED: ""}  # fmt: skip
    word = str(A.GRANTED.label) if case.state != A.GRANTED else _granted_word(case)
    return kinds.get(A(case.state), "look"), word if case.state == A.GRANTED else str(A(case.state).label)


def _granted_word(case: Application) -> str:
    return _("Readiness recorded") if case.readiness_id else str(A.GRANTED.label)


def served_notice(case: Application) -> RefusalNotice | None:
    """The last preliminary notice, once its service is recorded, while the refusal is proposed."""
    if case.state != A.REFUSAL_PROPOSED:
        return None
    notice = case.refusal_notices.last()
    return notice if notice and notice.served_on else None


def requests_of(case: Application) -> list[InformationRequest]:
    """What was sent to the firm; never a request that is still being written."""
    sent = case.requests.filter(sent_at__isnull=False)
    return list(sent.prefetch_related("points"))


def turn_of(case: Any, stages: Iterable[Any] = ()) -> Turn | None:
    """Whose turn it is, with the nearest date; None when the case is decided. Of a draft the stages are
    needed too; of any other, what its row keeps is enough.
    """
    if case.state in DECIDED:
        return None
    if case.state == A.DRAFT:
        return _draft_turn(case, stages)
    for found in (_returned, _noticed, _person_noticed, _asked, _stage_returned, _conditions):
        if turn := found(case):
            return turn
    return _regulator_turn(case)


def _yours(text: str, due: date | None = None, footing: str = "", **more: Any) -> Turn:
    return Turn(yours=True, who=_("Your turn"), text=text, due=due, footing=footing, **more)


def _returned(case: Any) -> Turn | None:
    if case.state != A.RETURNED:
        return None
    text = _("The application was returned as incomplete. Mend what is named, then submit it again.")
    url = reverse("portal:case", args=[case.pk])
    return _yours(text, case.return_by, set_in_the_case(), url=url, action=_("See what is needed"))


def _noticed(case: Any) -> Turn | None:
    until = case.until_now if case.state == A.REFUSAL_PROPOSED else None
    if until is None or until < timezone.localdate():
        return None
    return _yours(
        _("A refusal is proposed. You can say what speaks against it."), until,
        footing(case.book.clock("representations")),
        url=reverse("portal:representation", args=[case.pk]), action=_("Make a representation"),
    )  # fmt: skip


def _person_noticed(case: Any) -> Turn | None:
    today = timezone.localdate().isoformat()
    told = next((one for one in case.people_noticed_now if one["until"] >= today), None)
    if told is None:
        return None
    return _yours(
        _("A refusal of one of your people is proposed. You can say what speaks against it."),
        date.fromisoformat(told["until"]), set_in_the_case(),
        url=reverse("portal:person_notice", args=[case.pk, told["person"], told["function"]]),
        action=_("Open the notice"),
    )  # fmt: skip


def _asked(case: Any) -> Turn | None:
    if case.asked_now is None:
        return None
    words = _("Answer request %(number)s") % {"number": case.asked_now}
    url = reverse("portal:request", args=[case.pk, case.asked_now])
    return _yours(
        _("Information is asked for."), case.asked_until_now, set_in_the_case(), url=url, action=words,
        paused_since=case.paused_since,
    )  # fmt: skip


def _stage_returned(case: Any) -> Turn | None:
    if not case.returned_now:
        return None
    url = reverse("portal:stage", args=[case.pk, case.returned_now])
    return _yours(_("A stage was returned to you."), url=url, action=_("Open the stage"))


def _conditions(case: Any) -> Turn | None:
    if case.state != A.APPROVED_IN_PRINCIPLE or case.condition_until_now is None:
        return None
    text = _("Conditions of the approval are to be met, and to be shown to the reviewer.")
    url = reverse("portal:case", args=[case.pk]) + "#conditions"
    return _yours(text, case.condition_until_now, set_in_the_case(), url=url, action=_("See the conditions"))


def _draft_turn(case: Application, stages: Iterable[Any]) -> Turn:
    ready = all(stage.state == S.COMPLETE for stage in stages)
    if ready:
        url = reverse("portal:declare", args=[case.pk])
        return Turn(yours=True, who=_("Your turn"), text=_("Every stage is complete."), url=url,
                    action=_("Sign and submit"))  # fmt: skip
    return Turn(yours=True, who=_("Your turn"), text=_("Complete each stage, then sign and submit."))


def _regulator_turn(case: Any) -> Turn:
    due = timezone.localdate(case.next_due) if case.next_due else None
    forecast = due and case.due_working_days and is_forecast(due)
    text = _("Counted in a forecast calendar: this day may still move.") if forecast else ""
    if case.due_code and due is None:
        text = _("No day yet: its year is not in the calendar")
    clock = case.book.clock(case.due_code) if due else None
    return Turn(
        yours=False,
        text=text,
        who=_("With %(regulator)s") % {"regulator": say(case.book.regulator_name)},
        due=due,
        period=say(clock.title) if clock else "",
        footing=footing(clock),
        paused_since=case.paused_since,
    )


def strip_of(case: Any) -> Strip | None:
    """None for a draft, whose pages say it themselves. Asks nothing of the database."""
    if not case.submitted_at:
        return None
    kind, word = state_in_words(case, case.until_now)
    return Strip(kind=kind, word=word, turn=turn_of(case))


def timeline_of(case: Application) -> list[Happened]:
    """What the firm may know of, newest first. Its own people by name, the regulator by its name."""
    kinds = [*BY_FIRM, *BY_REGULATOR]
    events = Event.objects.filter(subject=case.audit_subject, kind__in=kinds).order_by("-number")
    regulator = say(case.book.regulator_name)
    return [
        Happened(
            at=event.at,
            what=_with_detail(_words_of(event.kind, case), event, case),
            who=event.actor_name if event.kind in BY_FIRM else regulator,
        )
        for event in events
        if _is_theirs_to_know(event)
    ]


def _is_theirs_to_know(event: Event) -> bool:
    """Not what became of a request that was never sent, or of a text that staff alone read."""
    if event.kind == "application.correction_confirmed":
        return bool(event.data.get("told", event.data.get("record") != Correction.RECOMMENDATION))
    return event.kind != "request.close" or bool(event.data.get("was_sent"))


def _words_of(kind: str, case: Application) -> str:
    return _granted_word(case) if kind == "application.grant" else str((BY_FIRM | BY_REGULATOR)[kind])


def _with_detail(words: str, event: Event, case: Application) -> str:
    code = event.data.get("stage")
    if event.kind.startswith("stage.") and code in case.book.stage_codes:
        return f"{words}: {say(case.book.stage(code).title)}"
    if event.kind.startswith("request.") and "number" in event.data:
        return f"{words} ({event.data['number']})"
    return words


def decision_in_words(case: Application, kind: str) -> str:
    return _granted_word(case) if kind == "grant" else str(DECISIONS[kind])


def decisions_of(case: Application) -> list[Decided]:
    """Newest first."""
    titles = {ground.code: say(ground.title) for ground in case.book.grounds}
    found = Decision.objects.filter(application=case, kind__in=list(DECISIONS)).order_by("-at")
    return [
        Decided(
            at=decision.at,
            what=decision_in_words(case, decision.kind),
            reason=decision.reason,
            grounds=[titles.get(code, code) for code in decision.grounds],
        )
        for decision in found
    ]
