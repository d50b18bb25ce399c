"""Legislation that was announced: entered, followed by somebody, and settled with how."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Event
from regulators import services
from regulators.models import PendingChange
from regulators.queries import changes_announced
from tests.regulators.conftest import browser, on, page
from workflow.errors import NotAllowed, NotReady

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 1)


def announce(actor, custody, owner, **fields):
    fields = {
        "title": "Amendments to the rules", "source": "Consultation paper 1", "url": "",
        "announced_on": date(2026, 9, 1), "in_force_on": DAY, **fields,
    }  # fmt: skip
    return services.announce_change(actor=actor, licence_type=custody, owner=owner, **fields)


def test_a_change_is_in_force_from_its_day_until_it_is_settled(custody, pair, officer):
    change = announce(pair[0], custody, officer)
    unknown = announce(pair[0], custody, officer, in_force_on=None)
    assert [c.is_in_force(DAY - timedelta(days=1)) for c in (change, unknown)] == [False, False]
    assert [c.is_in_force(DAY) for c in (change, unknown)] == [True, False]
    services.settle_change(actor=pair[1], change=change, how="Rule book 2027.1 answers it.")
    change.refresh_from_db()
    assert not change.is_in_force(DAY)
    assert list(changes_announced(custody)) == [unknown]
    with pytest.raises(NotReady, match="settled already"):
        services.settle_change(actor=pair[1], change=change, how="Again.")
    with pytest.raises(NotReady, match="Say how"):
        services.settle_change(actor=pair[1], change=unknown, how=" ")


def test_somebody_else_follows_it(custody, pair, officer, foreigner):
    change = announce(pair[0], custody, officer, in_force_on=None)
    services.hand_change_over(actor=pair[0], change=change, owner=pair[1], in_force_on=DAY)
    change.refresh_from_db()
    assert (change.owner, change.in_force_on) == (pair[1], DAY)
    with pytest.raises(NotReady, match="has to serve the regulator"):
        services.hand_change_over(actor=pair[0], change=change, owner=foreigner, in_force_on=DAY)
    kinds = Event.objects.filter(subject="licence-type:providing-custody").order_by("number")
    assert [event.kind for event in kinds] == ["pending_change.enter", "pending_change.hand_over"]


@pytest.mark.parametrize(("ahead", "put_off"), [(0, False), (1, True)])
def test_what_is_in_force_is_handed_over_but_not_put_off(custody, pair, officer, ahead, put_off):
    comes = timezone.localdate() + timedelta(days=ahead)
    change = announce(pair[0], custody, officer, in_force_on=comes)
    services.hand_change_over(actor=pair[0], change=change, owner=pair[1], in_force_on=comes)
    for day in (comes + timedelta(days=1), None):
        if put_off:
            services.hand_change_over(actor=pair[0], change=change, owner=pair[1], in_force_on=day)
            continue
        with pytest.raises(NotReady, match="its day stays"):
            services.hand_change_over(actor=pair[0], change=change, owner=pair[1], in_force_on=day)
    change.refresh_from_db()
    assert change.in_force_on == (None if put_off else comes)


def test_officers_and_other_regulators_are_refused(custody, pair, officer, foreigner):
    change = announce(pair[0], custody, officer)
    for actor in (officer, foreigner):
        for act in (
            lambda actor=actor: announce(actor, custody, officer),
            lambda actor=actor: services.settle_change(actor=actor, change=change, how="So."),
            lambda actor=actor: services.hand_change_over(
                actor=actor, change=change, owner=officer, in_force_on=None
            ),
        ):
            with pytest.raises(NotAllowed, match="Only an administrator or a lead reviewer"):
                act()


def test_the_pages_of_a_change(custody, pair, officer, foreigner):
    typed = {
        "licence_type": custody.pk, "title": "Amendments", "source": "Paper 1", "owner": officer.pk,
        **on(timezone.localdate(), "announced_on"), **on(DAY, "in_force_on"),
    }  # fmt: skip
    enter = page("regulators_pendingchange_enter")
    statuses = [browser(user).post(enter, typed).status_code for user in (officer, foreigner, pair[0])]
    assert statuses == [403, 422, 302]
    change = PendingChange.objects.get()
    over = {"owner": pair[1].pk, **on(DAY, "in_force_on")}
    for name, data in (("hand_over", over), ("settle", {"how": "In 2027.1."})):
        url = page(f"regulators_pendingchange_{name}", change)
        statuses = [browser(user).post(url, data).status_code for user in (foreigner, officer, pair[0])]
        assert statuses == [404, 403, 302]
    change.refresh_from_db()
    assert (change.owner, change.settled_how) == (pair[1], "In 2027.1.")


def test_the_page_on_the_law_names_unsettled_changes_of_its_licence_type(custody, pair, officer):
    change = announce(pair[0], custody, officer, title="Amendments of the year 2027")
    pages = ["/law/afsa-custody/2026.2/", "/law/nbk-exchange/2026.1/"]

    def named():
        return ["Amendments of the year 2027" in Client().get(url).content.decode() for url in pages]

    assert named() == [True, False]
    assert officer.full_name not in Client().get(pages[0]).content.decode()
    services.settle_change(actor=pair[0], change=change, how="In 2027.1.")
    assert named() == [False, False]
