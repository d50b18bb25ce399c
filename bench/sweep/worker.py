"""What the bench of the sweep asks of the house, in a process of its own."""

import time
from pathlib import Path

from bench.answering import Counter, answer

BARE = Path(__file__).with_name("bare.sql")


class Worker:
    def migrate(self):
        from django.core.management import call_command

        call_command("migrate", verbosity=0)

    def fill(self, cases):
        from bench.sweep import filling

        filling.fill(cases)

    def settle(self):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def sweep(self):
        """Milliseconds of one run, how many statements it took, and how many dates were new."""
        from django.db import connection

        from applications.reminders import raise_due

        counted = Counter()
        with connection.execute_wrapper(counted):
            start = time.perf_counter()
            new = raise_due()
        return {"ms": (time.perf_counter() - start) * 1000, "queries": counted.queries, "new": new}

    def bare(self):
        """Milliseconds of one statement that selects the due rows, and how many it finds."""
        from django.db import connection
        from django.utils import timezone

        asked = _days(timezone.localdate())
        with connection.cursor() as cursor:
            start = time.perf_counter()
            cursor.execute(BARE.read_text(encoding="utf-8"), asked)
            rows = cursor.fetchall()
        return {"ms": (time.perf_counter() - start) * 1000, "rows": len(rows)}

    def peak(self):
        """MB at most since the process began."""
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _days(today):
    """The near days, for each near day the one before which it must have been set."""
    from applications.due.staff import TO_TAKE
    from applications.due.steps import Steps
    from regulators.calendars import last_working_days

    near = Steps(today).near
    return {
        "today": today,
        "taken": last_working_days(today, TO_TAKE),
        "last": near[-1].day,
        "days": [one.day for one in near],
        "rules": [one.rule for one in near],
        "set_before": [one.set_before for one in near],
    }


def make():
    from kzcustody_site.celery import app

    app.conf.task_default_queue = "kzcustody-bench"
    return Worker()


if __name__ == "__main__":
    answer(make)
