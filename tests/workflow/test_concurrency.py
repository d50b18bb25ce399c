"""Many at once, on a real database with real commits: one wins, the others are told who, and nothing is
half done.
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from accounts.models import User
from applications.models import Application, Snapshot, Stage
from applications.samples import cases
from applications.samples.staff import Desk
from applications.services import assessment, decisions, requests, submission
from applications.services.versions import move_draft
from audit.models import Event
from audit.verify import faults
from notifications.models import Message
from notifications.sending import send_waiting
from regulators import services as regulators
from tests.plugins.cases import SHELL, empowered, fresh, new_staff, submit
from tests.plugins.versions import following
from workflow.errors import Conflict, NotAllowed
from workflow.services import perform

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start every act at the same instant, each on its own connection; what each returned or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


@pytest.fixture
def desk(afsa_staff) -> Desk:
    return Desk(
        officer=afsa_staff.case_officer,
        reviewer=afsa_staff.reviewer,
        colleague=afsa_staff.specialist,
        lead=afsa_staff.lead_reviewer,
        decider=afsa_staff.decision_maker,
        second=afsa_staff.second_decision_maker,
        administrators=(afsa_staff.administrator, afsa_staff.second_administrator),
    )


@pytest.fixture
def stage(case_in_review, desk) -> Stage:
    """The first stage of a real case: taken, every finding settled, ready for approval."""
    first = case_in_review.stages.select_related("application").first()
    first = assessment.take_stage(actor=desk.reviewer, stage=first, expected_version=first.version)
    cases.settle(case_in_review, desk, first.code)
    return fresh(first)


@pytest.fixture
def bodies(monkeypatch) -> Counter[str]:
    """How often the bodies of Stage.approve and Stage.request_changes ran."""
    ran: Counter[str] = Counter()

    def counted(name: str) -> None:
        method = getattr(Stage, name)

        @wraps(method)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            ran[name] += 1
            return method(*args, **kwargs)

        monkeypatch.setattr(Stage, name, wrapper)

    for name in ("approve", "request_changes"):
        counted(name)
    return ran


def last_event(subject: str) -> Event:
    return Event.objects.filter(subject=subject).order_by("-number").first()


def test_of_fifty_who_approve_one_stage_one_does_and_the_others_are_told_by_whom(stage, desk, bodies):
    reviewer = fresh(desk.reviewer)
    events, messages = Event.objects.count(), Message.objects.count()

    approve = partial(assessment.approve_stage, actor=reviewer, stage=stage, expected_version=stage.version)
    results = at_once(*[approve] * 50)

    assert kinds(results) == {"Stage": 1, "Conflict": 49}
    event = last_event(stage.audit_subject)
    at = timezone.localtime(event.at).strftime("%d.%m.%Y %H:%M")
    told = {str(result) for result in results if isinstance(result, Conflict)}
    assert told == {
        f"This was changed by {reviewer.full_name} on {at}, while your page was open. It is now: Approved."
    }
    assert (event.kind, event.from_state, event.to_state) == ("stage.approve", "in_review", "approved")
    assert bodies == {"approve": 1}
    assert Event.objects.count() == events + 1
    assert Message.objects.count() == messages + 1
    after = fresh(stage)
    assert (after.state, after.version) == ("approved", stage.version + 1)
    assert list(faults()) == []


def test_approve_against_request_changes_one_wins_and_the_loser_sees_which(stage, desk, firm_user, bodies):
    reviewer = fresh(desk.reviewer)
    won: Counter[str] = Counter()
    for _round in range(10):
        results = at_once(
            partial(assessment.approve_stage, actor=reviewer, stage=stage, expected_version=stage.version),
            partial(
                assessment.request_changes,
                actor=reviewer,
                stage=stage,
                expected_version=stage.version,
                reason="Add the annex.",
            ),
        )
        assert kinds(results) == {"Stage": 1, "Conflict": 1}
        after, event = fresh(stage), last_event(stage.audit_subject)
        [loser] = [result for result in results if isinstance(result, Conflict)]
        assert event.to_state == after.state
        assert str(loser).endswith(f"It is now: {after.get_state_display()}.")
        won[after.state] += 1
        stage = taken_again(after, desk, firm_user)
    assert sum(won.values()) == sum(bodies.values()) == 10
    assert list(faults()) == []


def taken_again(stage: Stage, desk: Desk, firm_user: Any) -> Stage:
    """The stage in review once more, by the acts of those whose turn it is."""
    if stage.state == "approved":
        return assessment.reopen_stage(
            actor=desk.lead, stage=stage, expected_version=stage.version, reason="Once more."
        )
    for name, actor in (("start", firm_user), ("complete", firm_user), ("take", desk.reviewer)):
        stage = perform(Stage, stage.pk, name, actor=actor, expected_version=stage.version)
    return stage


def test_of_many_races_on_small_records_each_has_one_winner_and_its_event(parcels, person):
    dana, erlan = person("Dana"), person("Erlan")
    for _round in range(100):
        parcel = parcels.objects.create()
        results = at_once(
            partial(perform, parcels, parcel.pk, "look", actor=dana, expected_version=0),
            partial(perform, parcels, parcel.pk, "carry", actor=erlan, expected_version=0),
        )
        assert kinds(results) == {"Parcel": 1, "Conflict": 1}
        [event] = Event.objects.filter(subject=parcel.audit_subject)
        parcel.refresh_from_db()
        assert (parcel.state, parcel.version) == (event.to_state, 1)
        [loser] = [result for result in results if isinstance(result, Conflict)]
        assert f"changed by {event.actor_name} on" in str(loser)


def test_two_identical_submits_at_once_are_one_in_twenty_of_twenty(filled_case, firm_user):
    case = filled_case
    for number in range(1, 21):
        results = at_once(*[partial(submit, case, firm_user)] * 2)

        assert kinds(results) == {"Application": 2}
        assert len({(result.reference, result.version) for result in results}) == 1
        assert Snapshot.objects.filter(application=case).count() == number
        submits = Event.objects.filter(subject=case.audit_subject, kind="application.submit")
        assert submits.count() == number
        case = draft_again(case)
    assert list(faults(case.audit_subject)) == []


def draft_again(case: Application) -> Application:
    """Put the row back as it was: the owner's doing, which no act allows."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("ALTER TABLE applications_application DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE applications_application SET state = 'draft', submitted_at = NULL WHERE id = %s",
            [case.pk],
        )
        cursor.execute("ALTER TABLE applications_application ENABLE TRIGGER USER")
        cursor.execute("RESET ROLE")
    return fresh(case)


def test_a_withdrawal_against_a_decision_has_one_winner(firm_user, custody_firm, afsa, desk, document_store):
    case = cases.walk(actor=firm_user, firm=custody_firm, licence_type=afsa, upto="recommend", desk=desk)

    results = at_once(
        lambda: submission.withdraw_application(
            actor=firm_user, case=case, expected_version=case.version, reason="Our plans have changed."
        ),
        lambda: decisions.approve_in_principle(
            actor=desk.decider, case=case, expected_version=case.version, reason="Met.",
            conditions=[{"text": "Pay the capital in.", "due_on": None}],
            expires_on=timezone.localdate() + timedelta(days=90),
        ),
    )  # fmt: skip

    assert kinds(results) == {"Application": 1, "Conflict": 1}
    after, event = fresh(case), last_event(case.audit_subject)
    assert (after.state, after.version) == (event.to_state, case.version + 1)
    assert after.state in ("withdrawn", "approved_in_principle")


def test_a_stage_that_comes_back_while_a_request_opens_takes_both_one_after_the_other(stage, desk, firm_user):
    case = fresh(stage.application)
    returned = assessment.request_changes(
        actor=desk.reviewer, stage=stage, expected_version=stage.version, reason="Add the annex."
    )
    started = perform(Stage, stage.pk, "start", actor=firm_user, expected_version=returned.version)
    point = {"requirement": case.book.requirements_of(stage.code)[0].code, "question": "And the plan."}
    asked = requests.write_request(
        actor=desk.reviewer, case=case, due_on=timezone.localdate() + timedelta(days=9), points=[point]
    )

    results = at_once(
        partial(perform, Stage, stage.pk, "complete", actor=firm_user, expected_version=started.version),
        partial(requests.send_request, actor=desk.reviewer, request=asked, expected_version=asked.version),
    )

    assert kinds(results) == {"Stage": 1, "InformationRequest": 1}
    assert (fresh(stage).state, fresh(asked).status) == ("complete", "sent")
    events = Event.objects.filter(subject=case.audit_subject).order_by("-number").values_list("kind")[:2]
    assert {kind for (kind,) in events} == {"stage.complete", "request.send"}
    assert list(faults(case.audit_subject)) == []


def test_a_broker_that_is_emptied_in_the_middle_loses_nothing(stage, desk, mailoutbox):
    assessment.approve_stage(actor=desk.reviewer, stage=stage, expected_version=stage.version)
    caches["quick"].clear()  # empties the whole server: the sender's wake-up is gone

    message = Message.objects.get(template="stage_approved")
    assert message.status == "waiting"
    while send_waiting():
        pass

    assert fresh(message).status == "sent"
    assert [mail.to for mail in mailoutbox].count([message.email]) >= 1
    assert fresh(stage).state == "approved"


# --- One human is one pair of eyes


def decision_maker_of(desk_staff, licence_type, user):
    """Give this account the decision maker's post and every delegation."""
    post = regulators.appoint_staff(
        actor=SHELL, user=user, regulator=licence_type.regulator, role="decision_maker"
    )
    administrator = fresh(desk_staff.administrator)
    regulators.confirm_appointment(actor=administrator, appointment=post)
    for act in ("approve_in_principle", "grant", "refuse"):
        empowered(post, licence_type, act, by=administrator)
    return fresh(user)


def test_who_examined_a_case_is_refused_its_decision_from_the_shell_too(stage, afsa, afsa_staff):
    same_account = decision_maker_of(afsa_staff, afsa, fresh(afsa_staff.reviewer))
    second_account = new_staff("Another Name")
    User.objects.filter(pk=second_account.pk).update(human=afsa_staff.reviewer.human)
    second_account = decision_maker_of(afsa_staff, afsa, fresh(second_account))
    case = fresh(stage.application)

    for actor in (same_account, second_account):
        with pytest.raises(NotAllowed) as refusal:
            perform(Application, case.pk, "grant", actor=actor, expected_version=case.version, reason="Mine.")
        assert str(refusal.value) == (
            "You examined this case, under this account or another, so someone else has to decide it."
        )
    after = fresh(case)
    assert (after.state, after.version) == ("in_review", case.version)


def test_a_draft_that_two_move_at_once_is_moved_once_and_the_other_is_told(shelf, afm_draft_case, firm_user):
    """The rule book of the case changes while the second waits for its row."""
    shelf(following(shelf("afm-custody"), "2026.4"))
    case = fresh(afm_draft_case)
    move = partial(move_draft, actor=firm_user, case=case, to_version="2026.4", expected_version=case.version)
    assert kinds(at_once(move, move, move)) == {"Application": 1, "Conflict": 2}
    assert (fresh(case).rulebook.version, fresh(case).version) == ("2026.4", case.version + 1)
    assert Event.objects.filter(kind="application.move").count() == 1
