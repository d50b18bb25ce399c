"""Two people on one task: each is told of the other, and neither loses what they typed."""

import threading

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.models import CapitalPeriod, Entity, Holding, TypedText
from applications.portal import presence
from applications.services.people import save_capital, save_person
from tests.plugins.cases import fresh, new_applicant
from tests.portal.conftest import url_of
from workflow.errors import Conflict


@pytest.fixture(autouse=True)
def _empty_cache():
    caches["quick"].clear()


@pytest.fixture
def colleague(draft_case):
    other = new_applicant("Дана Екінші")
    Membership.objects.create(user=other, firm=draft_case.firm, role="editor")
    return fresh(other)


@pytest.fixture
def other(signed_in, colleague):
    return signed_in(colleague)


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-08")


@pytest.fixture
def poll(draft_case):
    return lambda browser, page: browser.get(reverse("portal:presence", args=[draft_case.pk]), {"page": page})


def body(response):
    return response.content.decode()


def fields_of(response):
    """What a browser would send back from the main form of this page."""
    form = response.context["form"]
    fields = {"typed_mark": response.context["typed_page"].mark}
    for name, field in form.fields.items():
        value = form[name].value()
        if hasattr(field.widget, "widgets"):
            parts = value if isinstance(value, list) else field.widget.decompress(value)
            fields |= {
                f"{name}_{key}": part or "" for key, part in zip(("day", "month", "year"), parts, strict=True)
            }
        elif value is not None and value is not False:
            fields[name] = value
    return fields


# --- who is here


def test_a_colleague_on_the_same_page_is_named_with_the_time(browser, other, url, poll):
    assert "is editing this too" not in body(other.get(url))
    now = f"{timezone.localtime():%H:%M}"
    told = f"Дана Екінші is editing this too, since {now}."
    assert told in body(browser.get(url))
    assert told in body(poll(browser, url))
    assert "Aigerim Testova is editing this too" in body(poll(other, url))


def test_another_page_names_nobody(browser, other, draft_case, url):
    other.get(url)
    assert "is editing this too" not in body(browser.get(url_of(draft_case, "BP-02")))


def test_who_saves_and_goes_on_is_not_there_any_more(browser, other, url, poll):
    fields = fields_of(other.get(url))
    other.post(url, fields | {"text": "Done."})
    assert body(poll(browser, url)).strip() == ""


def test_it_lasts_a_little_longer_than_two_polls_and_some_minutes_without_scripts(
    browser, other, url, poll, monkeypatch
):
    def seen_after(seconds, act):
        caches["quick"].clear()
        began = timezone.now()
        act()
        monkeypatch.setattr(presence.timezone, "now", lambda: began + timezone.timedelta(seconds=seconds))
        try:
            return "is editing this too" in body(poll(browser, url))
        finally:
            monkeypatch.undo()

    assert seen_after(70, lambda: poll(other, url))
    assert not seen_after(80, lambda: poll(other, url))
    assert seen_after(290, lambda: other.get(url))
    assert not seen_after(310, lambda: other.get(url))


def test_who_only_reads_is_not_named_and_others_are_told_nothing(browser, signed_in, draft_case, url, poll):
    viewer = new_applicant("Only Viewer")
    Membership.objects.create(user=viewer, firm=draft_case.firm, role="viewer")
    reader, stranger = signed_in(fresh(viewer)), signed_in(new_applicant("A Stranger"))
    browser.get(url)
    assert "is editing this too" not in body(reader.get(url))
    assert poll(reader, url).status_code == 404
    assert poll(stranger, url).status_code == 404
    assert poll(Client(), url).status_code == 403
    assert poll(browser, "/applications/").status_code == 404
    assert "is editing this too" not in body(browser.get(url))


def test_a_cache_that_is_away_harms_nothing(browser, url, poll, settings):
    away = {**settings.CACHES["quick"], "LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = {**settings.CACHES, "quick": away}
    assert browser.get(url).status_code == 200
    assert poll(browser, url).status_code == 200


# --- both changed it


def test_the_clash_of_an_answer_is_side_by_side_with_a_choice(browser, other, url):
    mine, theirs = fields_of(browser.get(url)), fields_of(other.get(url))
    other.post(url, theirs | {"text": "In Almaty."})
    page = browser.post(url, mine | {"text": "In Astana."})
    assert page.status_code == 409
    rows = [(row.label, row.theirs, row.mine) for row in page.context["clash"].rows]
    assert rows == [("Your answer", "In Almaty.", "In Astana.")]
    assert "Saved by Дана Екінші" in body(page)
    assert "Keep theirs" in body(page)
    again = fields_of(page)
    assert (again["version"], again["text"]) == ("1", "In Astana.")
    assert browser.post(url, again).status_code == 302


def test_keeping_theirs_throws_mine_away(browser, other, url):
    mine, theirs = fields_of(browser.get(url)), fields_of(other.get(url))
    other.post(url, theirs | {"text": "In Almaty."})
    page = browser.post(url, mine | {"text": "In Astana."})
    assert TypedText.objects.get().fields["text"] == ["In Astana."]
    kept = browser.post("/applications/typed/away/", fields_of(page))
    assert kept.url == url
    assert not TypedText.objects.exists()
    assert ">\nIn Almaty.</textarea>" in body(browser.get(url))


def test_the_same_person_in_two_windows_is_a_clash_too(browser, url):
    first, second = fields_of(browser.get(url)), fields_of(browser.get(url))
    assert browser.post(url, first | {"text": "One."}).status_code == 302
    assert browser.post(url, second | {"text": "Two."}).status_code == 409


def test_two_editors_of_a_person(browser, other, draft_case, add_person):
    person = add_person(1)
    url = reverse("portal:person", args=[draft_case.pk, person.pk])
    mine, theirs = fields_of(browser.get(url)), fields_of(other.get(url))
    assert other.post(url, theirs | {"given_names": "Дана Ә", "born_on_year": "1990"}).status_code == 302
    page = browser.post(url, mine | {"family_name": "Қожа", "citizenship": "GB"})
    assert page.status_code == 409
    rows = {row.label: (row.theirs, row.mine) for row in page.context["clash"].rows}
    assert rows == {
        "Given names in Cyrillic": ("Дана Ә", "Дана 1"),
        "Family name in Cyrillic": ("Қожахметова", "Қожа"),
        "Date of birth": ("25 July 1990", "25 July 1988"),
        "Citizenship": ("Ireland", "United Kingdom"),
    }
    assert person.identifier not in body(page)
    assert fresh(person).given_names == "Дана Ә"
    assert browser.post(url, fields_of(page)).status_code == 302
    now = fresh(person)
    assert (now.given_names, now.family_name, now.citizenship) == ("Дана 1", "Қожа", "GB")


def test_two_editors_add_the_same_person(browser, other, draft_case):
    url = reverse("portal:person", args=[draft_case.pk])
    typed = {
        "latin_given_names": "Ann", "born_on_day": "1", "born_on_month": "2", "born_on_year": "1980",
        "citizenship": "IE", "residence": "KZ", "identifier_kind": "passport", "identifier": "P7654321",
        "functions": [draft_case.book.functions[0].code],
    }  # fmt: skip
    mine, theirs = fields_of(browser.get(url)), fields_of(other.get(url))
    assert other.post(url, theirs | typed).status_code == 302
    page = browser.post(url, mine | typed | {"latin_given_names": "Anna"})
    assert page.status_code == 409
    assert browser.post(url, fields_of(page) | {"identifier": "P7654321"}).status_code == 302
    assert [post.person.latin_given_names for post in draft_case.posts.all()] == ["Anna"]


def test_two_editors_of_one_moment_of_the_capital(browser, other, draft_case):
    first, second, *_rest = draft_case.book.capital.lines
    url = reverse("portal:capital", args=[draft_case.pk, "now"])
    elsewhere = reverse("portal:capital", args=[draft_case.pk, "year1"])
    mine, theirs = fields_of(browser.get(url)), fields_of(other.get(url))
    assert other.post(url, theirs | {first.code: "1 000"}).status_code == 302
    assert other.post(elsewhere, fields_of(other.get(elsewhere)) | {first.code: "5"}).status_code == 302
    page = browser.post(url, mine | {first.code: "2 000", second.code: "7"})
    assert page.status_code == 409
    rows = [(row.theirs, row.mine) for row in page.context["clash"].rows]
    assert rows == [("1,000", "2,000"), ("", "7")]
    assert browser.post(url, fields_of(page)).status_code == 302
    figures = dict(draft_case.capital.filter(period="now").values_list("line", "amount"))
    assert figures == {first.code: 2000, second.code: 7}


def test_two_editors_of_one_holding(browser, other, draft_case):
    firm = draft_case.entities.get(is_applicant=True)
    holder = Entity.objects.create(application=draft_case, name="Holding LLP")
    url = reverse("portal:ownership", args=[draft_case.pk])
    typed = {"owner": f"entity:{holder.pk}", "owned": str(firm.pk), "kind": "own", "voting": "10"}
    mine, theirs = fields_of(browser.get(url)), fields_of(other.get(url))
    assert other.post(url, theirs | typed | {"economic": "5"}).status_code == 302
    assert browser.post(url, mine | typed | {"economic": "20"}).status_code == 422
    opened = f"{url}?change={Holding.objects.get().pk}"
    mine, theirs = fields_of(browser.get(opened)), fields_of(other.get(opened))
    assert other.post(url, theirs | {"economic": "10"}).status_code == 302
    page = browser.post(url, mine | {"economic": "20"})
    assert page.status_code == 409
    assert [(row.theirs, row.mine) for row in page.context["clash"].rows] == [("10", "20")]
    assert Holding.objects.get().economic == 10
    assert browser.post(url, fields_of(page)).status_code == 302
    assert Holding.objects.get().economic == 20
    # what the page showed can be changed, and another holding is no clash
    fields = fields_of(browser.get(opened))
    assert browser.post(url, fields | {"economic": "30"}).status_code == 302
    added = fields | {"change": "", "kind": "trust", "economic": "1"}
    assert browser.post(url, added).status_code == 302
    assert sorted(Holding.objects.values_list("kind", "economic")) == [("own", 30), ("trust", 1)]


@pytest.mark.parametrize("seen", ["x", "1:", ":", "1:2:3", "٣:1", "9" * 300, f"1:{'9' * 5000}"])
def test_a_crafted_list_of_holdings_is_a_clash_and_no_fault(browser, draft_case, seen):
    firm = draft_case.entities.get(is_applicant=True)
    holder = Entity.objects.create(application=draft_case, name="Holding LLP")
    url = reverse("portal:ownership", args=[draft_case.pk])
    typed = {
        "owner": f"entity:{holder.pk}", "owned": str(firm.pk), "kind": "own", "voting": "10",
        "economic": "10", "seen": seen,
    }  # fmt: skip
    assert browser.post(url, typed).status_code == 302
    assert browser.post(url, typed | {"change": Holding.objects.get().pk}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins(draft_case, firm_user, colleague, add_person):
    person, line = add_person(1), draft_case.book.capital.lines[0].code
    gate, outcomes = threading.Barrier(2), []
    fields = {
        name: getattr(person, name)
        for name in ("family_name", "given_names", "patronymic", "born_on", "citizenship", "residence",
                     "identifier_kind", "identifier")
    }  # fmt: skip

    def save(actor):
        gate.wait()
        for act in (
            lambda: save_person(
                actor=actor, case_id=draft_case.pk, person=person, expected_version=1,
                functions=[draft_case.book.functions[0].code], **fields,
            ),
            lambda: save_capital(
                actor=actor, case_id=draft_case.pk, period="now", currency="USD", amounts={line: 1},
                expected_version=0,
            ),
        ):  # fmt: skip
            try:
                act()
                outcomes.append("kept")
            except Conflict:
                outcomes.append("refused")
        connection.close()

    threads = [threading.Thread(target=save, args=[user]) for user in (firm_user, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "kept", "refused", "refused"]
    assert (fresh(person).version, CapitalPeriod.objects.get().version) == (2, 1)
