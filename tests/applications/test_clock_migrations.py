"""The way back and forward again of the clocks: nothing is lost that the older schema can be told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from applications.models import ClockEntry, Consultation, Deadline, Decision
from applications.services import clocks, consultations, decisions
from applications.services.extension import extend_period
from regulators.calendars import add_working_days
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh, new_applicant, new_firm

BEFORE = ("applications", "0001_squashed_0041_kept_since")
CLOCKS = ("applications", "0043_tallies")
NOW = ("applications", "0044_days_that_cannot_be_computed")
DAY = timedelta(days=1)


@pytest.fixture
def migrate(db):
    """A function: to this migration, as the owner of the tables. References are checked at each statement,
    since no table with rows of this transaction that wait for their check can be altered.
    """

    def to(target):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE; SET CONSTRAINTS ALL IMMEDIATE")
        MigrationExecutor(connection).migrate([target])

    return to


@pytest.fixture
def case(custody_firm, firm_user, afm, afm_staff):
    case = filed_with_little(custody_firm, firm_user, afm)
    clocks.start(case, "receipt")
    return case


@pytest.fixture
def noticed(afm, afm_staff):
    user = new_applicant()
    case = filed_with_little(new_firm(user), user, afm, state="refusal_proposed", reference="KZC-TEST-2")
    notice = case.refusal_notices.create(
        grounds=[], evidence="e", text="t", proposed_by=afm_staff.decision_maker,
        proposed_at=timezone.now() - 3 * DAY,
    )  # fmt: skip
    decisions.record_service(
        actor=afm_staff.case_officer, notice=notice, served_on=timezone.localdate() - DAY, how="By courier.",
        until=timezone.localdate() + 20 * DAY,
    )  # fmt: skip
    return case


def ask(case, staff, **words):
    asked = {"question": "Known?", "body": "National Bank", **words}
    return consultations.consult(actor=staff.reviewer, case=case, **asked)


def kept():
    """All that the migrations may touch."""
    entries = ClockEntry.objects.order_by("pk").values()
    deadlines = Deadline.objects.order_by("application", "code", "about").values()
    return (
        list(entries),
        [{name: value for name, value in row.items() if name != "id"} for row in deadlines],
        list(Consultation.objects.order_by("pk").values_list("pk", "due_on")),
    )


def test_what_was_extended_and_what_runs_about_a_thing_come_back_as_they_were(
    case, noticed, afm_staff, migrate
):
    asked = ask(case, afm_staff, silence="no_objection")
    other = ask(case, afm_staff, question="And?", due_on=timezone.localdate() + 9 * DAY)
    due = case.deadlines.get(code="decision").due_on
    extend_period(actor=afm_staff.decision_maker, case=case, until=due + DAY, reason="The bank is slow.")
    before = kept()
    assert {one.about for one in ClockEntry.objects.all()} == {
        "", f"consultation:{asked.pk}", f"refusal:{noticed.refusal_notices.get().pk}"
    }  # fmt: skip
    migrate(BEFORE)
    migrate(NOW)
    assert kept() == before
    assert fresh(other).due_on == timezone.localdate() + 9 * DAY


def test_each_of_several_extensions_gets_its_own_words_back(case, afm_staff, migrate):
    for until in (1, 5):
        due = case.deadlines.get(code="decision").due_on
        extend_period(
            actor=afm_staff.decision_maker, case=case, until=due + until * DAY, reason=f"For {until}."
        )
        clocks.stop(case, cause="refuse", codes=clocks.ASSESSMENT)
        clocks.assess_again(case, cause="remit")
    before = kept()
    assert [e.reason for e in case.clock_entries.filter(what="extend")] == ["For 1.", "For 5."]
    migrate(BEFORE)
    migrate(NOW)
    assert kept() == before


def test_what_was_open_before_clocks_were_kept_of_it_gets_them(case, noticed, afm_staff, migrate):
    asked = ask(case, afm_staff)
    chosen = ask(case, afm_staff, question="And?", due_on=timezone.localdate() + 9 * DAY)
    done = ask(case, afm_staff, question="Done?")
    consultations.answer_consultation(actor=afm_staff.reviewer, consultation=done, answer="Yes.")
    migrate(CLOCKS)
    ClockEntry.objects.exclude(about="").delete()
    connection.cursor().execute("delete from applications_deadline where about <> ''")
    Consultation.objects.exclude(pk=chosen.pk).update(due_on=None, asked_at=timezone.now() - 4 * DAY)
    migrate(NOW)
    asked_on = timezone.localdate() - 4 * DAY
    [deadline] = case.deadlines.filter(code="concurrence")
    assert (deadline.about, deadline.starts_on, deadline.due_on) == (
        f"consultation:{asked.pk}", asked_on, add_working_days(asked_on, 10)
    )  # fmt: skip
    assert deadline.rule == "10 working days from notice (afm-custody 2026.3)"
    assert deadline.due_at == clocks.end_of(deadline.due_on)
    assert [fresh(one).due_on for one in (asked, chosen, done)] == [
        deadline.due_on, timezone.localdate() + 9 * DAY, None
    ]  # fmt: skip
    served_on = timezone.localdate() - DAY
    about = f"refusal:{noticed.refusal_notices.get().pk}"
    assert {one.code: one.due_on for one in noticed.deadlines.filter(about=about)} == {
        "representations": add_working_days(served_on, 3), "objection": add_working_days(served_on, 2)
    }  # fmt: skip
    entries = ClockEntry.objects.exclude(about="").values_list("clock", "what", "cause")
    started = [(code, "start", "notice") for code in ("concurrence", "objection", "representations")]
    assert sorted(entries) == started


def test_a_consultation_whose_clock_stopped_with_the_case_runs_since_that_came_back(case, afm_staff, migrate):
    asked = ask(case, afm_staff)
    clocks.stop(case, cause="refuse")
    back = timezone.now() - 2 * DAY
    Decision.objects.create(
        application=case, snapshot=case.snapshots.get(), kind="remit", reason="r", law={},
        by=afm_staff.decision_maker, at=back,
    )  # fmt: skip
    migrate(CLOCKS)
    migrate(NOW)
    deadline = case.deadlines.get(code="concurrence")
    day = timezone.localdate(back)
    assert (deadline.starts_on, deadline.met_at, deadline.due_on) == (day, None, add_working_days(day, 10))
    assert fresh(asked).due_on == deadline.due_on
    assert list(case.clock_entries.filter(clock="concurrence").values_list("what", "cause")) == [
        ("start", "notice"), ("stop", "refuse"), ("start", "remit")
    ]  # fmt: skip


def test_there_is_no_way_back_while_a_deadline_has_no_day(case, migrate):
    case.deadlines.filter(code="decision").update(due_on=None, due_at=None, missing_year=2031)
    case.deadlines.filter(code="completeness").update(
        due_on=None, due_at=None, missing_year=2031, met_at=timezone.now()
    )
    with pytest.raises(RuntimeError, match=r"2031 is not in the calendar. Add the year to .* then go back"):
        migrate(CLOCKS)
    Deadline.objects.filter(code="decision").delete()
    migrate(CLOCKS)


def test_what_was_paused_is_computed_again_by_the_next_release(asked_case, migrate):
    clocks.start(asked_case, "acceptance")
    clocks.pause(asked_case, cause="request 1")
    migrate(CLOCKS)
    migrate(NOW)
    assert asked_case.deadlines.get().calendar == ""
