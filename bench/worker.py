"""One side of the comparison in its own process: a line of JSON in is an order, a line out its answer."""

import importlib
import json
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

SETTINGS = {"house": "kzcustody_site.settings", "floor": "bench.floor.settings"}
CSRF = "b" * 32


class Worker:
    def __init__(self, side):
        from django.core.wsgi import get_wsgi_application

        self.side = side
        self.app = get_wsgi_application()
        self.cookies, self.waiting = {}, []

    def migrate(self):
        self.side.migrate()

    def fill(self, cases):
        self.side.fill(cases)
        self.side.settle()
        self.sign_in()
        self.waiting = self.side.approvals()
        return len(self.waiting)

    def sign_in(self):
        self.cookies = {name: _signed_in(user) for name, user in self.side.people().items()}
        self.pages = self.side.pages()

    def page(self, name, times):
        """Milliseconds of each call, and the queries of the last."""
        who, path = self.pages[name]
        return self._measure([lambda: self.call(who, path)] * times)

    def approve(self, times):
        return self._measure([lambda item=item: self.side.approve(item) for item in self._take(times)])

    def approve_page(self, times):
        forms = [self.side.approve_form(item) for item in self._take(times)]
        return self._measure([lambda form=form: self.call(*form) for form in forms])

    def approve_together(self, threads, each):
        """Approvals a second, by so many threads at once."""
        from django.db import connection

        batches = [[] for _ in range(threads)]
        place = {}
        for item in self._take(
            threads * each
        ):  # the stages of one case in one thread, for they have an order
            batches[place.setdefault(item[0], len(place)) % threads].append(item)

        def run(batch):
            try:
                for item in batch:
                    self.side.approve(item)
            finally:
                connection.close()

        start = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, batches))
        return threads * each / (time.perf_counter() - start)

    def memory(self):
        """MB in use now."""
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))

    def close(self):
        self.side.close()

    def call(self, who, path, form=None):
        body = b"" if form is None else urlencode({**form, "csrfmiddlewaretoken": CSRF}).encode()
        address, _sign, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET" if form is None else "POST",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": f"{self.cookies[who]}; {_csrf_cookie()}={CSRF}",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        }
        answer = []
        response = self.app(environ, lambda status, headers, error=None: answer.append(status))
        content = b"".join(response)
        response.close()
        if answer != ["200 OK" if form is None else "302 Found"]:
            raise RuntimeError(f"{path}: {answer[0]}\n{content.decode()[:2000]}")

    def _take(self, count):
        if len(self.waiting) < count:
            raise RuntimeError("No stage is left to approve: ask for more cases, or fewer rounds.")
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        return taken

    def _measure(self, calls):
        from django.db import connection

        times, seen = [], []
        for number, call in enumerate(calls):
            seen.clear()
            start = time.perf_counter()
            if number == len(calls) - 1:  # the last is counted, and not timed
                with connection.execute_wrapper(_listen(seen)):
                    call()
            else:
                call()
                times.append((time.perf_counter() - start) * 1000)
        return {"ms": times, "queries": seen}


def _listen(seen):
    def wrapper(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    return wrapper


def signed_in_client(user):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    _has_shown_a_factor(client, user)
    return client


def _signed_in(user):
    from django.conf import settings

    client = signed_in_client(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _has_shown_a_factor(client, user):
    """As the sign-in of the house writes it down; the floor does not ask for one."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def _csrf_cookie():
    from django.conf import settings

    return settings.CSRF_COOKIE_NAME


def main(name):
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS[name]
    answers, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    logging.disable(logging.INFO)
    worker = Worker(importlib.import_module(f"bench.{name}.side"))
    for line in sys.stdin:
        order = json.loads(line)
        result = getattr(worker, order.pop("do"))(**order)
        print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
