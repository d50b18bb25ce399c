"""Whose mail came back is told so where they look: the person at sign-in, staff on the case."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from notifications import services
from notifications.models import Attempt, Bounce, Message, Outcome
from notifications.queries import DOUBTED_FOR
from tests.plugins.cases import PASSWORD

pytestmark = pytest.mark.django_db


def comes_back(to, about=""):
    with transaction.atomic():
        services.tell(to=to, template="decision", context={}, subject_ref="KZC-1", about=about, key="r")
    attempt = Attempt.objects.create(
        message=Message.objects.get(key="r"), finished_at=timezone.now(), outcome=Outcome.SENT
    )
    return Bounce.objects.create(attempt=attempt, status="5.1.1")


def said_after_sign_in(client, user):
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)
    assert answer.context["user"] == user
    return [str(message) for message in answer.context["messages"] if "came back" in str(message)]


def test_a_person_is_told_at_sign_in_and_where_we_write_to(firm_user, client):
    client.cookies["django_language"] = "en"
    assert said_after_sign_in(client, firm_user) == []
    client.post(reverse("account_logout"))
    comes_back(firm_user.email)

    (said,) = said_after_sign_in(client, firm_user)
    assert said.startswith(f"A mail that we sent to {firm_user.email} came back on ")
    assert f'<a href="{reverse("account_email")}">' in said
    page = client.get(reverse("notifications:mails"))
    assert said in page.content.decode()


def test_what_came_back_from_another_address_is_not_theirs(firm_user, client):
    comes_back("other@example.test")
    assert said_after_sign_in(client, firm_user) == []


def test_after_thirty_days_nothing_is_said(firm_user, client, time_machine):
    comes_back(firm_user.email)
    time_machine.move_to(timezone.now() + DOUBTED_FOR + timedelta(seconds=1), tick=False)
    assert said_after_sign_in(client, firm_user) == []


def test_staff_see_it_on_the_case(case_in_review, afsa_staff, firm_user, signed_in):
    desk = signed_in(afsa_staff.reviewer)
    page = reverse("admin:applications_application_change", args=[case_in_review.pk])
    assert b"came back on" not in desk.get(page).content
    comes_back(firm_user.email, case_in_review.audit_subject)
    assert f"Mail to {firm_user.email} came back on" in desk.get(page).content.decode()
