"""Silence runs out with the last day of its period, and not a moment before. The book is of the test."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from applications.conditions.decision import silence_has_run_out
from applications.models import Application
from applications.services import clocks, decisions
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh
from tests.plugins.versions import following
from workflow.errors import NotReady

LAST = date(2026, 12, 30)
MIDNIGHT = datetime(2026, 12, 31, tzinfo=clocks.ALMATY)
NOT_YET = "No silence rule of the rule book has run out."
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture
def silent(custody_firm, firm_user, afm, afm_staff, shelf):
    """A function: a case whose period for the decision ends on ``LAST``; then silence counts as issue."""

    def make(silence="issue", pausable=False, **facts):
        case = filed_with_little(custody_firm, firm_user, afm)
        changed = {"silence": silence, "pausable": pausable, **facts}
        timed = [dataclasses.replace(c, **changed) if c.code == "decision" else c for c in case.book.clocks]
        book = shelf(following(case.book, "2099.1", clocks=tuple(timed)))
        Application.objects.filter(pk=case.pk).update(rulebook=afm.rulebooks.get(version=book.version))
        case = fresh(case)
        clocks.start(case, "receipt")
        case.deadlines.filter(code="decision").update(due_on=LAST, due_at=clocks.end_of(LAST))
        return case

    return make


@pytest.fixture
def now(monkeypatch):
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def told(case):
    return [reason.text for reason in silence_has_run_out(fresh(case), {})]


@pytest.mark.parametrize(
    ("moment", "run_out"),
    [
        (MIDNIGHT - SECOND, False), (MIDNIGHT - SECOND / 2, False), (MIDNIGHT - MOMENT, False),
        (MIDNIGHT, True), (MIDNIGHT + MOMENT, True), (MIDNIGHT + SECOND, True),
    ],
)  # fmt: skip
def test_it_has_run_out_from_the_first_moment_of_the_next_day(silent, now, moment, run_out):
    case = silent()
    now(moment)
    assert told(case) == ([] if run_out else [NOT_YET])


@pytest.mark.parametrize("silence", ["refusal", ""])
def test_no_other_silence_is_an_issue(silent, now, silence):
    case = silent(silence=silence)
    now(MIDNIGHT + SECOND)
    assert told(case) == [NOT_YET]


def test_the_act_is_open_from_that_moment_on(silent, now, afm_staff):
    case = silent()
    first, second = afm_staff.decision_maker, afm_staff.second_decision_maker
    how = {"case": case, "act": "record_deemed_issue"}
    now(MIDNIGHT - MOMENT)
    with pytest.raises(NotReady, match="No silence rule"):
        decisions.propose(actor=first, expected_version=case.version, reason="Silence.", **how)
    assert fresh(case).state == "in_review"
    now(MIDNIGHT)
    decisions.propose(actor=first, expected_version=case.version, reason="Silence.", **how)
    decisions.confirm(actor=second, expected_version=fresh(case).version, **how)
    assert (fresh(case).state, fresh(case).deadlines.filter(met_at=None).count()) == ("granted", 0)


def test_a_period_that_is_over_or_decided_by_then_has_not_run_out(silent, now):
    case = silent()
    clocks.stop(case, cause="refuse")
    now(MIDNIGHT)
    assert told(case) == [NOT_YET]


@pytest.mark.parametrize(
    ("cap", "days", "run_out"), [(None, 30, False), (2, 1, False), (2, 2, False), (2, 3, True)]
)
def test_a_pause_keeps_it_open_as_far_as_it_counts(silent, now, cap, days, run_out):
    """Paused since the last day: it ends so many days later, and by no more than the cap."""
    case = silent(pausable=True, pause_cap=cap, working_days=None, calendar_days=30)
    start = LAST - timedelta(days=30)
    case.deadlines.filter(code="decision").update(starts_on=start)
    now(MIDNIGHT - timedelta(hours=12))
    clocks.pause(case, cause="request 1")
    now(MIDNIGHT + timedelta(days=days - 1))
    assert told(case) == ([] if run_out else [NOT_YET])
