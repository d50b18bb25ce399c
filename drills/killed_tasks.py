"""Tasks of the timetable are killed at ten points of each: in turn the process of the task and its worker."""

import json
import os
import sys
import time
from datetime import timedelta

from redis import Redis

from drills import outbox
from drills.house import Failed, House, insist, until
from drills.kills import SMALL, pdf
from drills.mailbox import Mailbox
from kzcustody_site.embedded import clamd

POINTS = int(os.environ.get("DRILL_POINTS", "10"))
RECORD = "audit/services.py"


class Trial:
    """``prepare`` makes what the task finds nothing to do in; ``release`` gives it that."""

    def prepare(self, house, number):
        self.number = number


class Sending(Trial):
    """One message that waits."""

    tasks = ("notifications.tasks.send_waiting",)
    files = ("notifications/sending.py", "notifications/turns.py")

    def release(self, house):
        from django.db import transaction

        from notifications.models import Message
        from notifications.services import tell

        key = f"drill:{self.number}"
        with transaction.atomic():
            tell(to="aigul@example.test", template="decision", context={}, subject_ref="KZC-1", key=key)
        self.pk = Message.objects.get(key=key).pk

    def is_done(self):
        from notifications.models import Message, Status

        outbox.look_again()
        return Message.objects.get(pk=self.pk).status == Status.SENT


class Reminding(Trial):
    """A draft that nobody saved for fifteen days."""

    tasks = ("applications.tasks.raise_due",)
    files = (
        "applications/due/firms.py",
        "applications/due/telling.py",
        "notifications/reminding.py",
        "notifications/writing.py",
    )

    def prepare(self, house, number):
        self.case = house.person().case

    def release(self, house):
        from django.utils import timezone

        from applications.models import Application

        Application.objects.filter(pk=self.case.pk).update(saved_at=timezone.now() - timedelta(days=15))

    def is_done(self):
        from notifications.models import Message, Reminder, Status

        reminders = Reminder.objects.filter(subject=f"{self.case.audit_subject}:draft")
        told = Message.objects.filter(reminder__in=reminders, status=Status.SENT)
        outbox.look_again()
        return (reminders.count(), told.count()) == (1, 1)


class Scanning(Trial):
    """A file in quarantine."""

    tasks = ("documents.tasks.scan_waiting", "documents.tasks.scan_one")
    files = ("documents/services/scanning.py", "documents/storage.py", "documents/stores.py", RECORD)

    def release(self, house):
        from documents.models import Document

        name = f"scan {self.number}.pdf"
        answer = house.giver.give_whole(name, pdf(1000 + self.number, SMALL))
        insist(answer.status == 201, f"the file was not taken: {answer}")
        self.pk = Document.objects.get(name=name).pk

    def is_done(self):
        from django.utils import timezone

        from audit.models import Event
        from documents.models import Document

        document = Document.objects.get(pk=self.pk)
        if document.status == "waiting":  # as if the time were over after which a scan is begun anew
            Document.objects.filter(pk=self.pk).update(scan_due_at=timezone.now())
            return False
        scans = Event.objects.filter(kind="document.scanned", subject=f"document:{self.pk}").count()
        insist((document.status, scans) == ("clean", 1), f"called {document.status} by {scans} events")
        return True


class Anchoring(Trial):
    """A chain that grew since."""

    tasks = ("audit.tasks.anchor_heads",)
    files = ("audit/anchors.py",)

    def release(self, house):
        from django.db import transaction

        from accounts.actors import System
        from audit.services import record

        with transaction.atomic():
            record(subject="account:system", kind="drill.done", actor=System("drill"))

    def is_done(self):
        from audit import anchors
        from audit.models import Chain

        length = Chain.objects.get(pk="account:system").length
        path = anchors.newest()
        found = {one.subject: one.length for one in anchors.read(path)} if path else {}
        return found.get("account:system") == length


class Destroying(Trial):
    """A case whose documents two people decided to destroy."""

    tasks = ("applications.tasks.carry_out_all", "applications.tasks.carry_out")
    files = (
        "applications/services/destruction.py",
        "applications/services/destroyed.py",
        "documents/services/destroying.py",
        "documents/storage.py",
    )

    def prepare(self, house, number):
        from django.utils import timezone

        from applications.models import Application, Destruction
        from applications.services import retention
        from applications.services.standing import keep
        from workflow import services as workflow

        giver = house.person()
        for part in "ab":
            answer = giver.give_whole(f"{part} {number}.pdf", pdf(5000 + 2 * number + ord(part), SMALL))
            insist(answer.status == 201, f"the file was not taken: {answer}")
        at = timezone.now() - timedelta(days=7 * 366)
        rows = Application.objects.filter(pk=giver.case.pk)
        rows.update(state="submitted", reference=f"KZC-DRILL-{number}", submitted_at=at)
        rows.update(state="withdrawn", decided_at=at)
        keep([giver.case.pk])
        retention.find_due()
        self.pk = Destruction.objects.get(application=giver.case.pk).pk
        self._decide(workflow.propose, house.desk.lead)

    def release(self, house):
        from workflow import services as workflow

        self._decide(workflow.perform, house.desk.decider)

    def _decide(self, act, actor):
        from applications.models import Destruction

        version = Destruction.objects.get(pk=self.pk).version
        act(Destruction, self.pk, "destroy", actor=_fresh(actor), expected_version=version)

    def is_done(self):
        from applications.models import DestroyedFile, Destruction, DestructionCertificate

        found = Destruction.objects.get(pk=self.pk)
        files = DestroyedFile.objects.filter(destruction=found).exclude(destroyed_at=None).count()
        certificates = DestructionCertificate.objects.filter(destruction=found).count()
        return (found.state, files, certificates) == (Destruction.OVER, 2, 1)


def _fresh(user):
    return type(user).objects.get(pk=user.pk)


class Kills:
    def __init__(self, house):
        self.house, self.number, self.wrong, self.lost = house, 0, [], set()
        self.stops = house.state / "stops"
        self.stops.mkdir()
        house.start_redis()
        house.start_database()
        house.start_web()
        house.giver = house.person()
        self.set_up_desk()
        self.start_worker()

    def set_up_desk(self):
        from datetime import date

        from applications.samples.staff import sample_desk
        from regulators import services as law
        from regulators.models import Regulator

        regulator = Regulator.objects.get(code="AFSA")
        self.house.desk = sample_desk(regulator)
        first, second = self.house.desk.administrators
        period = law.enter_keeping_period(
            actor=_fresh(first),
            regulator=regulator,
            years=5,
            valid_from=date(2020, 1, 1),
            act="Drill",
            provision="1",
        )
        law.confirm_keeping_period(actor=_fresh(second), period=period)

    def start_worker(self):
        self.house.start_worker(app="drills.stopping_tasks", DRILL_STOPS=str(self.stops))

    def run(self, trials):
        kills = {}
        for trial in trials:
            name = trial.tasks[0].rpartition(".")[2]
            steps = self.steps_of(trial)
            points = sorted({1 + n * (steps - 1) // max(POINTS - 1, 1) for n in range(POINTS)})
            for count, point in enumerate(points):
                self.try_one(trial, point, whole=count % 2 == 1)
            kills[name] = f"{len(points)} of {steps} steps"
        insist(not self.wrong, f"{len(self.wrong)} kills left something wrong: {'; '.join(self.wrong[:2])}")
        return ", ".join(f"{name} {how}" for name, how in kills.items())

    def steps_of(self, trial):
        """How many steps it has where nothing happens to it."""
        self.begin(trial, 0)
        self.until_done(trial)
        until((self.stops / "passed").exists, "no run was watched")
        return len(json.loads((self.stops / "passed").read_text()))

    def try_one(self, trial, point, *, whole):
        try:
            self.begin(trial, point)
            until(self.stopped(trial), "no step was reached")
            where = (self.stops / "stopped").read_text()
            self.kill(whole=whole)
            self.until_done(trial)
        except Failed as failed:
            self.wrong.append(f"{trial.tasks[0]} before step {point}: {failed}")
            print(self.wrong[-1], file=sys.stderr, flush=True)
        else:
            print(
                f"{trial.tasks[0]}: {'worker' if whole else 'task'} before {where}",
                file=sys.stderr,
                flush=True,
            )

    def order(self, trial, stop_at):
        for name in ("stopped", "go", "passed"):
            (self.stops / name).unlink(missing_ok=True)
        asked = {"tasks": trial.tasks, "files": trial.files, "stop_at": stop_at}
        (self.stops / "order.part").write_text(json.dumps(asked))
        (self.stops / "order.part").rename(self.stops / "order")

    def begin(self, trial, stop_at):
        """No run from before may take the order: it would find nothing to do."""
        self.number += 1
        trial.prepare(self.house, self.number)
        until(self.is_quiet, "the worker did not come to rest")
        self.order(trial, stop_at)
        trial.release(self.house)

    def is_quiet(self):
        from notifications.models import Message, Status

        time.sleep(0.2)
        if Message.objects.filter(status=Status.WAITING).exists():
            outbox.look_again()
            self.send(Sending)
            time.sleep(1)
        return not self.queued() and self.taken() <= self.lost

    def queued(self):
        with Redis.from_url(self.house.valkey.url) as server:
            return server.llen("celery")

    def taken(self):
        """What a worker has taken and not finished, those among it that died."""
        with Redis.from_url(self.house.valkey.url) as server:
            return set(server.hkeys("unacked"))

    def stopped(self, trial):
        """Asks for the task where nothing did, and says whether it stands still."""
        began = time.monotonic()

        def ask():
            nonlocal began
            if (self.stops / "order").exists() and time.monotonic() - began > 3:
                began = time.monotonic()
                self.send(trial)
            return (self.stops / "stopped").exists()

        return ask

    def kill(self, *, whole):
        if whole:
            self.house.kill_worker()
            self.lost = self.taken()
            self.start_worker()
        else:
            self.house.kill_task()

    def until_done(self, trial):
        """As the timetable does, again and again, only sooner."""
        sent = 0.0

        def done():
            nonlocal sent
            if trial.is_done():
                return True
            if time.monotonic() - sent > 2:
                sent = time.monotonic()
                self.send(trial)
                if not isinstance(trial, Sending):
                    self.send(Sending)
            time.sleep(0.2)
            return False

        until(done, "it was not done again")

    def send(self, trial):
        from celery import current_app

        current_app.send_task(trial.tasks[0], expires=30)


def drill():
    with Mailbox() as mailbox, House(**mailbox.settings, CLAMD_ADDRESS="") as house:
        house.environment["AUDIT_ANCHOR_DIR"] = str(house.state / "anchors")
        trials = [Sending(), Reminding(), Anchoring()]
        if clamd.program():
            scanner = clamd.Clamd(house.state)
            scanner.start(house.family, house.environment, clamd.program())
            house.environment["CLAMD_ADDRESS"] = scanner.url
            trials.append(Scanning())
        trials.append(Destroying())
        kills = Kills(house)
        said = kills.run(trials)
        repeats = outbox.all_went(mailbox, most=2)
        outbox.said_once()
        outbox.no_broken_record()
        return f"{said}; {len(set(mailbox.taken))} mails, {repeats} of them twice, none oftener; none lost"


if __name__ == "__main__":
    print(drill())
