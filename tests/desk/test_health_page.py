"""The page of health: for administrators, with since when and what to do."""

import socketserver
import tempfile
from datetime import timedelta
from threading import Thread

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from documents.models import Document
from kzcustody_site import health
from kzcustody_site.models import FailedTask, Timer
from notifications import services
from notifications.models import Attempt, Bounce, Message, Outcome, Status

pytestmark = pytest.mark.django_db
STAFF = ("case_officer", "reviewer", "specialist", "lead_reviewer", "decision_maker", "administrator")


@pytest.fixture
def now(time_machine):
    time_machine.move_to("2026-11-30 09:00:00+00:00", tick=False)
    return timezone.now()


@pytest.fixture
def timer(now):
    return Timer.objects.create(task=health.OFTEN, sent_at=now, begun_at=now)


OF_FILES_AND_DATES = (
    "Virus scanner", "Store of files", "Run of reminders", "Sweep of what uploads left behind",
)  # fmt: skip


class Scanner(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(100)
        self.request.sendall(b"PONG\0")


@pytest.fixture
def scanner(settings):
    """A clamd that says that it is there."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socketserver.UnixStreamServer(f"{folder}/s", Scanner) as there,
    ):
        Thread(target=there.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"unix://{folder}/s"
        yield
        there.shutdown()


@pytest.fixture
def files_work(now, scanner):
    for task in (health.REMINDERS, health.SWEEP):
        Timer.objects.create(task=task, sent_at=now, begun_at=now)


@pytest.fixture
def document(now, afsa_staff):
    """A function: a file as a row, whose bytes are nowhere."""

    def make(key, **facts):
        facts = {"status": "clean", "stored_in": "documents", "uploaded_at": now, "scanned_at": now, **facts}
        return Document.objects.create(
            key=key, name="plan.pdf", size=1, sha256="0" * 64, extension="pdf", sealed=True,
            content_type="application/pdf", uploaded_by=afsa_staff.reviewer, uploaded_by_name="U", **facts,
        )  # fmt: skip

    return make


def address():
    return reverse("admin:health")


def shown(browser):
    page = browser.get(address())
    assert page.status_code == 200
    return page


def parts(page):
    return {str(row.name): (row.holds, row.at) for row in page.context["rows"]}


def watched(found):
    """Those that a machine is told of."""
    return {name: said for name, said in found.items() if name not in OF_FILES_AND_DATES}


def numbers(page):
    return {str(one.text): (one.count, one.url.partition("?")[2]) for one in page.context["numbers"]}


def listed(browser, page):
    """Of each number the keys of the messages in the list that it opens."""
    return {
        str(one.text): sorted(row.key for row in browser.get(one.url).context["cl"].result_list)
        for one in page.context["numbers"]
        if one.url
    }


def tell(key, **facts):
    services.tell(to="a@example.test", template="decision", context={}, subject_ref="KZC-1", key=key)
    Message.objects.filter(key=key).update(**facts)
    return Message.objects.get(key=key)


def comes_to(message, at, outcome, error):
    Attempt.objects.create(message=message, finished_at=at, outcome=outcome, error=error)


def comes_back(message, at):
    attempt = Attempt.objects.create(message=message, finished_at=at, outcome=Outcome.SENT)
    Bounce.objects.create(attempt=attempt, status="5.1.1", at=at)


@pytest.mark.parametrize("role", STAFF)
def test_it_is_for_administrators_alone(role, browsers):
    browser, may = getattr(browsers, role), role == "administrator"
    assert browser.get(address()).status_code == (200 if may else 403)
    assert browser.post(address()).status_code == 405
    assert (address() in browser.get(reverse("admin:index")).content.decode()) is may


def test_it_says_since_when_each_part_works(timer, now, browsers):
    found = watched(parts(shown(browsers.administrator)))
    last = User.objects.order_by("last_login").exclude(last_login=None).last().last_login
    assert found.pop("Database")[0] is True
    assert found == {
        "Sign-in": (True, last),
        "Redis": (True, now),
        "Worker": (True, now),
        "Beat, which keeps the timetable": (True, now),
        "Outbox": (True, None),
    }


def test_what_does_not_work_says_since_when_and_what_to_do(timer, now, browsers, redis_away):
    long_ago = now - timedelta(hours=1)
    Timer.objects.update(sent_at=long_ago, begun_at=long_ago)
    tell("k", waits_since=long_ago)
    page = shown(browsers.administrator)
    found = watched(parts(page))
    assert {name for name, (holds, _at) in found.items() if not holds} == {
        "Redis", "Worker", "Beat, which keeps the timetable", "Outbox",
    }  # fmt: skip
    assert {at for _holds, at in list(found.values())[2:]} == {long_ago}
    words = page.content.decode()
    for advice in (
        "nothing needs to be restored",
        "read the end of its log",
        "is then sent once",
        "says why it cannot be reached",
    ):
        assert words.count(advice) == 1
    assert "oldest message waits since 30 November 2026, 13:00 (UTC+5)" in words


def test_it_says_nothing_to_do_where_all_works(timer, files_work, browsers):
    words = shown(browsers.administrator).content.decode()
    assert "nothing needs to be restored" not in words
    assert words.count("Does not work") == 0


def test_it_says_how_files_and_dates_stand(timer, files_work, now, browsers):
    found = parts(shown(browsers.administrator))
    assert {name: found[name] for name in OF_FILES_AND_DATES} == {
        "Virus scanner": (True, None),
        "Store of files": (True, None),
        "Run of reminders": (True, now),
        "Sweep of what uploads left behind": (True, now),
    }


def test_a_scanner_that_is_away_and_bytes_that_are_gone_are_said_and_fail_no_probe(
    timer, now, document, settings, browsers, client
):
    document("no/where")
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    page = shown(browsers.administrator)
    found = parts(page)
    assert {name: found[name] for name in OF_FILES_AND_DATES} == {
        "Virus scanner": (False, now),
        "Store of files": (False, now),
        "Run of reminders": (False, None),
        "Sweep of what uploads left behind": (False, None),
    }
    words = page.content.decode()
    assert "What was stored last cannot be read." in words
    assert "last checked a file 30 November 2026, 14:00 (UTC+5)" in words

    answer = client.get("/health")
    assert (answer.status_code, set(answer.json())) == (200, set(health.PARTS))


def test_a_file_that_waits_too_long_is_a_scanner_that_does_not_work(
    timer, files_work, now, document, browsers
):
    limit = health.LIMITS["scanner"]
    for age, works in ((limit, True), (limit + timedelta(seconds=1), False)):
        waits = {"status": "waiting", "stored_in": "quarantine", "scanned_at": None}
        document(f"no/{works}", uploaded_at=now - age, **waits)
        assert parts(shown(browsers.administrator))["Virus scanner"][0] is works


@pytest.mark.parametrize(
    ("task", "part", "limit"),
    [
        (health.REMINDERS, "Run of reminders", "reminders"),
        (health.SWEEP, "Sweep of what uploads left behind", "sweep"),
    ],
)
def test_a_run_may_be_so_old_and_no_older(timer, files_work, now, browsers, task, part, limit):
    for age, works in ((health.LIMITS[limit], True), (health.LIMITS[limit] + timedelta(seconds=1), False)):
        Timer.objects.filter(pk=task).update(begun_at=now - age)
        assert parts(shown(browsers.administrator))[part] == (works, now - age)


@pytest.fixture
def lying(now):
    """Messages in every standing."""
    ahead = now + timedelta(seconds=1)
    tell("later", next_attempt_at=ahead)
    tell("due", next_attempt_at=now)
    comes_to(tell("put off", next_attempt_at=ahead, tries=1), now, Outcome.DEFERRED, "SMTPDataError 451")
    midnight = now.replace(hour=19) - timedelta(days=1)  # of the day in Almaty
    yesterday = midnight - timedelta(seconds=1)
    comes_to(tell("dead", status=Status.FAILED), midnight, Outcome.REFUSED, "SMTPDataError 550")
    comes_to(tell("dead too", status=Status.FAILED), yesterday, Outcome.REFUSED, "SMTPDataError 554")
    for number, status in enumerate((Status.WITHHELD, Status.WITHHELD, Status.KEPT)):
        tell(f"not sent {number}", status=status)
    comes_back(tell("today", status=Status.SENT, sent_at=now), midnight)
    comes_back(tell("yesterday", status=Status.SENT, sent_at=now), yesterday)
    twice = tell("twice", status=Status.SENT, sent_at=now)
    for at in (yesterday, midnight):
        comes_back(twice, at)


def test_each_number_opens_the_list_that_it_counts(timer, lying, browsers):
    browser = browsers.administrator
    page = shown(browser)
    assert numbers(page) == {
        "Waiting": (3, "status__exact=waiting"),
        "Waiting, and due": (1, "stands=due"),
        "Not taken yet, tried again": (1, "stands=put_off"),
        "Not delivered": (2, "status__exact=failed"),
        "Refused for good today": (1, "stands=refused_today"),
        "Not sent: no longer true": (2, "status__exact=withheld"),
        "Came back today": (2, "stands=came_back_today"),
    }
    assert listed(browser, page) == {
        "Waiting": ["due", "later", "put off"],
        "Waiting, and due": ["due"],
        "Not taken yet, tried again": ["put off"],
        "Not delivered": ["dead", "dead too"],
        "Refused for good today": ["dead"],
        "Not sent: no longer true": ["not sent 0", "not sent 1"],
        "Came back today": ["today", "twice"],
    }
    assert "of all regulators" not in page.content.decode()


def test_a_number_is_of_the_readers_list_and_says_what_there_is_elsewhere(timer, lying, browsers, filed, afm):
    Message.objects.filter(key="dead").update(about=[filed(afm).audit_subject])
    browser = browsers.administrator
    page = shown(browser)
    assert numbers(page)["Not delivered"] == (1, "status__exact=failed")
    assert numbers(page)["Refused for good today"] == (0, "")
    assert listed(browser, page)["Not delivered"] == ["dead too"]
    words = page.content.decode()
    assert (words.count("(of all regulators: 2)"), words.count("(of all regulators: 1)")) == (1, 1)


def test_what_the_mail_server_does_not_take_is_an_alarm_in_words(timer, lying, browsers):
    words = shown(browsers.administrator).content.decode()
    assert words.count("Mail does not arrive") == 2
    assert (
        "1 message was not taken when it was tried, and is tried again. Last answer: SMTPDataError 451"
        in words
    )
    assert "refused 1 message for good today. Last answer: SMTPDataError 554." in words
    Message.objects.update(status=Status.KEPT, sent_at=None)
    assert "Mail does not arrive" not in shown(browsers.administrator).content.decode()


def test_tasks_that_failed_are_named_for_seven_days(timer, now, browsers):
    today = timezone.localdate()
    for days in (0, 6, 7):
        FailedTask.objects.create(task=f"task.{days}", day=today - timedelta(days=days), count=days + 1)
    page = shown(browsers.administrator)
    assert [(row.task, row.count) for row in page.context["failed_tasks"]] == [("task.0", 1), ("task.6", 7)]
