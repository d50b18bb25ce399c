"""Where cases stood: what the triggers write equals what the audit record says, and so do their counts."""

from collections import Counter
from datetime import date, timedelta
from importlib import import_module

import pgtrigger
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application, Passage, Stay, Tally, TallyChange
from applications.models.standing import APPROVED, INTAKE
from applications.pipeline.flow import monday
from applications.services.stays import replay
from applications.services.tallies import fold
from applications.states import ApplicationState as A
from applications.states import StageState as S
from tests.pipeline.conftest import FIRST, STAGES, TODAY

ACTS = st.lists(
    st.tuples(
        st.integers(0, 3),  # days since the act before
        st.one_of(
            st.tuples(st.just("accept"), st.just(A.IN_REVIEW)),
            st.tuples(st.sampled_from(("return_incomplete", "recommend", "withdraw", "grant", "remit")),
                      st.sampled_from((A.RETURNED, A.RECOMMENDED, A.WITHDRAWN, A.GRANTED, A.IN_REVIEW))),
            st.tuples(st.sampled_from(STAGES), st.sampled_from((S.APPROVED, S.IN_REVIEW, S.COMPLETE))),
            st.tuples(st.just("note"), st.just("")),
        ),
    ),
    max_size=12,
)  # fmt: skip


def stood(case):
    return list(case.stays.order_by("pk").values_list("place", "began_on", "ended_on"))


def counted():
    """What the tallies have of stays, folded or not."""
    found = Counter()
    for model, number in ((Tally, "cases"), (TallyChange, "by")):
        rows = model.objects.filter(what__in=("stood", "stay"))
        for what, place, day, by in rows.values_list("what", "stage", "day", number):
            found[what, place, day] += by
    return {key: number for key, number in found.items() if number}


def worked_out():
    found = Counter()
    for place, began, ended in Stay.objects.values_list("place", "began_on", "ended_on"):
        found["stood", place, monday(began)] += 1
        if ended:
            found["stood", place, monday(ended)] -= 1
        else:
            found["stay", place, began] += 1
    return {key: number for key, number in found.items() if number}


def test_a_case_stands_where_its_acts_brought_it(filed):
    case, day = filed.file(), FIRST
    for what, state, after in (
        ("accept", A.IN_REVIEW, 2), (STAGES[0], S.APPROVED, 3), (STAGES[1], S.APPROVED, 1),
        (STAGES[0], S.IN_REVIEW, 2), (STAGES[0], S.APPROVED, 1), (STAGES[2], S.APPROVED, 0),
        (STAGES[3], S.APPROVED, 0), (STAGES[4], S.APPROVED, 4), ("recommend", A.RECOMMENDED, 1),
        ("refuse", A.REFUSED, 1), ("remit", A.IN_REVIEW, 30),
    ):  # fmt: skip
        day += timedelta(days=after)
        filed.act(case, what, state, day)
    days = [FIRST + timedelta(days=n) for n in (0, 2, 5, 6, 8, 9, 13, 15, 45)]
    assert stood(case) == [
        (INTAKE, days[0], days[1]), (STAGES[0], days[1], days[2]), (STAGES[1], days[2], days[3]),
        (STAGES[2], days[3], days[4]), (STAGES[0], days[4], days[5]), (STAGES[2], days[5], days[5]),
        (STAGES[3], days[5], days[5]), (STAGES[4], days[5], days[6]), (APPROVED, days[6], days[7]),
        (APPROVED, days[8], None),
    ]  # fmt: skip


def test_what_is_no_act_and_a_draft_stand_nowhere(filed, afsa, add_case):
    case, draft = filed.file(), add_case(afsa, submitted=None, state=A.DRAFT)
    filed.act(case, "note", "", FIRST + timedelta(days=1))
    filed.act(draft, "note", "", FIRST)
    assert (stood(case), stood(draft)) == ([(INTAKE, FIRST, None)], [])


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_any_history_comes_to_what_its_record_says(filed, acts):
    migration = import_module("applications.migrations.0046_stays")
    by_week = import_module("applications.migrations.0049_hands_counted")
    with transaction.atomic():
        case, day = filed.file(), FIRST
        for after, (what, state) in acts:
            day += timedelta(days=after)
            filed.act(case, what, state, day)
        written = stood(case)
        assert counted() == worked_out()
        fold()
        assert counted() == worked_out()

        with connection.cursor() as cursor:
            cursor.execute(by_week.STOOD.format(day=by_week.DAY))
            cursor.execute(by_week.STOOD.format(day=by_week.WEEK))
        assert counted() == worked_out()

        replay([Application.objects.get(pk=case.pk)])
        assert stood(case) == written
        Stay.objects.all().delete()
        assert counted() == {}
        with connection.cursor() as cursor:
            cursor.execute(migration.FILL)
        assert stood(case) == written
        assert counted() == worked_out()
        transaction.set_rollback(True)


def test_a_change_of_officer_leaves_the_passage_of_a_decided_case(afsa, add_case, lead):
    case = add_case(afsa, state=A.GRANTED, submitted=date(2026, 11, 2), decided=TODAY)
    fold()
    before = Passage.objects.get().pk
    Application.objects.filter(pk=case.pk).update(case_officer=lead)
    assert (Passage.objects.get().pk, Passage.objects.get().counted) == (before, True)
    with pgtrigger.ignore("applications.Application:state_guard"):
        Application.objects.filter(pk=case.pk).update(state=A.REFUSED)
    assert (Passage.objects.get().outcome, Passage.objects.get().counted) == (A.REFUSED, False)
