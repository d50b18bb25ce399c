"""What the bench of the pipeline asks of the house, in a process of its own."""

import sys
import time
from importlib import import_module
from pathlib import Path

from bench.answering import Counter, answer

PAGES = ("overview", "time", "flow", "load", "forecast", "friction")
LIVE = Path(__file__).with_name("live.sql")
AS_THE_SERVER_WOULD = (
    "SET max_parallel_workers_per_gather = 2"  # the house turns it off, for its short statements
)


class Worker:
    def migrate(self):
        from django.core.management import call_command

        call_command("migrate", verbosity=0)

    def fill(self, cases):
        """Cases with their whole histories; how many events there are."""
        from django.core.management import call_command

        from audit.models import Event

        call_command("load_rulebooks", stdout=sys.stderr)
        call_command("sample_cases", count=cases, stdout=sys.stderr)
        return {"events": Event.objects.count()}

    def settle(self):
        from django.db import connection

        from applications.pipeline.friction import fold as friction
        from applications.services import tallies

        tallies.fold()
        friction.fold()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def pages(self):
        """The pages of figures, by name."""
        from django.urls import reverse

        return {name: reverse(f"pipeline:{name}") for name in PAGES}

    def page(self, path, times):
        """Milliseconds of each call of a page but the first, and how many statements the last took."""
        took = [self._call(path) for _ in range(times + 1)]
        return {"ms": [ms for ms, _queries in took[1:]], "queries": took[-1][1]}

    def _call(self, path):
        counted = Counter()
        from django.db import connection

        client = self._client()
        with connection.execute_wrapper(counted):
            start = time.perf_counter()
            response = client.get(path, SERVER_NAME="localhost")
        took = (time.perf_counter() - start) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status_code}")
        return took, counted.queries

    def live(self):
        """Milliseconds of the statements that count the same anew."""
        from datetime import timedelta

        from django.db import connection
        from django.utils import timezone

        values = {"regulator": self._regulator(), "since": timezone.now() - timedelta(days=90)}
        with connection.cursor() as cursor:
            cursor.execute(AS_THE_SERVER_WOULD)
            start = time.perf_counter()
            for statement in LIVE.read_text(encoding="utf-8").removesuffix(";\n").split(";\n"):
                cursor.execute(statement, values)
                cursor.fetchall()
            took = (time.perf_counter() - start) * 1000
            cursor.execute("RESET max_parallel_workers_per_gather")
        return {"ms": took}

    _signed_in = None

    def _client(self):
        if self._signed_in is None:
            from bench.worker import signed_in_client

            self._signed_in = signed_in_client(self._manager())
        return self._signed_in

    def _manager(self):
        from regulators.models import Role, Staff

        leads = Staff.objects.filter(role=Role.LEAD_REVIEWER, regulator__code="AFSA")
        return leads.order_by("pk").first().user

    def _regulator(self):
        from regulators.models import Regulator

        return Regulator.objects.get(code="AFSA").pk


def make():
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing was collected
    import_module("kzcustody_site.wsgi")  # as it serves
    return Worker()


if __name__ == "__main__":
    answer(make)
