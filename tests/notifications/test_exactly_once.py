"""Each date is told once, whatever happens to a run: a second one at the same time, a kill, a day lost."""

import os
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from applications.due import telling
from applications.models import InformationRequest
from applications.reminders import raise_due
from applications.services.clocks import end_of
from notifications.models import Message, Reminder
from regulators.calendars import add_working_days
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import new_applicant, new_firm

pytestmark = pytest.mark.django_db(transaction=True)
FIRMS = 4


def days_on(count):
    return add_working_days(timezone.localdate(), count)


@pytest.fixture
def waiting(afsa, afsa_staff):
    """Of each firm a request, due in twelve working days; and the period for the decision, in twelve too."""
    for number in range(FIRMS):
        user = new_applicant(name=f"Person {number}")
        firm = new_firm(user, name=f"Firm {number} Ltd")
        case = filed_with_little(firm, user, afsa, reference=f"KZC-{number}")
        case.deadlines.create(
            code="decision", rule="r", starts_on=timezone.localdate(), calendar_days=30,
            due_on=days_on(12), due_at=end_of(days_on(12)),
        )  # fmt: skip
        InformationRequest.objects.create(
            application=case, number=1, status="sent", due_on=days_on(12), written_by=user,
            sent_at=timezone.now(),
        )  # fmt: skip


def said():
    """How often each person was told of each date under each rule."""
    found: Counter[tuple[str, str, str]] = Counter()
    for message in Message.objects.select_related("reminder"):
        rows = message.context.get("rows")
        told = (
            Reminder.objects.filter(pk__in=[row["reminder"] for row in rows]) if rows else [message.reminder]
        )
        found.update((message.email, one.subject, one.rule) for one in told)
    return found


def test_two_runs_at_once_say_each_date_once(waiting, monkeypatch):
    """Both have found everything before either writes."""
    both = threading.Barrier(2)
    write = telling.new_reminders
    met = threading.local()

    def when_both_have_found(keys):
        if not hasattr(met, "yes"):
            met.yes = both.wait(60) >= 0
        return write(keys)

    monkeypatch.setattr(telling, "new_reminders", when_both_have_found)

    def run():
        try:
            return raise_due(days_on(9))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        told = [one.result(120) for one in [pool.submit(run), pool.submit(run)]]
    assert sum(told) == Reminder.objects.count() == 2 * FIRMS
    assert set(said().values()) == {1}
    # Each firm's one person of its request, two lead reviewers of each decision.
    assert len(said()) == FIRMS + 2 * FIRMS


@pytest.mark.parametrize("step", ["new_reminders", "tell_of_each"])
@pytest.mark.parametrize("is_done", [False, True])
def test_a_run_that_is_killed_is_made_up_for_by_the_next(waiting, monkeypatch, step, is_done):
    killed(lambda: raise_due(days_on(9)), step, is_done, monkeypatch)
    assert (Reminder.objects.count(), Message.objects.count()) == (0, 0)
    assert raise_due(days_on(9)) == 2 * FIRMS
    assert raise_due(days_on(9)) == 0
    assert set(said().values()) == {1}


def test_a_run_that_comes_a_day_late_says_the_newest_step_once(waiting):
    """Nothing ran on the day of ten working days, nor on that of three."""
    assert raise_due(days_on(3)) == 2 * FIRMS
    assert {rule for _email, _subject, rule in said()} == {"due in 10"}
    assert raise_due(days_on(10)) == 2 * FIRMS
    assert {rule for _email, _subject, rule in said()} == {"due in 10", "due in 3"}
    assert raise_due(days_on(10)) == 0
    assert set(said().values()) == {1}


def killed(what, step, is_done, monkeypatch):
    """Does it in a process of its own, which is killed when it comes to the step, or has taken it."""
    child = os.fork()
    if child == 0:
        of_the_parent = connection.connection  # kept, so that nobody hangs up on it
        connection.connection = None
        taken = getattr(telling, step)

        def die(*args, **kwargs):
            if is_done:
                taken(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(telling, step, die)
        try:
            what()
        finally:
            os._exit(bool(of_the_parent))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
