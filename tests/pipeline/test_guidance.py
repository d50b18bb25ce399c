"""Guidance tasks: asked for once, answered by whoever keeps the rule book, on the record."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.desk.my_work import my_work
from applications.models import GuidanceTask
from applications.pipeline import guidance
from applications.pipeline.friction.report import report
from applications.pipeline.periods import period_from
from audit.models import Event
from regulators.models import Role
from tests.pipeline.conftest import TODAY
from tests.plugins.cases import fresh
from tests.plugins.friction import ask, stand
from workflow.errors import Gone, NotAllowed, NotReady

pytestmark = pytest.mark.django_db
TASKS, NEW = "/pipeline/guidance/", "/pipeline/guidance/new/"
YEAR = period_from("12-months", TODAY)


@pytest.fixture
def keeper(afsa, staff_of):
    return staff_of(afsa, Role.ADMINISTRATOR, "Keeper of the book")


@pytest.fixture
def worst(afsa, add_case):
    """Two requirements of which there is something to say, the first the worse one."""
    for number in range(5):
        case = add_case(afsa)
        stand(case, "BP-01", "BP-02")
        if number < 3:
            ask(case, date(2026, 11, 9), "BP-01", *(["BP-02"] if number < 2 else []))
    return [row.counts for row in report(afsa, period=YEAR, by="days", today=TODAY).worst]


@pytest.fixture
def make(lead, afsa, keeper, worst):
    def made(actor=lead, owner=keeper):
        return guidance.ask_for_guidance(
            actor=actor, licence_type=afsa, owner=owner, period=YEAR, worst=worst
        )

    return made


def test_a_manager_makes_the_worst_into_tasks_and_their_owner_closes_one(
    browser, signed_in, lead, keeper, worst, afsa
):
    html = browser.get("/pipeline/friction/").content.decode()
    address = re.findall(r'href="(/pipeline/guidance/new/[^"]+)"', html)[0].replace("&amp;", "&")
    assert "BP-01" in browser.get(address).content.decode()
    response = browser.post(address, {"owner": keeper.pk}, follow=True)
    assert "2 tasks were made." in response.content.decode()
    tasks = list(GuidanceTask.objects.order_by("requirement"))
    assert [(t.requirement, t.owner, t.asked_by, t.period, t.first, t.last) for t in tasks] == [
        (code, keeper, lead, "12-months", YEAR.first, YEAR.last) for code in ("BP-01", "BP-02")
    ]
    # From Monday 9 November to TODAY: ten working days in each of three cases.
    assert tasks[0].figures == {
        "cases": 5, "requested": 3, "returned": 0, "deficient": 0, "troubled": 3, "waited": 3, "days": 30,
    }  # fmt: skip
    event = Event.objects.get(kind="guidance.ask")
    assert (event.subject, event.data["requirements"]) == (f"licence-type:{afsa.code}", ["BP-01", "BP-02"])
    assert browser.get("/pipeline/friction/").content.count(b"a task is open") == 2

    theirs = signed_in(keeper)
    assert theirs.get(TASKS).content.decode().count("BP-0") == 2
    data = {"act": "answer", "outcome": "done", "answer": "Version 2026.4 says what to enclose."}
    assert theirs.post(f"{TASKS}?task={tasks[0].pk}", data)["Location"] == TASKS
    tasks[0].refresh_from_db()
    assert (tasks[0].outcome, tasks[0].answer, tasks[0].closed_by) == ("done", data["answer"], keeper)
    closed = Event.objects.get(kind="guidance.close")
    assert (closed.reason, closed.data["outcome"]) == (data["answer"], "done")
    assert theirs.post(f"{TASKS}?task={tasks[0].pk}", data).status_code == 422


def test_a_requirement_with_an_open_task_gets_no_second_one(make, browser, keeper, afsa):
    tasks = make()
    with pytest.raises(NotReady, match="open task already"):
        make()
    response = browser.post(f"{NEW}?type={afsa.code}", {"owner": keeper.pk})
    assert (response.status_code, GuidanceTask.objects.count()) == (422, 2)
    guidance.close_task(actor=keeper, task_id=tasks[0].pk, outcome="declined", answer="It is clear as it is.")
    assert [task.requirement for task in make()] == ["BP-01"]


@pytest.mark.parametrize("changes", [{"pk": None}, {"outcome": "done"}, {"answer": "so"}])
def test_the_database_refuses_a_second_open_one_and_a_close_without_words(make, changes):
    task = make()[0]
    for name, value in changes.items():
        setattr(task, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        task.save(force_insert=task.pk is None)


@pytest.mark.parametrize(("data", "error", "words"), [
    ({"outcome": "done", "answer": " "}, NotReady, "Say what was changed"),
    ({"outcome": "", "answer": "so"}, NotReady, "Choose what came of it"),
    ({"outcome": "lost", "answer": "so"}, NotReady, "Choose what came of it"),
])  # fmt: skip
def test_a_task_is_closed_with_an_outcome_and_words(make, keeper, data, error, words):
    task = make()[0]
    with pytest.raises(error, match=words):
        guidance.close_task(actor=keeper, task_id=task.pk, **data)


def test_nobody_but_its_owner_answers_it(make, lead, staff_of, afsa, afm, signed_in):
    task = make()[0]
    answer = {"task_id": task.pk, "outcome": "done", "answer": "It is done."}
    for actor in (lead, staff_of(afsa, Role.ADMINISTRATOR, "Another")):
        with pytest.raises(NotAllowed):
            guidance.close_task(actor=actor, **answer)
    for actor in (staff_of(afm, Role.LEAD_REVIEWER), staff_of(afsa, Role.REVIEWER)):
        with pytest.raises(Gone):
            guidance.close_task(actor=actor, **answer)
        assert signed_in(actor).get(f"{TASKS}?task={task.pk}").status_code == 404
    posted = {"act": "answer", "outcome": "done", "answer": "It is done."}
    assert signed_in(lead).post(f"{TASKS}?task={task.pk}", posted).status_code == 403
    assert GuidanceTask.objects.get(pk=task.pk).outcome == ""


def test_an_owner_whose_time_is_over_answers_nothing_and_the_manager_hands_it_over(
    make, lead, keeper, staff_of, afsa, signed_in
):
    task = make()[0]
    keeper.appointments.update(valid_from=date(2026, 1, 1), valid_until=date(2026, 11, 22))
    former = fresh(keeper)
    with pytest.raises(Gone):
        guidance.close_task(actor=former, task_id=task.pk, outcome="done", answer="so")
    other, browser = staff_of(afsa, Role.ADMINISTRATOR, "Another"), signed_in(lead)
    address, data = f"{TASKS}?task={task.pk}", {"act": "hand_over", "owner": other.pk}
    assert browser.post(address, data | {"owner": keeper.pk}).status_code == 400
    assert browser.post(address, data)["Location"] == TASKS
    task.refresh_from_db()
    assert (task.owner, Event.objects.get(kind="guidance.hand_over").data["owner"]) == (other, other.pk)
    with pytest.raises(NotAllowed):
        guidance.hand_over(actor=staff_of(afsa, Role.ADMINISTRATOR, "A third"), task_id=task.pk, owner=lead)


def test_a_task_handed_to_whoever_has_it_changes_nothing(make, lead, keeper, signed_in):
    task, browser = make()[0], signed_in(lead)
    reply = browser.post(f"{TASKS}?task={task.pk}", {"act": "hand_over", "owner": keeper.pk})
    assert "This person has the task already." in reply.content.decode()
    assert Event.objects.filter(kind="guidance.hand_over").count() == 0


def test_no_task_is_made_of_nothing(lead, keeper, afsa):
    with pytest.raises(NotReady, match="Nothing is to be ranked in this time"):
        guidance.ask_for_guidance(actor=lead, licence_type=afsa, owner=keeper, period=YEAR, worst=[])
    assert GuidanceTask.objects.count() == 0


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CASE_OFFICER, Role.DECISION_MAKER, Role.SPECIALIST])
def test_a_task_is_given_to_who_may_keep_the_books(make, staff_of, afsa, role):
    with pytest.raises(NotReady, match="administrator or a lead reviewer"):
        make(owner=staff_of(afsa, role))


def test_only_a_manager_of_the_regulator_asks(make, keeper, staff_of, afm, afsa, signed_in):
    for actor in (keeper, staff_of(afm, Role.LEAD_REVIEWER)):
        with pytest.raises(NotAllowed):
            make(actor=actor)
    assert GuidanceTask.objects.count() == 0
    assert signed_in(keeper).post(f"{NEW}?type={afsa.code}", {"owner": keeper.pk}).status_code == 404


@pytest.mark.parametrize(("role", "tasks", "new"), [
    (Role.LEAD_REVIEWER, 200, 200), (Role.DECISION_MAKER, 200, 200), (Role.ADMINISTRATOR, 200, 404),
    (Role.REVIEWER, 404, 404), (Role.CASE_OFFICER, 404, 404), (Role.SPECIALIST, 404, 404),
])  # fmt: skip
def test_who_finds_the_pages(afsa, staff_of, signed_in, role, tasks, new):
    browser = signed_in(staff_of(afsa, role))
    assert [browser.get(page).status_code for page in (TASKS, NEW)] == [tasks, new]


def test_what_is_not_there_or_not_known_is_refused(browser, make):
    task = make()[0]
    answers = [
        browser.get(f"{TASKS}?task=99999"), browser.get(f"{TASKS}?task=x"), browser.get(f"{TASKS}?who=me"),
        browser.post(TASKS), browser.post(f"{TASKS}?task={task.pk}", {"act": "burn"}),
        browser.get(f"{NEW}?by=size"), browser.post(NEW, {}), browser.post(NEW, {"owner": "x"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 400, 400, 400, 400, 400, 400, 400]
    assert "Open one of the tasks, and choose there what to do with it." in answers[3].content.decode()
    assert "Choose what to do with one of the buttons here." in answers[4].content.decode()


def test_an_administrator_who_manages_nothing_sees_no_links_to_the_figures(make, keeper, signed_in):
    make()
    html = signed_in(keeper).get(TASKS).content.decode()
    assert ('href="/pipeline/friction/"' in html, 'href="/pipeline/cases/"' in html) == (False, False)


def test_open_tasks_stand_among_the_owners_work(make, keeper, lead):
    make()
    ours = [(one.text, one.count, one.url) for one in my_work(keeper)["counts"] if one.url == TASKS]
    assert ours == [("Guidance to write", 2, TASKS)]
    assert [one for one in my_work(lead)["counts"] if one.url == TASKS] == []


def test_the_pages_ask_the_same_for_one_and_three(browser, lead, afsa, keeper, add_case):
    for _number in range(5):
        case = add_case(afsa)
        ask(case, date(2026, 11, 9), "BP-01", "BP-02", "BP-03")
    counts = []
    for shown in (1, 3):
        found = report(afsa, period=YEAR, by="days", today=TODAY).worst[:shown]
        GuidanceTask.objects.all().delete()
        guidance.ask_for_guidance(
            actor=lead, licence_type=afsa, owner=keeper, period=YEAR, worst=[row.counts for row in found]
        )
        for page in (TASKS, NEW, f"{TASKS}?task={GuidanceTask.objects.latest('pk').pk}"):
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(page).status_code == 200
            counts.append(len(asked))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 6
