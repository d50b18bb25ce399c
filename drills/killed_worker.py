"""A worker of Celery is killed while the scanner reads a file: once the process of the task, once all."""

import signal
import time

from drills.house import House, insist, until
from drills.kills import SMALL, pdf
from kzcustody_site.embedded import clamd

CLAIM = 62  # with CLAMD_TIMEOUT=1, the seconds after which a scan that was cut off is begun anew
TIMER = 10


class Scans:
    def __init__(self, house):
        self.house = house
        self.scanner = clamd.Clamd(house.state)
        self.clamd = self.scanner.start(house.family, house.environment, clamd.program())
        house.environment |= {
            "CLAMD_ADDRESS": self.scanner.url,
            "CLAMD_TIMEOUT": "1",
        }
        house.start_database()
        house.start_web()
        self.person = house.person()
        house.start_celery("beat")
        house.start_worker()

    def cut_off(self, name, kill):
        """A file whose scan hangs when its process is killed; it stays as it was received."""
        from documents.models import Document

        self.clamd.process.send_signal(signal.SIGSTOP)
        answer = self.person.give_whole(name, pdf(len(name), SMALL))
        insist(answer.status == 201, f"the file was not taken: {answer}")
        document = Document.objects.get(name=name)
        until(lambda: self._claimed(document), "the scan did not begin")
        kill()
        self.clamd.process.send_signal(signal.SIGCONT)
        document.refresh_from_db()
        insist(document.status == "waiting" and not document.usable, f"it is called {document.status}")
        return document

    def _claimed(self, document):
        due = document.scan_due_at
        document.refresh_from_db(fields=["scan_due_at"])
        return document.scan_due_at > due

    def kill_all(self):
        self.house.kill_worker()
        self.house.start_worker()


def drill():
    insist(clamd.program(), "there is no clamd on this machine")
    with House() as house:
        scans = Scans(house)
        kills = {"task.pdf": house.kill_task, "worker.pdf": scans.kill_all}
        documents = [scans.cut_off(name, kill) for name, kill in kills.items()]
        killed_at = time.monotonic()
        waits = []
        for document in documents:
            until(lambda one=document: _is_clean(one), f"{document} was not scanned again", 3 * CLAIM)
            waits.append(time.monotonic() - killed_at)
        insist(_scans(documents) == [1, 1], f"verdicts of each: {_scans(documents)}")
        return f"two scans cut off, no file clean meanwhile; both after {max(waits):.0f} s, one verdict each"


def _is_clean(document):
    document.refresh_from_db()
    return document.status == "clean"


def _scans(documents):
    from audit.models import Event

    events = Event.objects.filter(kind="document.scanned")
    return [events.filter(subject=f"document:{one.pk}").count() for one in documents]


if __name__ == "__main__":
    print(drill())
