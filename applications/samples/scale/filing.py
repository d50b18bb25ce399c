"""The way of a case up to the review: drafted, filed, checked, perhaps returned, accepted."""

from datetime import timedelta

from applications.samples.scale import chances
from applications.samples.scale.road import OverError, Road
from applications.states import StageState as S

GAP = "The signed copy is missing."


def draft(road: Road) -> None:
    road.note("application.start", road.founder)
    road.stages = dict.fromkeys(road.book.stage_codes, S.NOT_STARTED)
    if not road.arrival.reference:
        _leave(road)
        raise OverError
    span = (road.arrival.at - road.now) / (2 * len(road.stages) + 1)
    for code in road.book.stage_codes:
        _fill(road, code, span)
    road.now = road.arrival.at
    _submit(road)


def _fill(road: Road, code: str, span: timedelta) -> None:
    road.now += span
    road.on_stage("start", code, road.founder)
    road.now += span * (0.3 + 0.3 * road.rng.random())
    _answer(road, code, "first text")
    road.now += span * 0.4
    road.on_stage("complete", code, road.founder)


def _answer(road: Road, code: str, which: str) -> None:
    requirement = road.asked[code]
    text = f"{requirement.title['en']}: described in full in the papers of the firm ({which})."
    road.note("answer", road.founder, requirement=requirement.code, value={"text": text})


def _leave(road: Road) -> None:
    """A draft that is never filed: begun, left, and perhaps given up."""
    for code in road.book.stage_codes[: int(road.rng.random() * 5)]:
        road.pass_time(road.drawn((2, 0.8)))
        road.on_stage("start", code, road.founder)
        _answer(road, code, "first text")
        if road.chance(0.7):
            road.pass_time(road.drawn((1, 0.8)))
            road.on_stage("complete", code, road.founder)
    if road.chance(chances.GIVEN_UP):
        road.pass_time(road.drawn(chances.LYING))
        road.act("discard", road.founder)


def _submit(road: Road) -> None:
    declaration = {"text": "What is submitted is true and complete.", "role": "Director",
                   "signed_by": road.founder.name, "at": road.now.isoformat()}  # fmt: skip
    road.act("submit", road.founder, declaration=declaration, reference=road.arrival.reference)


def check(road: Road) -> None:
    """Until the case is accepted."""
    if road.chance(road.way.assigned):
        road.wait((1, 0.6))
        road.note("application.assign", road.lead, officer=road.officer)
    while gaps := _checked(road):
        road.wait(road.way.accept)
        if road.book.incomplete != "return":
            words = "The application is incomplete; it can be filed again."
            road.act("refuse_to_consider", road.officer, reason=words)
            raise OverError
        _return(road, gaps)
    if road.book.fee_is_condition or road.chance(0.5):
        waived = road.chance(road.way.fee_waived)
        words = "The firm is exempt." if waived else ""
        road.note("application.fee", road.officer, fee="waived" if waived else "paid", reason=words)
    road.wait(road.way.accept)
    road.act("accept", road.officer)
    if road.chance(0.3):
        road.note("application.note", road.officer, text="The firm was told by telephone who reads its file.")


def _checked(road: Road) -> dict[str, str]:
    road.wait(road.way.check)
    gaps: dict[str, str] = {}
    if road.chance(road.way.gaps):
        codes = sorted(requirement.code for requirement in road.asked.values())
        gaps = dict.fromkeys(sorted(road.rng.sample(codes, 2 if road.chance(0.3) else 1)), GAP)
    road.note("application.completeness", road.officer, gaps=gaps)
    return gaps


def _return(road: Road, gaps: dict[str, str]) -> None:
    """The stages with gaps go back to the firm with the act; it answers, or lets the application lapse."""
    until = road.day_after(20)
    back = [code for code, requirement in road.asked.items() if requirement.code in gaps]
    road.act("return_incomplete", road.officer, return_by=until, back=back, gaps=gaps)
    road.stages |= dict.fromkeys(back, S.CHANGES_REQUESTED)
    if road.book.lapse_allowed and road.chance(0.15):
        road.wait_until_after(until)
        road.act("lapse", road.decider, reason="The firm has not answered by the day that was set.")
        raise OverError
    road.wait(chances.RETURNED_ANSWERED)
    for code in back:
        give_again(road, code)
    road.pass_time(0.3)
    _submit(road)


def give_again(road: Road, code: str) -> None:
    """The firm changes the answer that came back to it, and the stage is complete again."""
    road.on_stage("start", code, road.founder)
    _answer(road, code, f"text of {road.now:%d.%m.%Y %H:%M}")
    road.pass_time(0.4)
    road.on_stage("complete", code, road.founder)
