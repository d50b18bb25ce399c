"""Two beats run at once, are restarted five times in the minute in which reminders are due, and are away over
the time at which others are due: each reminder once.
"""

import time
from datetime import timedelta

from drills import outbox
from drills.house import House, insist, until
from drills.mailbox import Mailbox

DRAFTS = 10
RESTARTS = 5
AWAY = timedelta(hours=3)
TASK = "applications.tasks.raise_due"


class Beats:
    def __init__(self, house):
        self.house, self.running, self.told = house, [], 0
        house.start_redis()
        house.start_database()
        house.port = 0  # nobody opens a page
        self.all_at_rest()
        house.start_worker()

    def start(self):
        count = len(self.running)
        self.running += [self.house.start_celery("beat", name=f"beat-{count + n}") for n in (1, 2)]

    def wait_for_a_look(self):
        """Until one of them sent what is due every five seconds, and five seconds more."""
        from kzcustody_site.health import OFTEN
        from kzcustody_site.models import Timer

        last = Timer.objects.get(pk=OFTEN).sent_at
        until(lambda: Timer.objects.get(pk=OFTEN).sent_at != last, "no beat looked at the timetable")
        time.sleep(5)

    def kill(self):
        for one in self.running:
            self.house._kill(one)
        self.running = []

    def all_at_rest(self):
        """Every task was sent and begun just now."""
        from django.utils import timezone

        from kzcustody_site import beat
        from kzcustody_site.models import Timer

        now = timezone.now()
        for name in beat.timetable():
            Timer.objects.update_or_create(task=name, defaults={"sent_at": now, "begun_at": now})

    def due_in(self, seconds):
        """The task whose turn it then is, last begun when it was last sent."""
        from django.utils import timezone

        from kzcustody_site import beat
        from kzcustody_site.models import Timer

        at = timezone.now() + timedelta(seconds=seconds) - beat.timetable()[TASK]
        Timer.objects.filter(pk=TASK).update(sent_at=at, begun_at=at)

    def idle_drafts(self):
        """Each of another firm, of which its one person is to be reminded."""
        from django.utils import timezone

        from applications.models import Application

        for _ in range(DRAFTS):
            case = self.house.person().case
            Application.objects.filter(pk=case.pk).update(saved_at=timezone.now() - timedelta(days=15))
        self.told += DRAFTS

    def runs(self):
        """How often a worker began the task."""
        return self.house.worker.log.read_text(errors="replace").count(f"Task {TASK}[") // 2

    def all_told(self):
        from notifications.models import Message, Status

        reminders = Message.objects.filter(template="draft_idle", status=Status.SENT)
        return reminders.count() == self.told


def drill():
    with Mailbox() as mailbox, House(**mailbox.settings) as house:
        beats = Beats(house)
        beats.idle_drafts()
        beats.due_in(20)
        for _ in range(RESTARTS):
            beats.start()
            beats.wait_for_a_look()
            beats.kill()
        beats.start()
        until(beats.all_told, "not everybody was reminded")
        beats.kill()
        until(lambda: beats.runs() == 1, f"the task ran {beats.runs()} times in its minute")
        beats.idle_drafts()
        beats.due_in(-AWAY.total_seconds())
        beats.start()
        until(beats.all_told, "not everybody was reminded after the beats were away")
        time.sleep(10)
        insist(beats.runs() == 2, f"the task ran {beats.runs() - 1} times to catch up")
        repeats = outbox.all_went(mailbox, most=1)
        outbox.said_once()
        outbox.no_broken_record()
        return (
            f"{beats.told} reminders, {len(mailbox.taken)} mails, {repeats} twice; two beats, both restarted "
            f"{RESTARTS} times in the minute: one run; away for {AWAY // timedelta(hours=1)} h: one more"
        )


if __name__ == "__main__":
    print(drill())
