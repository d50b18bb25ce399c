"""The outbox on the desk: for administrators, to be read, and to send again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import System
from accounts.identifiers import human_hash
from accounts.models import User
from audit.models import Event
from notifications import services
from notifications.models import Attempt, Bounce, Message, Outcome, Status
from regulators.models import Regulator, Role, Staff

LIST = "admin:notifications_message_changelist"


@pytest.fixture
def dead_letter(db):
    services.tell(to="aigul@example.test", template="decision", context={}, subject_ref="KZC-1", key="k")
    message = Message.objects.get()
    Attempt.objects.create(
        message=message, finished_at=timezone.now(), outcome=Outcome.REFUSED, error="SMTPDataError 550"
    )
    Message.objects.update(status=Status.FAILED, tries=1)
    return message


@pytest.fixture
def staff(db):
    regulator = Regulator.objects.create(code="afsa", name="AFSA")
    papers = iter(range(1, 100))

    def person(name):
        return User.objects.create_user(
            f"{name}@example.test", full_name=name, is_staff=True, human=human_hash(f"N{next(papers):07d}")
        )

    def make(role):
        user, appoints, confirms = person(role), person(f"a-{role}"), person(f"c-{role}")
        Staff.objects.create(
            user=user,
            regulator=regulator,
            role=role,
            human=user.human,
            granted_by=appoints,
            granted_human=appoints.human,
            confirmed_by=confirms,
            confirmed_human=confirms.human,
        )
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


def send_again(client, message):
    return client.post(reverse(LIST), {"action": "send_again", "_selected_action": [message.pk]})


def test_an_administrator_sends_a_dead_letter_again(dead_letter, staff):
    client = staff(Role.ADMINISTRATOR)
    page = client.get(reverse("admin:notifications_message_change", args=[dead_letter.pk]))
    assert page.status_code == 200
    assert "SMTPDataError 550" in page.content.decode()

    assert send_again(client, dead_letter).status_code == 302
    dead_letter.refresh_from_db()
    assert (dead_letter.status, dead_letter.tries) == (Status.WAITING, 0)
    events = Event.objects.filter(subject=dead_letter.audit_subject)
    assert list(events.values_list("kind", "actor_name")) == [("message.resend", "administrator")]


def test_what_has_not_failed_is_not_sent_again(dead_letter, staff):
    Message.objects.update(status=Status.WAITING)
    answer = send_again(staff(Role.ADMINISTRATOR), dead_letter)

    assert answer.status_code == 302
    assert Event.objects.filter(subject=dead_letter.audit_subject).count() == 0


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.DECISION_MAKER])
def test_other_staff_see_no_outbox(role, dead_letter, staff):
    client = staff(role)

    assert client.get(reverse(LIST)).status_code == 403
    assert send_again(client, dead_letter).status_code == 403
    dead_letter.refresh_from_db()
    assert dead_letter.status == Status.FAILED


def test_nobody_writes_or_deletes_messages_on_the_desk(dead_letter, staff):
    client = staff(Role.ADMINISTRATOR)

    assert client.get(reverse("admin:notifications_message_add")).status_code == 403
    delete = reverse("admin:notifications_message_delete", args=[dead_letter.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    change = reverse("admin:notifications_message_change", args=[dead_letter.pk])
    assert client.post(change, {"email": "x@example.test"}).status_code == 403


@pytest.fixture
def returned(dead_letter):
    """Another message, which was sent and came back."""
    services.tell(to="dana@example.test", template="decision", context={}, subject_ref="KZC-2", key="r")
    message = Message.objects.get(key="r")
    now = timezone.now()
    sent = Attempt.objects.create(message=message, finished_at=now, outcome=Outcome.SENT)
    Message.objects.filter(pk=message.pk).update(status=Status.SENT, tries=1, sent_at=now)
    Bounce.objects.create(attempt=sent, status="5.1.1", diagnostic="550 no such person")
    return message


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", {"KZC-1", "KZC-2"}), ("?came_back=yes", {"KZC-2"}), ("?came_back=no", {"KZC-1"})],
)
def test_the_list_says_what_came_back(returned, staff, asked, shown):
    page = staff(Role.ADMINISTRATOR).get(reverse(LIST) + asked)
    rows = page.context["cl"].result_list
    assert {row.subject_ref for row in rows} == shown
    assert {row.subject_ref for row in rows if row.came_back_at} == shown & {"KZC-2"}


def test_what_came_back_is_shown_with_its_message_and_sent_again(returned, staff):
    client = staff(Role.ADMINISTRATOR)
    page = client.get(reverse("admin:notifications_message_change", args=[returned.pk]))
    assert ": 5.1.1 550 no such person" in page.content.decode()

    assert send_again(client, returned).status_code == 302
    returned.refresh_from_db()
    assert (returned.status, returned.sent_at) == (Status.WAITING, None)


def test_what_is_sent_again_came_back_no_more_until_it_does(returned, staff):
    client = staff(Role.ADMINISTRATOR)

    def shown():
        return {
            row.subject_ref: bool(row.came_back_at)
            for row in client.get(reverse(LIST)).context["cl"].result_list
        }

    assert shown()["KZC-2"] is True
    services.resend(message=returned, actor=System("test"))
    assert shown()["KZC-2"] is False
    again = Attempt.objects.create(message=returned, finished_at=timezone.now(), outcome=Outcome.SENT)
    Message.objects.filter(pk=returned.pk).update(status=Status.SENT, sent_at=timezone.now())
    assert shown()["KZC-2"] is False
    Bounce.objects.create(attempt=again, status="5.1.1")
    assert shown()["KZC-2"] is True
    page = client.get(reverse(LIST)).content.decode()
    assert "Came back" in page
    assert "<h1>Outbox</h1>" in page
