"""The outbox on the desk: for administrators, to be read, and to send again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.identifiers import human_hash
from accounts.models import User
from audit.models import Event
from notifications import services
from notifications.models import Attempt, Message, Outcome, Status
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
