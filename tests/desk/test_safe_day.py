"""The last day on which the notice of a refusal can be served in time, and where the desk says it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications.models import Deadline
from applications.services import clocks
from applications.services.safe_day import SafeDay, safe_day
from applications.services.standing import keep
from regulators.calendars import add_working_days, last_day
from tests.desk.conftest import act, at
from tests.plugins.cases import fresh

FRIDAY = date(2026, 12, 11)  # the Wednesday after it, 16 December, is a day off
WORDS = "Last safe day to serve the notice of a refusal"


@pytest.fixture
def ending(filed, afm):
    """A function: a recommended case of the national book whose period for the decision ends that day."""

    def make(due_on, state="recommended"):
        case = filed(afm, state=state)
        clocks.start(case, "receipt")
        case.deadlines.filter(code="decision").update(due_on=due_on, due_at=clocks.end_of(due_on))
        keep([case.pk])
        return fresh(case)

    return make


def day_of(case):
    return safe_day(case, case.deadlines.all())


@pytest.mark.parametrize(
    ("due_on", "day"),
    [
        (date(2026, 12, 10), date(2026, 12, 6)),  # Monday to Wednesday for the firm, Thursday to sign
        (FRIDAY, date(2026, 12, 7)),
        (date(2026, 12, 13), date(2026, 12, 7)),  # ends on a Sunday: signed on the Friday
        (date(2026, 12, 14), date(2026, 12, 8)),
        (date(2026, 12, 16), date(2026, 12, 9)),  # a holiday
        (date(2026, 12, 17), date(2026, 12, 10)),
    ],
)
def test_the_firm_has_its_period_and_a_working_day_is_left(ending, due_on, day):
    case = ending(due_on)
    period = case.book.clock("representations")
    assert day_of(case) == SafeDay(day=day, due_on=due_on)
    assert add_working_days(last_day(period, day), 1) <= due_on
    assert add_working_days(last_day(period, day + timedelta(days=1)), 1) > due_on


def test_there_is_none_without_both_periods_or_after_the_service(ending, filed, afsa):
    case = ending(FRIDAY)
    assert day_of(case) is not None
    assert safe_day(case, []) is None
    met = Deadline(code="decision", due_on=FRIDAY, met_at=clocks.end_of(FRIDAY))
    assert safe_day(case, [met]) is None
    far = Deadline(code="decision", due_on=date(2028, 1, 14))
    assert safe_day(case, [far]) is None
    without_length = filed(afsa, state="recommended")
    clocks.start(without_length, "acceptance")
    assert day_of(fresh(without_length)) is None


@pytest.mark.parametrize(
    ("state", "served_on", "is_shown"),
    [
        ("submitted", None, False), ("in_review", None, True), ("recommended", None, True),
        ("approved_in_principle", None, False), ("refusal_proposed", None, True),
        ("refusal_proposed", date(2026, 11, 30), False), ("refused", None, False),
    ],
)  # fmt: skip
def test_it_is_of_use_until_the_notice_is_served(ending, state, served_on, is_shown):
    case = ending(FRIDAY, state=state)
    case.refusal_notices.create(
        grounds=[], evidence="e", text="t", proposed_by=case.created_by, proposed_at=timezone.now(),
        served_on=served_on,
    )  # fmt: skip
    keep([case.pk])
    assert (day_of(fresh(case)) is not None) == is_shown


@pytest.fixture
def decider(afm_staff, english):
    return english(afm_staff.decision_maker)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (4, "Then the firm’s period for representations is over one working day before"),
        (3, "Where the notice is served only now, a refusal cannot be signed before the period"),
    ],
)
def test_both_pages_say_the_day_and_that_it_is_over(ending, decider, left, said):
    case = ending(add_working_days(timezone.localdate(), left))
    assert day_of(case).is_over == (left == 3)
    for url in (at("change", case), act(case, "propose_refusal")):
        answer = decider.get(url)
        page = answer.content.decode()
        assert (answer.status_code, page.count(WORDS), page.count(said)) == (200, 1, 1)


def test_the_page_of_another_act_says_nothing_of_it(ending, decider):
    answer = decider.get(act(ending(FRIDAY), "send_back"))
    assert (answer.status_code, WORDS in answer.content.decode()) == (200, False)
