"""Writing into the outbox: once a key, in the recipient's language, inside the transaction or not at all."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from celery import Celery, current_app
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from accounts.models import User
from notifications import mails, queries, services
from notifications.models import Message, Reminder, Status

DECISION = {"template": "decision", "context": {}, "subject_ref": "KZC-2026-0001"}


def tell(**about: Any) -> Message:
    """The message of this key, as it stands after this was told."""
    services.tell(**about)
    return Message.objects.get(key=about["key"])


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("aigul@example.test", full_name="Aigul Bek", language="en")


def test_a_message_is_written_with_its_words(person: User) -> None:
    message = tell(
        to=person,
        template="request_sent",
        context={"points": 2, "due": date(2026, 12, 1), "clock_paused": True},
        subject_ref="KZC-2026-0001",
        key="request:1",
        url="/applications/1/",
    )

    assert (message.email, message.recipient, message.status) == (
        "aigul@example.test",
        person,
        Status.WAITING,
    )
    assert message.subject == "KZC-2026-0001 reply needed by 1 December 2026"
    assert message.context == {"points": 2, "due": "2026-12-01", "clock_paused": True}
    assert message.body_text.split("\n\n")[:3] == [
        "The regulator asks you to answer 2 points about your application KZC-2026-0001.",
        "Reply by 1 December 2026. The regulator set this day in your case; no law sets it. "
        "The time for the review stands still until you reply.",
        "Answer the request:\nhttp://localhost:8000/applications/1/",
    ]
    assert '<a href="http://localhost:8000/applications/1/">Answer the request</a>' in message.body_html


@pytest.mark.parametrize("template", sorted(mails.MAILS))
def test_every_mail_names_the_case_the_address_and_how_to_know_it(template: str, person: User) -> None:
    values = {
        "items": 1,
        "left": 1,
        "points": 1,
        "stage": 1,
        "working_days": 3,
        "basis": "our target, not law",
        "requirement": "AML-2",
    }
    context = {name: values.get(name, date(2026, 12, 1)) for name in mails.MAILS[template].needs}
    message = tell(to=person, template=template, context=context, subject_ref="KZC-2026-0001", key="k")

    of_account = mails.MAILS[template].of_account
    assert message.subject.startswith("KZC-2026-0001 ") is not of_account
    # The one action, the address to sign in, how to tell; of an account also what to do if it was not you.
    assert message.body_text.count("http") == (5 if of_account else 3)
    assert "You can also type http://localhost:8000 into your browser" in message.body_text
    assert "How to tell that this message is genuine" in message.body_text
    assert person.full_name not in message.body_text + message.body_html
    assert "{" not in message.subject + message.body_text + message.body_html


@pytest.mark.parametrize("template", ["decision", "approved_in_principle"])
def test_a_decision_mail_keeps_the_outcome_to_itself(template: str, person: User) -> None:
    message = tell(to=person, template=template, context={}, subject_ref="KZC-1", key="k")

    assert message.subject == "KZC-1 decision available"
    for word in ("granted", "approved", "principle", "refus"):
        assert word not in (message.body_text + message.body_html).lower()


def test_a_time_of_day_is_written_with_its_zone(person: User) -> None:
    due = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
    message = tell(to=person, template="overdue", context={"due": due}, subject_ref="KZC-1", key="k")

    assert "was due by 1 December 2026, 18:00 (UTC+5) and" in message.body_text


def test_an_internal_message_says_so_in_its_subject(person: User) -> None:
    message = tell(
        to=person, template="internal_assigned", context={}, subject_ref="KZC-1", key="k", internal=True
    )

    assert message.subject == "[Internal] KZC-1 waits for you"


def test_the_words_follow_the_recipient_and_not_the_sender(person: User) -> None:
    person.language = "ru"
    message = tell(
        to=person, template="overdue", context={"due": date(2026, 12, 1)}, subject_ref="KZC-1", key="k"
    )

    assert message.language == "ru"
    assert '<html lang="ru">' in message.body_html
    assert "1 декабря 2026" in message.body_text


def test_the_same_key_is_the_first_message(person: User) -> None:
    first = tell(to=person, key="decision:1", **DECISION)
    second = tell(to="other@example.test", key="decision:1", **DECISION)

    assert second == first
    assert list(Message.objects.values_list("key", "email")) == [("decision:1", "aigul@example.test")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"template": "gossip"}, "There is no mail called 'gossip'"),
        ({"context": {"name": "Aigul"}}, "unknown ['name']"),
        ({"template": "overdue"}, "missing ['due']"),
        ({"url": "https://elsewhere.test/"}, "A mail links only to http://localhost:8000"),
        ({"url": "http://localhost:8000.elsewhere.test/"}, "A mail links only to http://localhost:8000"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], words: str, person: User) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        services.tell(**{"to": person, "key": "k", **DECISION, **change})

    assert Message.objects.count() == 0


@pytest.mark.parametrize("address", ["", "nobody", "a@example.test\nBcc: b@example.test"])
def test_an_address_that_is_none_is_refused(address: str, db: None) -> None:
    with pytest.raises(ValidationError):
        services.tell(to=address, key="k", **DECISION)


def test_a_line_break_in_a_reference_makes_no_second_header(person: User) -> None:
    message = tell(
        to=person, template="decision", context={}, subject_ref="KZC-1\r\nBcc: b@example.test", key="k"
    )

    assert message.subject == "KZC-1 Bcc: b@example.test decision available"


def test_markup_in_a_value_stays_text_in_html(person: User) -> None:
    message = tell(
        to=person, template="file_rejected", context={"requirement": "<b>&"}, subject_ref="KZC-1", key="k"
    )

    assert "“<b>&”" in message.body_text
    assert "“&lt;b&gt;&amp;”" in message.body_html


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_told() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        services.tell(to="a@example.test", key="k", **DECISION)

    assert Message.objects.count() == 0


@pytest.fixture
def broker_down() -> Iterator[None]:
    """Tasks go to a port where nobody listens."""
    usual = current_app._get_current_object()
    Celery("down", broker="redis://127.0.0.1:1/0").set_current()
    yield
    usual.set_current()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_harms_neither_the_act_nor_other_callbacks(broker_down: None) -> None:
    heard: list[str] = []
    with pytest.raises(OperationalError):
        current_app.send_task("anything", retry=False)

    with transaction.atomic():
        services.tell(to="a@example.test", key="k", **DECISION)
        transaction.on_commit(lambda: heard.append("the next callback"))

    assert heard == ["the next callback"]
    assert Message.objects.get().status == Status.WAITING


@pytest.mark.django_db(transaction=True)
def test_the_sender_is_woken_once_a_transaction() -> None:
    wakes: list[int] = []
    for _ in range(2):
        with transaction.atomic():
            for number in range(3):
                services.tell(to=f"person-{number}@example.test", key=f"{len(wakes)}:{number}", **DECISION)
            wakes.append(len(connection.run_on_commit))

    assert wakes == [1, 1]


def test_a_reminder_is_given_once_to_each_recipient(person: User) -> None:
    other = User.objects.create_user("timur@example.test", full_name="Timur", language="kk")
    about = {"subject": "request:1", "rule": "reply due in 3", "subject_ref": "KZC-1", "template": "reminder"}
    context = {"working_days": 3, "due": date(2026, 12, 1)}

    first = services.remind(due_on=date(2026, 12, 1), to=[person, other], context=context, **about)
    again = services.remind(due_on=date(2026, 12, 1), to=[person, other], context=context, **about)
    moved = services.remind(due_on=date(2026, 12, 2), to=[person], context=context, **about)

    assert (first, again, moved) == (2, 0, 1)
    told = Message.objects.order_by("pk").values_list("recipient", "reminder__due_on")
    days = date(2026, 12, 1), date(2026, 12, 2)
    assert list(told) == [(person.pk, days[0]), (other.pk, days[0]), (person.pk, days[1])]
    assert Reminder.objects.count() == 2


def test_telling_once_more_or_to_one_more_is_one_query_each(
    person: User, django_assert_num_queries: Any
) -> None:
    for key in ("a", "a", "b"):
        with django_assert_num_queries(1):
            services.tell(to=person, key=key, **DECISION)


def test_what_is_no_longer_true_is_withheld_with_its_reason(person: User) -> None:
    due = {"due": date(2026, 12, 1)}
    told = tell(to=person, template="overdue", context=due, subject_ref="KZC-1", key="a")
    other_case = tell(to=person, template="overdue", context=due, subject_ref="KZC-2", key="b")
    other_kind = tell(to=person, template="decision", context={}, subject_ref="KZC-1", key="c")

    assert services.withhold(subject_ref="KZC-1", templates=["overdue"], reason="withdrawn") == 1

    told.refresh_from_db()
    assert (told.status, told.withheld_because) == (Status.WITHHELD, "withdrawn")
    assert list(queries.notices_of(person)) == [other_kind, other_case]


def test_the_notice_centre_shows_a_person_their_own(person: User) -> None:
    other = User.objects.create_user("timur@example.test", full_name="Timur")
    mine = tell(to=person, key="mine", **DECISION)
    theirs = tell(to=other, key="theirs", **DECISION)

    assert services.mark_read(user=person, pk=theirs.pk) is False
    assert (list(queries.notices_of(person)), queries.unread_count(person)) == ([mine], 1)
    assert services.mark_read(user=person, pk=mine.pk) is True
    assert services.mark_read(user=person, pk=mine.pk) is False
    assert (queries.unread_count(person), queries.unread_count(other)) == (0, 1)
