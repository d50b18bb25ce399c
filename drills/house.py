"""What every drill stands on: a PostgreSQL that keeps what it promises (the throwaway one does not), folders,
the rows that a person needs to give a file, and the processes of the service."""

import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
import uuid
from pathlib import Path

from kzcustody_site.embedded import places, ports
from kzcustody_site.embedded.postgres import Postgres
from kzcustody_site.embedded.processes import Family, finish
from kzcustody_site.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60
QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")


class Failed(Exception):  # noqa: N818
    """What a drill found to be otherwise than it must be."""


def insist(is_so, otherwise):
    if not is_so:
        raise Failed(otherwise)


def until(ready, otherwise, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := ready()):
        insist(time.monotonic() < end, f"{otherwise} in {seconds} s")
        time.sleep(0.01)
    return found


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class House:
    def __init__(self, **told):
        self.state = Path(tempfile.mkdtemp(prefix=f"kzcustody-{places.digest(ROOT)}-drill-"))
        self.family = Family(self.state)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DATABASE")},
            "KZCUSTODY_RUN_DIR": str(self.state),
            "FILES_PER_ANSWER": "5000",
            "FILES_PER_FIRM": "5000",
            **told,
        }
        self.documents = Path(self.environment.setdefault("DOCUMENTS_DIR", str(self.state / "documents")))
        self.quarantine = Path(self.environment.setdefault("QUARANTINE_DIR", str(self.state / "quarantine")))
        for folder in (self.documents, self.quarantine):
            folder.mkdir(exist_ok=True)
        self.people = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.family.stop()
        places.forget(self.state)

    # --- the database
    def start_database(self, folder=None):
        """In ``folder``, where its data shall lie on another volume."""
        self.postgres = Postgres(folder or self.state)
        self.server = self.postgres.start(self.family, self.environment)
        self.environment["DATABASE_URL"] = self.postgres.app_url
        owner = {**self.environment, "DATABASE_OWNER_URL": self.postgres.owner_url}
        self.manage("migrate", "--no-input", "-v", "0", environment=owner)
        self.manage("grant_app_role", environment=owner)
        self.manage("load_rulebooks")
        self.manage("collectstatic", "--no-input", "-v", "0")
        self.set_up_django()

    def kill_database(self):
        """As ``pg_ctl stop -m immediate``: nothing is written down any more."""
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(PATIENCE)
        self.family.children.remove(self.server)

    def restart_database(self):
        self.server = self.postgres.start(self.family, self.environment)

    def manage(self, *arguments, environment=None):
        command = [sys.executable, "manage.py", *arguments]
        return finish(
            command, environment=environment or self.environment, said_by=f"manage.py {arguments[0]}"
        )

    def set_up_django(self):
        os.environ.update(self.environment)
        os.environ["DJANGO_SETTINGS_MODULE"] = "kzcustody_site.settings"
        import django

        django.setup()

    # --- the service
    def start_web(self, application="kzcustody_site.wsgi", *options, **told):
        port, sockets = ports.listen(18000 + os.getpid() % 10000)
        numbers = [listening.fileno() for listening in sockets]
        binds = [part for number in numbers for part in ("--bind", f"fd://{number}")]
        workers = ["--workers", "1", "--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
        command = [sys.executable, "-m", "gunicorn", application, *workers, *options, *binds]
        environment = {**self.environment, **told}
        self.web = self.family.start("web", command, environment=environment, pass_fds=numbers)
        for listening in sockets:
            listening.close()
        self.port = port
        self.family.wait_for(self.web, self.answers)

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as line:
            line.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in line.recv(100)

    def web_worker(self):
        """The one process that serves."""
        return next(iter(children(self.web.process.pid)), None)

    def kill_web(self):
        """The worker alone: its master starts another."""
        os.kill(self.web_worker(), signal.SIGKILL)

    # --- the broker, which keeps nothing on disk
    def start_redis(self):
        """Before ``start_database``, so that these processes know where it is."""
        self.valkey = Valkey(self.state)
        self.environment["REDIS_URL"] = self.valkey.url
        self.restart_redis()

    def kill_redis(self):
        self._kill(self.redis)

    def empty_redis(self):
        from redis import Redis

        with Redis.from_url(self.valkey.url) as server:
            server.flushall()

    def restart_redis(self):
        self.redis = self.valkey.start(self.family, self.environment)

    # --- the processes of Celery
    def start_worker(self, app="kzcustody_site", **told):
        self.worker = self.start_celery("worker", "--concurrency", "1", *QUIET, app=app, **told)
        log = self.worker.log
        self.family.wait_for(self.worker, lambda: " ready." in log.read_text(errors="replace"))

    def start_celery(self, what, *options, app="kzcustody_site", name=None, **told):
        command = [sys.executable, "-m", "celery", "-A", app, what, "--loglevel", "INFO", *options]
        return self.family.start(name or what, command, environment={**self.environment, **told})

    def kill_task(self):
        """The process of the task alone: its worker starts another."""
        for child in children(self.worker.process.pid):
            os.kill(child, signal.SIGKILL)

    def kill_worker(self):
        self._kill(self.worker)

    def _kill(self, child):
        """With all that it started."""
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait(PATIENCE)
        self.family.children.remove(child)

    # --- who gives files
    def person(self):
        """A founder with a draft, signed in."""
        from django.conf import settings
        from django.test import Client

        from accounts import services as accounts
        from accounts.actors import System
        from applications.models import Application
        from applications.services import drafting
        from drills.person import Person
        from regulators.models import LicenceType

        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        self.people += 1
        number = uuid.uuid4().int % 10**9
        user = accounts.create_applicant(
            actor=System("drill"),
            email=f"founder-{self.people}@example.test",
            full_name="Айгүл Сейітқызы",
            password=uuid.uuid4().hex,
            identifier=f"N{number:09d}",
        )
        firm = accounts.found_firm(
            actor=user, name="Altyn Custody", legal_form="aifc_private", no_bin_reason="not_yet", country="KZ"
        )
        licence_type = LicenceType.objects.get(code="providing-custody")
        started = drafting.start_application(actor=user, firm=firm, licence_type=licence_type)
        case = Application.objects.with_case().get(pk=started.pk)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return Person(self.port, case, user, {settings.SESSION_COOKIE_NAME: session})


@contextlib.contextmanager
def whole_house(*, waits):
    """The service as it is served (web, worker, beat, Redis, a mail server) with nothing left to send: the
    house, its mailbox, and acts that are ready to be done in it, spread over so many seconds.
    """
    from drills import outbox
    from drills.acts import Acts
    from drills.mailbox import Mailbox

    with Mailbox() as mailbox, House(**mailbox.settings, CLAMD_ADDRESS="") as house:
        house.start_redis()
        house.start_database()
        house.start_web()
        acts = Acts(house, waits=waits)
        acts.prepare()
        house.start_worker()
        house.start_celery("beat")
        until(lambda: not outbox.unsent(), "what was there before did not leave")
        yield house, mailbox, acts


def all_is_well(house, mailbox):
    """Everything went, at most one of a message twice, and nobody met an error. How many went twice."""
    from drills import outbox

    repeats = outbox.all_went(mailbox, most=1)
    outbox.no_broken_record()
    log = house.web.log.read_text(errors="replace")
    insist("Traceback" not in log, "the web server logged an error")
    return repeats
