"""The way of a case through the review: stages taken, asked about, returned, approved."""

from typing import Any

from applications.samples.scale import chances
from applications.samples.scale.desks import Who
from applications.samples.scale.filing import give_again
from applications.samples.scale.road import Road
from applications.states import StageState as S
from regulators.rulebook import INSPECTED

CONDITIONAL, WAIVED, NOT_APPLICABLE = "met_subject", "waived", "not_applicable"


def review(road: Road, *, may_fail: bool) -> bool:
    """Every stage that is not approved yet, in the order of the book. Whether all of them are in the end: one
    that is found deficient stays as it is.
    """
    grounds = [ground for ground in road.book.grounds if ground.quotable]
    fails = (
        road.rng.choice(road.book.stage_codes)
        if may_fail and grounds and road.chance(road.way.refused)
        else ""
    )
    for code in road.book.stage_codes:
        if road.stages[code] != S.APPROVED and not _review_stage(road, code, fails=code == fails):
            return False
    return True


def _review_stage(road: Road, code: str, *, fails: bool) -> bool:
    reviewer = road.reviewer if road.chance(0.8) else road.one_of("reviewer")
    _take(road, code, reviewer)
    if road.chance(chances.GIVEN_BACK) and road.stages[code] == S.IN_REVIEW:
        road.on_stage("release", code, reviewer)
        reviewer = road.one_of("reviewer")
        _take(road, code, reviewer)
    road.wait(road.way.assess)
    if road.chance(road.way.query):
        _find(road, code, reviewer, "query", note="How this is done is not clear from the papers.")
        _ask(road, code, reviewer)
        if road.chance(road.way.second_request):
            _ask(road, code, reviewer)
    if road.chance(road.way.changes):
        items = [road.asked[code].code]
        road.on_stage("request_changes", code, reviewer, reason="Write the answer anew.", items=items)
        road.wait(chances.CHANGES_ANSWERED)
        give_again(road, code)
        _take(road, code, reviewer)
    if fails:
        _find(road, code, reviewer, "deficient", note="What the firm describes does not meet the rule.")
        return False
    _settle(road, code, reviewer)
    road.wait(road.way.approve)
    road.on_stage("approve", code, reviewer)
    if road.chance(road.way.reopened):
        road.wait((2, 0.5))
        road.on_stage("reopen", code, road.lead, reason="One paper has to be read again.")
        road.wait(road.way.approve)
        road.on_stage("approve", code, reviewer)
    return True


def _take(road: Road, code: str, reviewer: Who) -> None:
    road.wait(road.way.take)
    if road.stages[code] == S.COMPLETE:
        road.on_stage("take", code, reviewer)


def _settle(road: Road, code: str, reviewer: Who) -> None:
    drawn = road.rng.random()
    if drawn < road.way.conditional:
        words = {
            "note": "Shown in draft only.",
            "condition": "The signed text is handed in before the start.",
        }
        _find(road, code, reviewer, CONDITIONAL, **words)
    elif drawn < road.way.conditional + 0.03:
        _find(road, code, reviewer, WAIVED, note="Waived by the decision on the firm's request.")
    elif drawn < road.way.conditional + 0.05:
        _find(road, code, reviewer, NOT_APPLICABLE, note="The firm does nothing of the kind.")
    else:
        inspected = INSPECTED in road.asked[code].evidence
        _find(
            road,
            code,
            reviewer,
            "met",
            note="Read where it is kept; nothing was copied." if inspected else "",
        )


def _find(road: Road, code: str, who: Who, outcome: str, *, note: str = "", condition: str = "") -> None:
    words: dict[str, Any] = {"outcome": outcome, "note": note, "condition": condition}
    road.note("application.finding", who, requirement=road.asked[code].code, **words)


def _ask(road: Road, code: str, reviewer: Who) -> None:
    """A request for information, from its draft to its end."""
    road.requests += 1
    number, due_on = road.requests, road.day_after(10 + int(6 * road.rng.random()))
    questions = [
        f"Question {n}: please show how this is done." for n in range(1, 2 + int(3 * road.rng.random()))
    ]
    about = {"number": number, "requirement": road.asked[code].code}
    road.note("request.write", reviewer, due_on=due_on, questions=questions, **about)
    road.pass_time(0.2)
    road.note("request.send", reviewer, number=number)
    if road.chance(road.way.asks_back):
        road.wait((1, 0.6))
        road.note("request.question", road.founder, number=number, point=1, text="Which year is meant?")
        road.wait((1, 0.6))
        road.note("request.reply", reviewer, number=number, point=1, text="The last one that is closed.")
    if road.chance(road.way.more_time):
        due_on = _more_time(road, number, due_on, reviewer)
    if road.chance(road.way.unanswered):
        road.wait_until_after(due_on)
        road.note("request.close", reviewer, number=number, note="Not answered; the file itself shows it.")
        return
    _give_answers(road, number, len(questions))
    road.wait(chances.REQUEST_READ)
    road.note("request.close", reviewer, number=number, note="Every point is answered.")


def _more_time(road: Road, number: int, due_on: Any, reviewer: Who) -> Any:
    road.wait((2, 0.5))
    until = road.days.add(max(due_on, road.now.date()), 5)
    road.note(
        "request.extension_asked", road.founder, number=number, until=until, reason="The auditor is away."
    )
    road.wait((0.8, 0.4))
    until = max(until, road.day_after(2))
    if road.chance(0.8):
        road.note("request.extension_granted", reviewer, number=number, until=until, answer="")
        return until
    words = "The day stays: the paper exists already."
    road.note("request.extension_declined", reviewer, number=number, answer=words)
    return due_on


def _give_answers(road: Road, number: int, count: int) -> None:
    """In one go, or the first point before the others."""
    partly = count > 1 and road.chance(road.way.partly)
    for points in ([1], list(range(2, count + 1))) if partly else (list(range(1, count + 1)),):
        road.wait(chances.REQUEST_ANSWERED)
        for point in points:
            road.note(
                "point.answer", road.founder, number=number, point=point, text="It is in the minute attached."
            )
        road.note("request.answer", road.founder, number=number, points=points, left=count - points[-1])
