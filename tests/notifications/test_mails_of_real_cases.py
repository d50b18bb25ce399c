"""What was written on the way of cases: no name of a person or of a file, no address, and no key."""

from urllib.parse import urlsplit

from django.urls import resolve
from django.utils import timezone

from accounts.models import User
from applications.models import Person
from applications.reminders import raise_due
from applications.services import requests, rounds
from documents.models import Document
from notifications.models import Message
from regulators.calendars import add_working_days
from tests.plugins.cases import fresh

KEYS = {"token", "key", "uidb36", "uidb64"}


def go_on(case, ask, firm_user):
    """A round of questions, reminders and answers."""
    sent = ask(case, "Where?", due_on=add_working_days(timezone.localdate(), 12))
    other = ask(case, "Who?", due_on=add_working_days(timezone.localdate(), 13))
    rounds.ask_about_point(actor=firm_user, point=sent.points.get(), text="Which?")
    raise_due(add_working_days(timezone.localdate(), 3))
    raise_due(add_working_days(timezone.localdate(), 20))
    requests.answer_point(actor=firm_user, point=other.points.get(), expected_version=0, text="Here.")
    requests.send_answers(actor=firm_user, request=other, expected_version=fresh(other).version)


def test_no_name_no_file_no_address_and_no_key(case_in_review, ask, firm_user, afsa_staff):
    go_on(case_in_review, ask, firm_user)
    written = list(Message.objects.all())
    assert {message.template for message in written} > {
        "submitted",
        "accepted",
        "request_sent",
        "request_question",
        "digest",
        "reply_received",
    }
    names = {*User.objects.values_list("full_name", flat=True), *User.objects.values_list("email", flat=True)}
    names |= set(Document.objects.values_list("name", flat=True))
    for person in Person.objects.all():
        names |= {person.family_name, person.latin_family_name, person.identifier, person.human} - {""}
    for message in written:
        said = (
            message.subject,
            message.subject_ref,
            message.body_text,
            message.body_html,
            str(message.context),
        )
        assert [name for name in names for part in said if name in part] == [], message.template
        assert KEYS & resolve(urlsplit(message.url).path).kwargs.keys() == set(), message.url
