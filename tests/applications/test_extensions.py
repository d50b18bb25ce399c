"""More time for a request: asked for by the firm, given by the reviewer alone, told to both."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import ExtensionRequest
from applications.services import clocks, requests, rounds
from audit.models import Event
from notifications.models import Message
from tests.plugins.cases import fresh
from workflow.errors import NotAllowed, NotReady


@pytest.fixture
def request_sent(asked_case, ask):
    return ask(asked_case, "Where?", "Who?")


@pytest.fixture
def later(request_sent):
    return request_sent.due_on + timedelta(days=7)


@pytest.fixture
def extension(request_sent, firm_user, later):
    return rounds.ask_for_time(actor=firm_user, request=request_sent, until=later, reason="The bank is slow.")


def told(template):
    return sorted(Message.objects.filter(template=template).values_list("email", "internal"))


def kinds(case):
    events = Event.objects.filter(subject=case.audit_subject, kind__startswith="request.extension")
    return [(event.kind, event.data) for event in events.order_by("number")]


def test_asking_moves_no_date_and_tells_the_reviewer(extension, request_sent, asked_case, afsa_staff):
    assert (fresh(request_sent).due_on, fresh(request_sent).version) == (request_sent.due_on, 1)
    assert told("extension_asked") == [(afsa_staff.reviewer.email, True)]
    assert kinds(asked_case) == [("request.extension_asked", {"number": 1})]


def test_one_is_open_at_a_time(extension, request_sent, firm_user, later):
    with pytest.raises(NotReady, match="asked for already"):
        rounds.ask_for_time(actor=firm_user, request=request_sent, until=later, reason="Again.")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.create(
            request=request_sent, until=later, reason="By hand.", asked_by=firm_user
        )


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, False), (1, True)])
def test_the_wished_day_lies_after_the_last_day(request_sent, firm_user, days, fits):
    until = request_sent.due_on + timedelta(days=days)

    def ask_for_time():
        rounds.ask_for_time(actor=firm_user, request=request_sent, until=until, reason="Slow.")

    if fits:
        ask_for_time()
    else:
        with pytest.raises(NotReady, match="Choose a day after"):
            ask_for_time()
    assert ExtensionRequest.objects.count() == int(fits)


def test_a_reason_is_needed(request_sent, firm_user, later):
    with pytest.raises(NotReady, match="Say why"):
        rounds.ask_for_time(actor=firm_user, request=request_sent, until=later, reason=" ")


def test_the_reviewer_grants_another_day_than_was_wished(
    extension, request_sent, asked_case, firm_user, afsa_staff, later
):
    until = later - timedelta(days=2)
    rounds.grant_time(actor=afsa_staff.reviewer, extension=extension, until=until, answer="Two days less.")
    asked, extension = fresh(request_sent), fresh(extension)
    assert (asked.due_on, asked.version, asked.status) == (until, 2, "sent")
    assert asked.due_set_at == extension.decided_at
    assert (extension.outcome, extension.granted_until, extension.answer) == (
        "granted", until, "Two days less.",
    )  # fmt: skip
    assert told("extension_granted") == [(firm_user.email, False)]
    before = request_sent.due_on
    assert kinds(asked_case)[1] == (
        "request.extension_granted",
        {"number": 1, "before": before.isoformat(), "until": until.isoformat()},
    )
    with pytest.raises(NotReady, match="answered already"):
        rounds.decline_time(actor=afsa_staff.reviewer, extension=extension, answer="No.")


def test_declined_the_last_day_stays_and_another_can_be_asked_for(
    extension, request_sent, firm_user, afsa_staff, later
):
    with pytest.raises(NotReady, match="Say why"):
        rounds.decline_time(actor=afsa_staff.reviewer, extension=extension, answer="")
    rounds.decline_time(actor=afsa_staff.reviewer, extension=extension, answer="The law waits.")
    assert fresh(request_sent).due_on == request_sent.due_on
    assert told("extension_declined") == [(firm_user.email, False)]
    rounds.ask_for_time(actor=firm_user, request=request_sent, until=later, reason="Really.")
    assert ExtensionRequest.objects.filter(outcome="").count() == 1


def test_who_may(extension, request_sent, firm_user, afsa_staff, later):
    for actor in (firm_user, afsa_staff.decision_maker):
        with pytest.raises(NotAllowed):
            rounds.grant_time(actor=actor, extension=extension, until=later, answer="")
        with pytest.raises(NotAllowed):
            rounds.decline_time(actor=actor, extension=extension, answer="No.")
    with pytest.raises(NotAllowed):
        rounds.ask_for_time(actor=afsa_staff.reviewer, request=request_sent, until=later, reason="x")


def test_a_request_that_is_answered_needs_no_time(extension, request_sent, firm_user, afsa_staff, later):
    for point in request_sent.points.all():
        requests.answer_point(actor=firm_user, point=point, expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=request_sent, expected_version=1)
    with pytest.raises(NotReady, match="not with the firm"):
        rounds.grant_time(actor=afsa_staff.reviewer, extension=extension, until=later, answer="")
    with pytest.raises(NotReady, match="not with you"):
        rounds.ask_for_time(actor=firm_user, request=request_sent, until=later, reason="x")


def test_no_clock_moves_by_more_time(asked_case, ask, firm_user, afsa_staff):
    clocks.start(asked_case, "acceptance")
    sent = ask(asked_case, "Where?")
    entries = list(asked_case.clock_entries.values_list("what", "at"))
    dates = list(asked_case.deadlines.values_list("code", "due_at"))
    asked = rounds.ask_for_time(
        actor=firm_user, request=sent, until=sent.due_on + timedelta(days=30), reason="Slow."
    )
    rounds.grant_time(actor=afsa_staff.reviewer, extension=asked, until=asked.until, answer="")
    assert list(asked_case.clock_entries.values_list("what", "at")) == entries
    assert list(asked_case.deadlines.values_list("code", "due_at")) == dates
    assert [what for what, _at in entries] == ["start", "pause"]


def test_a_request_whose_last_day_passed_while_it_was_written_is_not_sent(asked_case, ask, afsa_staff):
    written = requests.write_request(
        actor=afsa_staff.reviewer, case=asked_case, due_on=timezone.localdate() + timedelta(days=1),
        points=[{"requirement": ask(asked_case, "x").points.get().requirement, "question": "Where?"}],
    )  # fmt: skip
    type(written).objects.filter(pk=written.pk).update(due_on=timezone.localdate())
    with pytest.raises(NotReady, match="change it first"):
        requests.send_request(actor=afsa_staff.reviewer, request=written, expected_version=0)
