"""What is to be done and by whom: open cases by whose turn it is, and what people have in hand beside them.

Cases and their stages are counted by the tallies. Views and answers are few beside them, and are counted as
they stand.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q

from applications.models import Consultation, InformationRequest, Stage
from applications.models.standing import APPROVED, DECISION, US
from applications.models.tallies import Counted
from applications.pipeline.tallies import PLACES, Count, rows
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators.models import Role

PLACE, HAND, TAKE = Counted.PLACE, Counted.HAND, Counted.TAKE
VIEW, ANSWER = "view", "answer"
READ_FIRST, CONFLICT = "read_first", "conflict"
ANY = "any"
# The case that something belongs to: open, of one of the regulators.
CASE = """
    JOIN applications_application AS one ON one.id = it.application_id
    JOIN regulators_licencetype AS kind ON kind.id = one.licence_type_id
        AND kind.regulator_id = ANY(%(regulators)s)
"""
# The requests of open cases that are answered.
ANSWERED = f"""
    WITH answered AS MATERIALIZED (
        SELECT one.id, it.written_by_id, one.case_officer_id, one.state, one.turn_now, one.place_now
        FROM applications_informationrequest AS it {CASE}
        WHERE it.status = 'answered' AND one.turn_now <> ''
    )
"""  # noqa: S608
CASES = "COUNT(DISTINCT it.application_id)"
# How many cases, by what it is, by whom (nobody: whoever it is) and by stage (empty: whichever it is).
LIVE = f"""
    SELECT what, '', '', COALESCE(stage, ''), '', NULL::date, person, NULL, cases FROM (
        SELECT '{VIEW}' AS what, it.stage AS stage, it.specialist_id AS person, {CASES} AS cases
        FROM applications_consultation AS it {CASE}
        WHERE it.outcome = '' AND it.specialist_id IS NOT NULL AND one.turn_now <> ''
        GROUP BY GROUPING SETS ((it.specialist_id), (it.stage))
        UNION ALL
        SELECT '{ANSWER}', NULL, written_by_id, COUNT(DISTINCT id) FROM answered GROUP BY written_by_id
        UNION ALL
        SELECT '{READ_FIRST}', NULL, case_officer_id, COUNT(DISTINCT id) FROM answered
        WHERE state = '{A.IN_REVIEW}' AND turn_now = '{US}' AND place_now = '{APPROVED}'
        GROUP BY case_officer_id
        UNION ALL
        SELECT '{CONFLICT}', NULL, account.id, {CASES}
        FROM applications_conflictofinterest AS it {CASE}
        JOIN accounts_user AS account ON account.human = it.human
        WHERE one.turn_now <> ''
        GROUP BY account.id
    ) AS live
"""  # noqa: S608


def counted(regulators: Collection[int], today: date) -> list[Count]:
    """One query. ``what`` is one of the words above; ``officer`` is the person, whatever their role."""
    return [Count(*row) for row in rows(f"{ANSWERED} {PLACES} UNION ALL {LIVE}", regulators, cuts=[today])]


def turn_of(one: Count, turn: str) -> Role | None:
    """The role that counted open cases wait on; ``turn`` as it is today. None where it is the firm's turn.
    Of those that could be recommended, the ones with answers to read are among them here: ``READ_FIRST``.
    """
    if turn == DECISION:
        return Role.DECISION_MAKER
    if turn != US:
        return None
    if one.state in (A.SUBMITTED, A.REFUSAL_PROPOSED):
        return Role.CASE_OFFICER
    if one.state == A.IN_REVIEW and one.stage == APPROVED:
        return Role.LEAD_REVIEWER
    return Role.REVIEWER


# The same of rows, as ``desk.standing.waiting`` says it.
_TO_RECOMMEND = Q(state=A.IN_REVIEW, turn_now=US, place_now=APPROVED, answered_now=None)
WAITS_ON = {
    Role.CASE_OFFICER: Q(state__in=[A.SUBMITTED, A.REFUSAL_PROPOSED], turn_now=US),
    Role.REVIEWER: Q(state__in=[A.IN_REVIEW, A.APPROVED_IN_PRINCIPLE], turn_now=US) & ~_TO_RECOMMEND,
    Role.LEAD_REVIEWER: _TO_RECOMMEND,
    Role.DECISION_MAKER: Q(waiting=DECISION),  # of ``queries.placed``
}
_NOT_DECIDED = ~Q(state__in=sorted(DECIDED))


def in_hand(*, person: str = "", stage: str = "") -> Q:
    """Cases with a stage that somebody, or this person, has taken and not approved."""
    return Q(_stage(S.IN_REVIEW, stage, **({"taken_by": int(person)} if person else {})), state=A.IN_REVIEW)


def to_take(stage: str = "") -> Q:
    """Cases with a stage that nobody has taken."""
    return Q(_stage(S.COMPLETE, stage), state=A.IN_REVIEW)


def views(*, person: str = "", stage: str = "") -> Q:
    """Cases in which a specialist's view is waited for, or this one's, or one on this stage."""
    asked = Consultation.objects.filter(application=OuterRef("pk"), outcome=Consultation.OPEN)
    asked = asked.filter(specialist=int(person)) if person else asked.filter(specialist__isnull=False)
    return Q(Exists(asked.filter(stage=stage) if stage else asked)) & _NOT_DECIDED


def answers(person: str) -> Q:
    """Cases with an answered request that this person wrote and has not closed."""
    theirs = InformationRequest.objects.filter(written_by=int(person), status=InformationRequest.ANSWERED)
    return Q(Exists(theirs.filter(application=OuterRef("pk")))) & _NOT_DECIDED


def _stage(state: S, code: str, **more: int) -> Exists:
    found = Stage.objects.filter(application=OuterRef("pk"), state=state, **more)
    return Exists(found.filter(code=code) if code else found)
