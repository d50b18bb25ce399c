"""What is still to be asked of the firm: queries that nobody asked yet, and answers that did not satisfy."""

from dataclasses import dataclass
from typing import Any

from applications.models import Application, Finding, InformationRequest, RequestPoint
from applications.queries.submitted_people import as_submitted

P, R = RequestPoint, InformationRequest
Key = tuple[str, Any]


@dataclass(frozen=True, kw_only=True)
class OpenQuery:
    """``text`` is what a request begins with: the note of the finding, or the question as it was asked."""

    requirement: str
    person: Any
    text: str
    follows: RequestPoint | None
    times: int  # how often it was asked already


def open_queries(case: Application) -> list[OpenQuery]:
    """In the order of the rule book; two queries."""
    points = list(
        P.objects.filter(request__application=case).select_related("request", "person").order_by("pk")
    )
    findings = case.findings.filter(outcome=Finding.QUERY).select_related("person").order_by()
    as_submitted(case, [*(one.person for one in points), *(one.person for one in findings)])
    by_key: dict[Key, list[RequestPoint]] = {}
    for point in points:
        by_key.setdefault((point.requirement, point.person_id), []).append(point)
    queried = {(finding.requirement, finding.person_id): finding for finding in findings}
    order = {requirement.code: number for number, requirement in enumerate(case.book.requirements)}
    keys = sorted({*by_key, *queried}, key=lambda key: (order.get(key[0], len(order)), str(key[1] or "")))
    found = (_query(by_key.get(key, []), queried.get(key)) for key in keys)
    return [one for one in found if one is not None]


def waiting_point(case: Application, requirement: str, person_id: Any) -> RequestPoint | None:
    """The newest point about this that was neither judged nor closed, sent or not."""
    points = P.objects.filter(request__application=case, requirement=requirement, person=person_id)
    waiting = points.filter(verdict=P.OPEN).exclude(request__status=R.CLOSED)
    return waiting.select_related("request").order_by("-pk").first()


def waits(point: RequestPoint) -> bool:
    """As ``waiting_point`` asks it, of one that is at hand with its request."""
    return point.request.status != R.CLOSED and point.verdict == P.OPEN


def _query(points: list[RequestPoint], finding: Finding | None) -> OpenQuery | None:
    live = [p for p in points if p.request.status != R.CLOSED or p.request.sent_at]
    again = {p.follows_id for p in live}
    unsettled = next((p for p in reversed(live) if p.verdict == P.UNSATISFACTORY and p.pk not in again), None)
    times = sum(p.request.sent_at is not None for p in points)
    if unsettled is not None:
        return OpenQuery(
            requirement=unsettled.requirement, person=unsettled.person, text=unsettled.question,
            follows=unsettled, times=times,
        )  # fmt: skip
    if finding is None or any(map(waits, live)):
        return None
    settled = [p.verdict_at for p in live if p.verdict == P.SATISFACTORY and p.verdict_at]
    if finding.assessed_at and any(at >= finding.assessed_at for at in settled):
        return None
    return OpenQuery(
        requirement=finding.requirement, person=finding.person, text=finding.note, follows=None, times=times
    )
