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

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


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
        self.documents.mkdir(exist_ok=True)
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
        children = (
            Path(f"/proc/{self.web.process.pid}/task/{self.web.process.pid}/children").read_text().split()
        )
        return int(children[0]) if children else None

    def kill_web(self):
        """The worker alone: its master starts another."""
        os.kill(self.web_worker(), signal.SIGKILL)

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
