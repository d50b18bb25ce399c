"""Each message says which cases it is about, in whatever words and whatever language it was written."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection
from django.utils import timezone

from applications.reminders import raise_due
from notifications.mails import cases_of
from notifications.models import Message, Status
from notifications.services import send_waiting, withhold
from regulators.calendars import add_working_days
from tests.notifications.test_still_due import answered
from tests.plugins.asked import filed_with_little

migration = import_module("notifications.migrations.0005_about_cases")


def days_on(count):
    return add_working_days(timezone.localdate(), count)


def abouts():
    return dict(Message.objects.values_list("key", "about"))


def two_dates(asked_case, ask):
    """One mail of two dates of one case, among the mails of its way."""
    asked = [ask(asked_case, "Where?", due_on=days_on(days)) for days in (11, 12)]
    raise_due(days_on(3))
    return asked


def test_every_message_of_a_case_names_it(asked_case, ask):
    two_dates(asked_case, ask)
    assert Message.objects.filter(template="digest").exists()
    assert {tuple(about) for about in abouts().values()} == {(asked_case.audit_subject,)}


def test_what_is_raised_to_staff_names_the_case(custody_firm, firm_user, afsa, afsa_staff):
    case = filed_with_little(custody_firm, firm_user, afsa, state="returned")
    type(case).objects.filter(pk=case.pk).update(return_by=timezone.localdate() - timedelta(days=1))
    raise_due()
    raised = Message.objects.filter(template="internal_return_passed")
    assert {tuple(message.about) for message in raised} == {(case.audit_subject,)}


def test_messages_written_before_are_found_by_their_keys_and_links(asked_case, ask):
    two_dates(asked_case, ask)
    before = abouts()
    rows = Message.objects.get(template="digest").context["rows"]
    editor = SimpleNamespace(execute=lambda sql: connection.cursor().execute(sql))

    migration.forget_cases(apps, editor)
    Message.objects.update(about=[])
    assert "about" not in Message.objects.get(template="digest").context["rows"][0]
    migration.name_cases(apps, editor)

    assert abouts() == before
    assert Message.objects.get(template="digest").context["rows"] == rows


def test_what_is_of_no_case_stays_so(firm_user, asked_case):
    Message.objects.all().delete()
    Message.objects.bulk_create(
        Message(
            key=key, email="a@example.test", language="en", template=template, subject_ref=ref, url=url,
            subject="s", message_id=f"<{key}@localhost>", next_attempt_at=timezone.now(),
        )
        for key, template, ref, url in (
            ("account:1:password", "security_password", "account", "http://localhost:8000/accounts/2fa/"),
            ("licence:L-1:act:2", "licence_changed", "L-1", "http://localhost:8000/applications/licences/L-1/"),
            ("meeting:1:2", "internal_meeting", "M-1", "http://localhost:8000/desk/applications/meetingrequest/"),
        )
    )  # fmt: skip
    migration.name_cases(apps, SimpleNamespace(execute=lambda sql: connection.cursor().execute(sql)))
    assert list(abouts().values()) == [[], [], []]


def test_a_withdrawn_case_takes_back_its_reminders_whatever_the_draft_was_called(asked_case, ask):
    two_dates(asked_case, ask)
    Message.objects.filter(template="digest").update(subject_ref="Черновик")
    assert withhold(about=asked_case.audit_subject, reason="withdrawn") == 1


def test_what_is_written_again_is_about_the_cases_that_are_left(asked_case, ask, firm_user, afsa_staff):
    first, _second = two_dates(asked_case, ask)
    message = Message.objects.get(template="digest")
    message.context["rows"][0]["about"] = "application:of another"
    message.about = cases_of(message.context)
    message.save()
    answered(first, firm_user, afsa_staff)
    send_waiting()
    message.refresh_from_db()
    assert (message.status, message.about) == (Status.SENT, [asked_case.audit_subject])
