"""The page of the default run that shows the codes of the sample staff, and of nobody else."""

import re

import pytest
from django.test import RequestFactory
from django.urls import reverse

from applications.samples.staff import give_apps, sample_desk
from kzcustody_site import sample_codes
from tests.plugins.cases import new_staff
from tests.plugins.second_factor import app_of

ROW = re.compile(r'<th scope="row">(\S+)</th><td><code>(\d{6})</code></td><td><code>(\d{6})</code>')


@pytest.fixture
def shown(client):
    """A function: what the page shows, by account: the code of now and the next."""

    def look():
        request = RequestFactory().get("/codes/")
        request.user = request.session = None
        html = sample_codes.page(request).content.decode()
        return {email: (now, later) for email, now, later in ROW.findall(html)}

    return look


def test_sample_staff_sign_in_with_what_it_shows(afm, client, shown, time_machine):
    desk = sample_desk(afm.regulator, together=True)
    give_apps(desk)
    own = new_staff("Own app")
    app_of(own)
    time_machine.move_to("2026-11-30 09:00:05+00:00", tick=False)
    people = (desk.officer, desk.colleague, desk.decider, desk.second, *desk.administrators)
    emails = {user.email for user in people}

    codes = shown()
    assert set(codes) == emails

    client.post(reverse("account_login"), {"login": desk.officer.email, "password": "kzcustody-sample-2026"})
    client.post(reverse("mfa_authenticate"), {"code": codes[desk.officer.email][0]})
    assert client.get("/desk/").status_code == 200
    time_machine.shift(30)
    assert {email: now for email, (now, _later) in shown().items()} == {
        email: later for email, (_now, later) in codes.items()
    }
    give_apps(desk)  # a second time, nothing
    assert set(shown()) == emails
