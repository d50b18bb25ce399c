"""One query of a finding put into the request that is being drafted."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Finding, InformationRequest, RequestPoint
from applications.queries.asking import OpenQuery, open_queries, waiting_point
from applications.services.guard import insist, locked_case
from applications.services.requests import rewrite_request, write_request
from regulators.calendars import reach
from regulators.periods import not_computable


def put_query(*, actor: Any, case: Application, finding: Finding, text: str = "") -> RequestPoint:
    """Add what the finding queries to the newest draft of the case, or begin one with the usual last day of
    the rule book. The point begins with the note of the finding, then ``text``. Whoever words the draft
    at the same time is told of the clash when they save.

    What is in a request already, and waits, is returned as it stands: a second press puts nothing. Raises
    NotReady where the finding has no open query. Effects are those of ``write_request`` and
    ``rewrite_request``.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.write_request")
        before = waiting_point(case, finding.requirement, finding.person_id)
        if before is not None:
            return before
        query = next((q for q in open_queries(case) if _is_of(q, finding)), None)
        insist(query, _("No query is open here any more: look at the finding again."))
        assert query is not None
        points = [_as_written(query, "\n\n".join(part for part in (query.text.strip(), text) if part))]
        draft = case.requests.filter(status=InformationRequest.DRAFT).order_by("-number").first()
        if draft is None:
            request = write_request(actor=actor, case=case, due_on=_usual_day(case), points=points)
        else:
            held = draft.points.select_related("person", "follows__request").order_by("number")
            request = rewrite_request(
                actor=actor, request=draft, expected_version=draft.version,
                due_on=draft.due_on if draft.due_on > timezone.localdate() else _usual_day(case),
                points=[*map(_as_held, held), *points],
            )  # fmt: skip
        return request.points.select_related("request").latest("number")


def _is_of(query: OpenQuery, finding: Finding) -> bool:
    person = query.person.pk if query.person else None
    return (query.requirement, person) == (finding.requirement, finding.person_id)


def _as_written(query: OpenQuery, question: str) -> dict[str, Any]:
    return {
        "requirement": query.requirement, "person": query.person, "question": question,
        "follows": query.follows,
    }  # fmt: skip


def _as_held(point: RequestPoint) -> dict[str, Any]:
    return {
        "requirement": point.requirement, "person": point.person, "question": point.question,
        "follows": point.follows,
    }  # fmt: skip


def _usual_day(case: Application) -> date:
    """As the book has it for an answer to a request."""
    usual = reach(case.book.clock("information_reply"), timezone.localdate())
    by_hand = _("The rule book has no usual time for an answer: write the request by hand.")
    if usual.missing_year:
        by_hand = _("%(why)s Until then write the request by hand.") % {
            "why": not_computable(usual.missing_year)
        }
    insist(usual.day, by_hand)
    assert usual.day is not None
    return usual.day
