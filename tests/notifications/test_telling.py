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
from notifications import queries, reminding, services
from notifications.models import Message, Reminder, Status
from notifications.reminding import Key
from notifications.writing import Letter

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
    assert message.subject == "KZC-2026-0001 reply needed by Tuesday 1 December 2026"
    assert message.context == {"points": 2, "due": "2026-12-01", "clock_paused": True}
    assert message.body_text.split("\n\n")[:3] == [
        "The regulator asks you to answer 2 points about your application KZC-2026-0001.",
        "Reply by Tuesday 1 December 2026. The regulator set this day in your case; no law sets it. "
        "The time for the review stands still until you reply.",
        "Answer the request:\nhttp://localhost:8000/applications/1/",
    ]
    assert '<a href="http://localhost:8000/applications/1/">Answer the request</a>' in message.body_html


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


@pytest.mark.django_db
def test_a_date_under_one_rule_is_new_once(django_assert_num_queries: Any) -> None:
    day = date(2026, 12, 1)
    first, other = Key("request:1", "due in 3", day), Key("request:2", "due in 3", day)
    moved = first._replace(due_on=date(2026, 12, 2))

    with transaction.atomic(), django_assert_num_queries(1):
        made = reminding.new_reminders([first, other])
    with transaction.atomic(), django_assert_num_queries(1):
        later = reminding.new_reminders([moved, first, other])

    assert (set(made), set(later)) == ({first, other}, {moved})
    stored = Reminder.objects.in_bulk()
    assert {key: stored[one.pk] for key, one in (made | later).items()} == made | later
    assert {Key(one.subject, one.rule, one.due_on) for one in stored.values()} == {first, other, moved}


@pytest.mark.django_db(transaction=True)
def test_a_reminder_is_written_in_the_transaction_of_its_messages() -> None:
    with pytest.raises(RuntimeError):
        reminding.new_reminders([Key("request:1", "due in 3", date(2026, 12, 1))])


def test_of_many_dates_each_person_gets_one_message(person: User) -> None:
    other = User.objects.create_user("timur@example.test", full_name="Timur", language="kk")
    about = {"rule": "check due", "template": "checks_due", "subject_ref": "afsa"}
    days = {"citation:b": date(2026, 12, 1), "citation:a": date(2026, 12, 2)}

    def remind(to: list[User], **subjects: date) -> int:
        return reminding.remind_together(subjects=days | subjects, to=to, **about)

    assert remind([]) == 0
    assert Reminder.objects.count() == 0
    assert remind([person, other]) == 2
    assert remind([person, other]) == 0
    assert remind([person], **{"citation:c": date(2026, 12, 3)}) == 1
    told = Message.objects.order_by("pk").values_list("recipient", "context__items", "reminder__subject")
    assert list(told) == [
        (person.pk, 2, "citation:a"), (other.pk, 2, "citation:a"), (person.pk, 1, "citation:c")
    ]  # fmt: skip


def test_telling_once_more_or_to_one_more_is_one_query_each(
    person: User, django_assert_num_queries: Any
) -> None:
    for key in ("a", "a", "b"):
        with django_assert_num_queries(1):
            services.tell(to=person, key=key, **DECISION)


def remind(person: User, number: int, template: str, context: dict[str, Any], **about: Any) -> Message:
    """The message that one new reminder makes."""
    key = Key(f"request:{number}", "overdue", date(2026, 12, 1))
    told = {"to": person, "template": template, "context": context, "subject_ref": "KZC-1", "off": False}
    [reminder] = reminding.new_reminders([key]).values()
    name = reminding.key_of(reminder, person)
    reminding.tell_of_each([Letter(key=name, reminder=reminder, **told, **about)])
    return Message.objects.get(reminder=reminder)


def test_the_reminders_of_a_case_that_wait_are_taken_back_with_the_reason(person: User) -> None:
    due = {"due": date(2026, 12, 1)}
    told = remind(person, 1, "overdue", due, about="case:1")
    other_case = remind(person, 2, "overdue", due, about="case:2")
    no_reminder = tell(
        to=person, template="decision", context={}, subject_ref="KZC-1", about="case:1", key="c"
    )
    sent = remind(person, 3, "overdue", due, about="case:1")
    Message.objects.filter(pk=sent.pk).update(status=Status.SENT, sent_at=datetime.now(UTC))

    assert services.withhold(about="case:1", reason="withdrawn") == 1
    assert services.withhold(about="case:1", reason="over") == 0

    told.refresh_from_db()
    assert (told.status, told.withheld_because) == (Status.WITHHELD, "withdrawn")
    assert list(queries.notices_of(person)) == [sent, no_reminder, other_case]


def test_of_a_mail_of_several_cases_the_lines_of_the_others_stay(person: User) -> None:
    day = date(2026, 12, 1)
    rows = [
        {"ref": ref, "about": case, "kind": "overdue", "due": day, "url": "/applications/", "is_draft": False}
        for ref, case in (("KZC-1", "case:1"), ("KZC-2", "case:2"), ("KZC-3", "case:3"))
    ]
    told = remind(person, 1, "digest", {"items": 3, "rows": rows})
    assert told.about == ["case:1", "case:2", "case:3"]

    assert services.withhold(about="case:1", reason="withdrawn") == 1
    assert services.withhold(about="case:3", reason="over") == 1

    told.refresh_from_db()
    assert (told.status, told.about, told.context["items"]) == (Status.WAITING, ["case:2"], 1)
    assert [(row["ref"], row["because"]) for row in told.context["left_out"]] == [
        ("KZC-1", "withdrawn"), ("KZC-3", "over")
    ]  # fmt: skip
    assert "KZC-2" in told.body_text
    assert "KZC-1" not in told.subject + told.body_text + told.body_html
    assert services.withhold(about="case:2", reason="over") == 1
    told.refresh_from_db()
    assert (told.status, told.withheld_because) == (Status.WITHHELD, "over")


def test_reminders_are_taken_back_of_a_case_that_is_named() -> None:
    with pytest.raises(ValueError, match="by its audit subject"):
        services.withhold(about="", reason="withdrawn")


def test_the_notice_centre_shows_a_person_their_own(person: User) -> None:
    other = User.objects.create_user("timur@example.test", full_name="Timur")
    mine = tell(to=person, key="mine", **DECISION)
    theirs = tell(to=other, key="theirs", **DECISION)

    assert services.mark_read(user=person, pk=theirs.pk) is False
    assert (list(queries.notices_of(person)), queries.unread_count(person)) == ([mine], 1)
    assert services.mark_read(user=person, pk=mine.pk) is True
    assert services.mark_read(user=person, pk=mine.pk) is False
    assert (queries.unread_count(person), queries.unread_count(other)) == (0, 1)
