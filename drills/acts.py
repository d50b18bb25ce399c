"""Firms submit; an officer checks each submission, records the fee and accepts it: all through the web."""

import os
import re
import time

from drills.browser import Browser
from drills.house import insist

ACTS = int(os.environ.get("DRILL_ACTS", "100"))
PER_CASE = 4
LICENCE_TYPE, REGULATOR = "national-custody", "AFM"


class Acts:
    """``waits``: the seconds over which they are spread. What an answer said that was none of ours is in
    ``wrong``.
    """

    def __init__(self, house, *, waits):
        self.house, self.waits = house, waits
        self.wrong, self.slowest, self.done = [], 0.0, 0
        self.count = max(1, ACTS // PER_CASE)

    def prepare(self):
        """The regulator's staff, and as many drafts as are to be submitted, each of another firm."""
        from applications.samples.build import build_application
        from applications.samples.firms import make_firm
        from applications.samples.staff import sample_desk
        from regulators.models import LicenceType, Regulator

        desk = sample_desk(Regulator.objects.get(code=REGULATOR))
        self.officer = self._signed_in(desk.officer, is_staff=True)
        licence_type = LicenceType.objects.get(code=LICENCE_TYPE)
        self.cases = []
        for number in range(self.count):
            serial = 700 + number
            email = f"firm{number}@example.test"
            user, firm = make_firm(
                email=email, person="Ғалым Әлімжанов", name=f"Firm {number}", serial=serial
            )
            case = build_application(
                actor=user, firm=firm, licence_type=licence_type, serial=1000 + serial * 10
            )
            self.cases.append((case, self._signed_in(user)))

    def run(self, between=None):
        """All of them, as many as there are; ``between(done, of)`` is called after each."""
        total, began = self.count * PER_CASE, time.monotonic()
        for case, firm in self.cases:
            for act in (self._submit, self._check, self._pay, self._accept):
                act(case, firm)
                self.done += 1
                if between:
                    between(self.done, total)
                time.sleep(max(0.0, began + self.waits * self.done / total - time.monotonic()))
        self._insist_on_what_was_done()

    def _insist_on_what_was_done(self):
        from applications.models import Application

        insist(not self.wrong, f"{len(self.wrong)} of {self.done} acts failed: {self.wrong[:2]}")
        states = set(Application.objects.values_list("state", flat=True))
        insist(states == {"in_review"}, f"cases stand at {states}")

    def _submit(self, case, firm):
        def fill(names, fields):
            reasons = {name: "Looked at: both are right." for name in names if name.startswith("looked_")}
            return {"role": "Director", "authority": "Register", "agreed": "on", **reasons}

        self._send(firm, f"/applications/{case.pk}/declare/", fill)

    def _check(self, case, firm):
        def fill(names, fields):
            return {name: "there" for name in names if name.startswith("mark_")} | {"record": "1"}

        self._send(self.officer, f"/desk/applications/application/{case.pk}/completeness/", fill)

    def _pay(self, case, firm):
        from django.utils import timezone

        today = timezone.localdate()
        day = {"on_day": today.day, "on_month": today.month, "on_year": today.year}

        def fill(names, fields):
            return {"fee": "paid", "reference": "Payment order 1", **day}

        self._send(self.officer, f"/desk/applications/application/{case.pk}/fee/", fill)

    def _accept(self, case, firm):
        self._send(
            self.officer, f"/desk/applications/application/{case.pk}/act/accept/", lambda names, fields: {}
        )

    def _send(self, browser, path, fill):
        began = time.monotonic()
        status, page = browser.send(path, fill)
        self.slowest = max(self.slowest, time.monotonic() - began)
        if status != 302:
            said = re.sub(r"<[^>]+>|\s+", " ", page[page.find("<main") :])
            self.wrong.append(f"{path}: {status} {' '.join(said.split())[:300]}")

    def _signed_in(self, user, *, is_staff=False):
        from allauth.account.internal.flows.login import (
            _AUTHENTICATION_METHODS_USER_SESSION_KEY,
            AUTHENTICATION_METHODS_SESSION_KEY,
        )
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        if is_staff:
            session = client.session
            shown = {"method": "mfa", "type": "totp", "at": time.time() + self.waits}
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [shown]
            session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
            session.save()
        name = settings.SESSION_COOKIE_NAME
        return Browser(self.house.port, {name: client.cookies[name].value})
