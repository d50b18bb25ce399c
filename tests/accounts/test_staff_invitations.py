import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import services
from accounts.actors import System
from accounts.identifiers import human_hash
from accounts.models import StaffInvitation, User
from audit.models import Event
from workflow.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
SHELL = System("tests")


def invite(email, actor=SHELL, **fields):
    fields = {"full_name": "Gulnar Officer", "passport": "N 123 4567", "citizenship": "GB", **fields}
    return services.invite_staff(actor=actor, email=email, **fields)


def test_the_invited_person_becomes_the_staff_whom_the_inviter_named(email, password):
    invitation, token = invite(email())
    user = services.accept_staff_invitation(token=token, password=password)
    assert (user.is_staff, user.is_superuser, user.full_name) == (True, False, "Gulnar Officer")
    assert user.human == human_hash("N1234567")
    assert user.emailaddress_set.get().verified is True
    kinds = Event.objects.filter(subject=f"account:{user.pk}").values_list("kind", flat=True)
    assert list(kinds) == ["account.accept_staff_invitation"]
    with pytest.raises(Refused):
        services.accept_staff_invitation(token=token, password=password)
    assert User.objects.filter(email=invitation.email).count() == 1


@pytest.mark.parametrize(("seconds", "accepted"), [(-1, True), (0, False)])
def test_a_staff_invitation_works_until_it_expires(email, password, time_machine, seconds, accepted):
    invitation, token = invite(email())
    time_machine.move_to(invitation.expires_at + timedelta(seconds=seconds), tick=False)
    if accepted:
        services.accept_staff_invitation(token=token, password=password)
    else:
        with pytest.raises(Refused):
            services.accept_staff_invitation(token=token, password=password)
    assert User.objects.filter(email=invitation.email).exists() is accepted


def test_only_staff_and_the_shell_invite_staff(applicant, staff, email):
    with pytest.raises(NotAllowed):
        invite(email(), actor=applicant())
    invitation, _token = invite(email(), actor=staff())
    assert invitation.invited_by.is_staff is True
    assert StaffInvitation.objects.count() == 1


def test_staff_need_an_email_of_their_own(applicant):
    with pytest.raises(Refused):
        invite(applicant().email.upper())


@pytest.mark.parametrize("number", ["", "12", "900230300129"])
def test_staff_are_known_humans(email, number):
    with pytest.raises(ValidationError):
        invite(email(), passport=number)
    assert StaffInvitation.objects.count() == 0


def test_a_weak_password_leaves_the_invitation_open(email, visitor):
    invitation, token = invite(email())
    page = reverse("accounts:accept_staff_invitation", args=[token])
    assert visitor().get(page).status_code == 200
    assert visitor().post(page, {"password": "short"}).status_code == 422
    invitation.refresh_from_db()
    assert invitation.is_open is True


def test_the_page_opens_the_account_once(email, visitor, password):
    invitation, token = invite(email())
    page = reverse("accounts:accept_staff_invitation", args=[token])
    answer = visitor().post(page, {"password": password, "is_superuser": "on"})
    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    user = User.objects.get(email=invitation.email)
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert visitor().get(page).status_code == 404
    assert visitor().post(page, {"password": password}).status_code == 404


def test_the_first_administrator_is_invited_from_the_shell(email, monkeypatch, visitor):
    monkeypatch.setattr("sys.stdin", StringIO("\nN1234567\n"))
    out = StringIO()
    call_command("invite_staff", email(), "Asel First", citizenship="GB", stdout=out)
    link = re.search(r"http://localhost:8000(\S+)", out.getvalue())[1]
    assert visitor().get(link).status_code == 200


def test_the_command_says_what_is_wrong(email, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("900230300129\n"))
    with pytest.raises(CommandError, match="date of birth"):
        call_command("invite_staff", email(), "Asel First")
