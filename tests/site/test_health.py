"""/health says of each part whether it lives, and of nothing where it lies."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.actors import System
from kzcustody_site.health import AHEAD, LIMITS, OFTEN, PARTS
from kzcustody_site.models import Timer
from notifications import services
from notifications.models import Attempt, Message, Outcome

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to("2026-11-30 09:00:00+00:00", tick=False)
    return timezone.now()


@pytest.fixture(autouse=True)
def timer(now):
    return Timer.objects.create(task=OFTEN, sent_at=now, begun_at=now)


def lacks():
    """The status, and the parts of which it says no."""
    answer = Client().get("/health")
    assert list(answer.json()) == list(PARTS)
    return answer.status_code, [name for name, holds in answer.json().items() if not holds]


def test_all_is_well():
    assert lacks() == (200, [])


@pytest.mark.parametrize(("part", "field"), [("beat", "sent_at"), ("worker", "begun_at")])
def test_a_sign_of_life_may_be_so_old_and_no_older(timer, now, part, field):
    for age, said in ((LIMITS[part], (200, [])), (LIMITS[part] + SECOND, (503, [part]))):
        setattr(timer, field, now - age)
        timer.save()
        assert lacks() == said


def test_a_clock_that_went_back_by_more_than_a_minute_is_seen(timer, now):
    for ahead, said in ((AHEAD, (200, [])), (AHEAD + SECOND, (503, ["beat"]))):
        timer.sent_at = now + ahead
        timer.save()
        assert lacks() == said


def test_a_service_that_never_sent_anything_says_so(timer):
    timer.delete()
    assert lacks() == (503, ["worker", "beat"])


def told(key="k", **facts):
    services.tell(to="a@example.test", template="decision", context={}, subject_ref="KZC-1", key=key)
    Message.objects.filter(key=key).update(**facts)
    return Message.objects.get(key=key)


def tried(message, outcome, error=""):
    Attempt.objects.create(message=message, finished_at=timezone.now(), outcome=outcome, error=error)


def test_a_message_may_wait_for_so_long_and_no_longer_however_often_it_was_tried(now):
    for name, facts in (("never tried", {}), ("tried", {"tries": 3, "next_attempt_at": now + 60 * SECOND})):
        message = told(name, **facts)
        for age, said in ((LIMITS["outbox"], (200, [])), (LIMITS["outbox"] + SECOND, (503, ["outbox"]))):
            Message.objects.filter(pk=message.pk).update(waits_since=now - age)
            assert lacks() == said
        Message.objects.update(status="failed")
        assert lacks() == (200, [])


def test_what_is_sent_again_waits_from_then_on(now):
    long_ago = now - timedelta(days=3)
    message = told(status="failed", created_at=long_ago, waits_since=long_ago)
    services.resend(message=message, actor=System("tests"))
    assert lacks() == (200, [])


def test_a_mail_server_may_refuse_two_in_a_row_and_no_more(now):
    for number, said in enumerate(((200, []), (200, []), (503, ["outbox"])), 1):
        message = told(f"k{number}", status="failed")
        tried(message, Outcome.REFUSED)
        tried(message, Outcome.REFUSED)  # sent again, and refused again: one message
        assert lacks() == said
    tried(told("taken", status="sent", sent_at=now), Outcome.SENT)
    assert lacks() == (200, [])


def test_redis_that_is_away_is_named(redis_away):
    assert lacks() == (503, ["redis"])


def test_a_database_that_is_away_is_named_without_its_host():
    def away(*_args):
        raise OperationalError("server closed the connection: secret-host")

    with connection.execute_wrapper(away):
        assert lacks() == (503, ["database", "sign_in", "worker", "beat", "outbox"])
        ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": False})
