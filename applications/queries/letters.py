"""What the letters of a case say and when: the facts come from the case, and nothing is invented."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import rules
from django.utils.translation import gettext as _

from applications.models import Application, InformationRequest, IssuedLetter
from applications.queries.law import requirement_of
from applications.queries.submitted_people import as_submitted
from applications.states import ASSESSABLE
from applications.states import ApplicationState as A
from regulators.letters import Power, powers_of, why_blocked
from regulators.queries import last_checks
from regulators.rulebook import Citation, Letter, Text
from workflow.acts import DECIDE, EXAMINE
from workflow.errors import NotAllowed, NotReady, Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Point:
    """``title`` is the book's, in each language; ``text`` was written by staff, in one."""

    title: Text = field(default_factory=dict)
    text: str = ""
    due_on: date | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    about: str
    points: tuple[Point, ...] = ()
    reason: str = ""
    until: date | None = None
    licence: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """In which states a letter belongs, who may issue it and on which side of the case, and what it tells."""

    states: tuple[str, ...]
    permission: str
    side: str
    facts: Callable[[Application], Facts | None]
    waits_for: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A letter of the case's book as it stands for this person today."""

    letter: Letter
    powers: list[Power]
    blocked: list[str]
    refusal: Refused | None
    facts: Facts | None

    @property
    def ready(self) -> bool:
        return self.facts is not None and not self.blocked and self.refusal is None


def standing_of(
    case: Application, letter: Letter, user: Any, checks: dict[Any, Any] | None = None
) -> Standing:
    """Everything that has to be so before the letter can be issued; the service asks the same."""
    known = last_checks(case.book.regulator) if checks is None else checks
    kind = KINDS.get(letter.code)
    facts = kind.facts(case) if kind and case.state in kind.states else None
    return Standing(
        letter=letter,
        powers=powers_of(letter, known),
        blocked=why_blocked(letter, known),
        refusal=_refusal(case, letter, kind, facts, user),
        facts=facts,
    )


def standings(case: Application, user: Any) -> list[Standing]:
    """Where each letter of the case's rule book stands for this user."""
    checks = last_checks(case.book.regulator)
    return [standing_of(case, letter, user, checks) for letter in case.book.letters]


def issued_letters(case: Application) -> list[IssuedLetter]:
    """The letters of the case, the newest first."""
    return list(case.letters.select_related("by").order_by("-at", "pk"))


def to_word(letter: Letter, facts: Facts) -> dict[str, str]:
    """What staff wrote in one language and the letter needs in several, by name. A person words it in each;
    a letter of one language takes it as it stands.
    """
    if len(letter.languages) == 1:
        return {}
    body = letter.body["en"]
    points = enumerate(facts.points, start=1) if "{points}" in body else ()
    found = {f"point_{number}": point.text for number, point in points if point.text}
    return found | ({"reason": facts.reason} if "{reason}" in body and facts.reason else {})


def wants_day(letter: Letter, facts: Facts) -> bool:
    """The letter names a last day, and the case has none on record yet: a person says which."""
    return "{until}" in letter.body["en"] and facts.until is None


def _refusal(
    case: Application, letter: Letter, kind: Kind | None, facts: Facts | None, user: Any
) -> Refused | None:
    if kind is None:
        return NotReady([_("This desk does not know when this letter is sent.")])
    if not rules.has_perm(f"applications.{kind.permission}", user, case):
        return NotAllowed([_("You may not issue this letter.")])
    if facts is None:
        return NotReady([Reason(kind.waits_for())])
    if "{reason}" in letter.body["en"] and not facts.reason:
        return NotReady([_("The letter gives a reason, and the case has none on record.")])
    if case.letters.filter(code=letter.code, about=facts.about).exists():
        return NotReady([_("This letter was issued already.")])
    return None


# --- the facts


def _asked(case: Application) -> Facts | None:
    waiting = case.requests.filter(status__in=InformationRequest.WITH_FIRM).order_by("-number")
    request = waiting.prefetch_related("points__person").first()
    if request is None:
        return None
    asked = list(request.points.all())
    as_submitted(case, [point.person for point in asked])
    points = tuple(Point(title=_of_person(case, point), text=point.question) for point in asked)
    return Facts(about=f"request:{request.pk}", points=points, until=request.due_on)


def _of_person(case: Application, point: Any) -> Text:
    titles = requirement_of(case, point.requirement).title
    who = f" ({point.person.called})" if point.person else ""
    return {language: f"{point.requirement} {title}{who}" for language, title in titles.items()}


def _gaps(case: Application) -> Facts | None:
    check = case.completeness_checks.order_by("-checked_at").first()
    if check is None:
        return None
    points = tuple(
        Point(title=requirement_of(case, gap.requirement).title, text=gap.text) for gap in check.gaps.all()
    )
    return Facts(about=f"check:{check.pk}", points=points, until=case.return_by)


def _approval(case: Application) -> Facts | None:
    decision = case.decisions.filter(kind__in=("approve_in_principle", "extend")).order_by("-at").first()
    if decision is None:
        return None
    points = tuple(Point(text=one.text, due_on=one.due_on) for one in case.conditions.in_force())
    return Facts(
        about=f"decision:{decision.pk}", points=points, reason=decision.reason, until=case.expires_on
    )


def _granted(case: Application) -> Facts | None:
    decision = case.decisions.filter(kind__in=("grant", "record_deemed_issue")).order_by("-at").first()
    if decision is None or case.licence is None:
        return None
    return Facts(about=f"decision:{decision.pk}", reason=decision.reason, licence=case.licence.number)


def _readiness(case: Application) -> Facts | None:
    decision = case.decisions.filter(kind__in=("grant", "record_deemed_issue")).order_by("-at").first()
    if decision is None or case.readiness is None:
        return None
    return Facts(about=f"decision:{decision.pk}", reason=decision.reason)


def _noticed(case: Application) -> Facts | None:
    notice = case.refusal_notices.last()
    if notice is None:
        return None
    reason = "\n\n".join(text for text in (notice.text.strip(), notice.evidence.strip()) if text)
    return Facts(
        about=f"notice:{notice.pk}",
        points=_grounds(case, notice.grounds),
        reason=reason,
        until=notice.representations_until,
    )


def _refused(case: Application) -> Facts | None:
    decision = case.decisions.filter(kind="refuse").order_by("-at").first()
    if decision is None:
        return None
    points = _grounds(case, decision.grounds)
    return Facts(about=f"decision:{decision.pk}", points=points, reason=decision.reason)


def _grounds(case: Application, codes: list[str]) -> tuple[Point, ...]:
    found = {ground.code: ground for ground in case.book.grounds}
    return tuple(
        Point(title=found[code].title, citations=tuple(c for c in found[code].citations if c.quotable))
        for code in codes
    )


KINDS = {
    "request_information": Kind(
        states=tuple(sorted(ASSESSABLE)),
        permission="write_request",
        side=EXAMINE,
        facts=_asked,
        waits_for=lambda: _("No request for information waits for the firm."),
    ),
    "return_incomplete": Kind(
        states=(A.RETURNED,),
        permission="return_application",
        side=EXAMINE,
        facts=_gaps,
        waits_for=lambda: _("The application is not returned."),
    ),
    "refuse_to_consider": Kind(
        states=(A.NOT_ACCEPTED,),
        permission="refuse_to_consider",
        side=EXAMINE,
        facts=_gaps,
        waits_for=lambda: _("The application is not refused consideration."),
    ),
    "in_principle": Kind(
        states=(A.APPROVED_IN_PRINCIPLE,),
        permission="approve_in_principle",
        side=DECIDE,
        facts=_approval,
        waits_for=lambda: _("The application is not approved in principle."),
    ),
    "grant": Kind(
        states=(A.GRANTED,),
        permission="grant_application",
        side=DECIDE,
        facts=_granted,
        waits_for=lambda: _("No licence is granted."),
    ),
    "readiness": Kind(
        states=(A.GRANTED,),
        permission="grant_application",
        side=DECIDE,
        facts=_readiness,
        waits_for=lambda: _("There is no readiness record."),
    ),
    "preliminary_notice": Kind(
        states=(A.REFUSAL_PROPOSED,),
        permission="serve_notice",
        side="",  # whoever records its service takes no side either
        facts=_noticed,
        waits_for=lambda: _("No refusal is proposed."),
    ),
    "refusal": Kind(
        states=(A.REFUSED,),
        permission="refuse_application",
        side=DECIDE,
        facts=_refused,
        waits_for=lambda: _("The application is not refused."),
    ),
}
