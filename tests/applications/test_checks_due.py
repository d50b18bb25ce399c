"""Checks of citations that are due are told to the administrators, once for each provision and day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.reminders import raise_checks
from notifications.models import Message, Reminder
from regulators import books, services
from regulators.reference.provisions import GRACE, due_checks, look_again

pytestmark = pytest.mark.django_db
DUE = books.latest("afsa-custody").effective_from + GRACE


def told():
    return [
        (message.recipient.full_name, message.context, message.subject_ref)
        for message in Message.objects.filter(template="checks_due").order_by("pk")
    ]


def test_administrators_are_told_once_in_one_message(afsa_staff):
    count = len(due_checks("AFSA", DUE))
    assert count > 100
    raise_checks(DUE - timedelta(days=1))
    assert told() == []
    raise_checks(DUE)
    assert sorted(told()) == [
        ("AFSA administrator", {"items": count}, "AFSA"),
        ("AFSA second administrator", {"items": count}, "AFSA"),
    ]
    assert Reminder.objects.filter(rule="check due", due_on=DUE).count() >= count
    for day in (DUE, DUE + timedelta(days=3)):  # a later run is harmless
        assert raise_checks(day) == 0
    assert len(told()) == 2


def test_the_day_to_look_again_is_told_anew(afsa_staff):
    raise_checks(DUE)
    before = len(told())
    first, second = afsa_staff.reviewer, afsa_staff.lead_reviewer
    cited = due_checks("AFSA", DUE)[0].provision
    today = timezone.localdate()
    row = services.record_check(
        actor=first, regulator=afsa_staff.reviewer.appointments.get().regulator, act=cited.act,
        provision=cited.name, result="as_cited", read_in_full=True, applies=True,
        url="https://example.test/", note="The same.", checked_on=today, look_again_on=look_again(today),
    )  # fmt: skip
    services.confirm_check(actor=second, check=row)
    again = look_again(today)
    assert cited.key not in {due.provision.key for due in due_checks("AFSA", again - timedelta(days=1))}
    assert raise_checks(again) == 1
    assert [context for _name, context, _ref in told()[before:]] == [{"items": 1}, {"items": 1}]
