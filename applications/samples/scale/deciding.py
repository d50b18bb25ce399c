"""The way of a case to its decision: recommended, approved in principle, granted, or refused after a notice."""

from applications.samples.scale import chances
from applications.samples.scale.reviewing import review
from applications.samples.scale.road import OverError, Road


def decide(road: Road, *, meets: bool) -> None:
    """``meets``: every stage is approved."""
    while True:
        road.wait(road.way.recommend)
        _recommend(road, meets)
        road.wait(road.way.decide)
        if not road.chance(road.way.sent_back):
            break
        road.act("send_back", road.decider, reason="The recommendation does not speak of the capital.")
    if meets:
        _grant(road)
    else:
        _refuse(road)


def _recommend(road: Road, meets: bool) -> None:
    if meets:
        road.act("recommend", road.lead, outcome="grant", grounds=[], reason="Every stage is approved.")
    else:
        words = "A requirement is not met, and the answers do not change that."
        road.act("recommend", road.lead, outcome="refuse", grounds=_grounds(road), reason=words)


def _grounds(road: Road) -> list[str]:
    return [next(ground.code for ground in road.book.grounds if ground.quotable)]


# --- the grant


def _grant(road: Road) -> None:
    if road.book.in_principle and (road.conditions or road.chance(road.way.in_principle)):
        _in_principle(road)
        road.wait(road.way.decide)
    road.act("grant", road.decider, reason="The file is complete, and what it shows is in order.")


def _in_principle(road: Road) -> None:
    expires_on = road.day_after(120)
    told = [f"Condition {n}: show the signed contract." for n in range(1, 2 + int(3 * road.rng.random()))]
    conditions = [{"text": text, "due_on": road.day_after(60)} for text in told]
    words = "The criteria are met; conditions are set."
    road.act("approve_in_principle", road.decider, conditions=conditions, expires_on=expires_on, reason=words)
    verified, road.conditions = road.conditions, road.conditions + len(told)
    if road.chance(road.way.never_met):
        road.wait_until_after(expires_on)
        road.act("lapse", road.decider, reason="The conditions were not met in time.")
        raise OverError
    if road.chance(road.way.extended):
        road.wait(chances.CONDITION_MET)
        until = road.days.add(max(expires_on, road.now.date()), 40)
        road.act("extend", road.decider, reason="The contract is being signed.", expires_on=until)
    for number in range(verified + 1, road.conditions + 1):
        road.wait(chances.CONDITION_MET)
        road.note("application.condition", road.reviewer, number=number, evidence="The contract was read.")
    if road.chance(road.way.reopened_in_principle):
        road.wait(road.way.decide)
        road.act("reopen", road.decider, reason="A fact came up that has to be weighed.")
        decide(road, meets=True)
        raise OverError


# --- the refusal


def _refuse(road: Road) -> None:
    grounds = _grounds(road)
    words = {"evidence": "The finding on the file.", "notice": "We intend to refuse, for the ground named."}
    road.act("propose_refusal", road.decider, grounds=grounds, **words)
    road.wait((1, 0.6))
    until = road.day_after(15)
    road.note(
        "application.notice_served", road.officer, served_on=road.now.date(), until=until, how="By courier."
    )
    if road.chance(road.way.represents) and _is_heard(road):
        decide(road, meets=review(road, may_fail=False))
        return
    road.wait_until_after(until)
    road.act(
        "refuse", road.decider, grounds=grounds, reason="The ground stands after what the firm has said."
    )
    if road.chance(road.way.remitted):
        road.pass_time(road.drawn((45, 0.4)))
        road.act("remit", road.decider, reason="The court has set the refusal aside.", appeal="Case 7119-26")
        decide(road, meets=review(road, may_fail=False))


def _is_heard(road: Road) -> bool:
    """The firm makes representations in its time. Whether they are accepted: then the case goes back."""
    road.pass_time(min(road.drawn((5, 0.5)), 12))
    road.note("application.representation", road.founder, text="The contract was there; the annex shows it.")
    road.wait((3, 0.5))
    accepted = road.chance(road.way.accepted)
    words = "The annex shows it." if accepted else "The annex is of another contract."
    road.note("application.representation_answered", road.decider, our_answer=words, accepted=accepted)
    if accepted:
        road.act("send_back", road.decider, reason="The representation is accepted.")
    return accepted
