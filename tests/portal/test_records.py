"""People, holdings and capital: the typed records behind some questions."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.models import CapitalFigure, Entity, Holding, Person, Post
from applications.samples.numbers import sample_iin
from tests.portal.conftest import url_of

PERSON = {
    "given_names": "Дана", "family_name": "Қожахметова", "patronymic": "Ерлановна", "born_on_day": "25",
    "born_on_month": "7", "born_on_year": "1988", "citizenship": "IE", "residence": "KZ",
    "identifier_kind": "passport", "identifier": "N 1234567", "functions": ["co", "director"],
}  # fmt: skip


def body(response):
    return response.content.decode()


def test_a_person_is_entered_with_posts_and_shown_on_a_card(browser, draft_case):
    added = browser.post(reverse("portal:person", args=[draft_case.pk]), PERSON)
    assert added.url == reverse("portal:people", args=[draft_case.pk])
    person = Person.objects.get()
    assert (person.born_on, person.citizenship, person.identifier) == (date(1988, 7, 25), "IE", "N1234567")
    assert sorted(Post.objects.values_list("function", flat=True)) == ["co", "director"]
    page = body(browser.get(added.url))
    assert "Дана Ерлановна Қожахметова" in page
    assert "Compliance Officer, Director" in page
    assert "Senior Executive Officer" in page  # nobody yet
    assert "answers missing" in page


def test_the_number_of_a_person_is_masked_and_kept_when_left_empty(browser, draft_case):
    browser.post(reverse("portal:person", args=[draft_case.pk]), PERSON)
    person = Person.objects.get()
    url = reverse("portal:person", args=[draft_case.pk, person.pk])
    page = body(browser.get(url))
    assert "N1234567" not in page
    assert "567" in page
    browser.post(
        url, {**PERSON, "version": 1, "identifier": "", "given_names": "Дана Б.", "functions": ["co"]}
    )
    person = Person.objects.get()
    assert (person.identifier, person.given_names) == ("N1234567", "Дана Б.")
    assert Post.objects.count() == 1


def test_a_wrong_number_is_named_at_its_field(browser, draft_case):
    url = reverse("portal:person", args=[draft_case.pk])
    page = browser.post(url, {**PERSON, "identifier_kind": "iin", "identifier": "123456789012"})
    assert page.status_code == 422
    assert 'href="#id_identifier"' in body(page)
    assert browser.post(url, {**PERSON, "identifier": "---"}).status_code == 422
    assert not Person.objects.exists()


def test_a_citizen_of_kazakhstan_gives_the_iin(browser, draft_case):
    url = reverse("portal:person", args=[draft_case.pk])
    page = browser.post(url, {**PERSON, "citizenship": "KZ"})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["identifier"]
    assert "A citizen of Kazakhstan has an IIN: enter it." in body(page)
    number = sample_iin(born="880725", century_digit=4, serial=1)
    iin = {"citizenship": "KZ", "identifier_kind": "iin", "identifier": number}
    assert browser.post(url, {**PERSON, **iin}).status_code == 302


def test_a_person_cannot_take_the_number_of_another(browser, draft_case, add_person):
    browser.post(reverse("portal:person", args=[draft_case.pk]), PERSON)
    other = add_person(2)
    page = browser.post(reverse("portal:person", args=[draft_case.pk, other.pk]), {**PERSON, "version": 1})
    assert page.status_code == 422
    assert "Another person of the firm has this number." in body(page)


def test_taking_a_person_out_asks_first(browser, draft_case, add_person):
    person = add_person(1)
    url = reverse("portal:person_remove", args=[draft_case.pk, person.pk])
    assert person.full_name in body(browser.get(url))
    assert Post.objects.count() == 1
    assert browser.post(url).status_code == 302
    assert Post.objects.count() == 0
    assert browser.get(url).status_code == 404


def hold(browser, case, **typed):
    firm = case.entities.get(is_applicant=True)
    data = {"owner": "new", "owned": str(firm.pk), "economic": "60", "voting": "60", "kind": "own", **typed}
    return browser.post(reverse("portal:ownership", args=[case.pk]), data)


def test_holdings_by_a_body_and_by_a_person_add_up(browser, draft_case, add_person):
    person = add_person(1, "controller")
    assert hold(browser, draft_case, name="Steppe Holdings", country="KZ").status_code == 302
    page = body(browser.get(reverse("portal:ownership", args=[draft_case.pk])))
    assert "add up to 60 %" in page
    assert "Must be 100 %" in page
    assert (
        hold(browser, draft_case, owner=f"person:{person.pk}", economic="40,0", voting="40").status_code
        == 302
    )
    page = body(browser.get(reverse("portal:ownership", args=[draft_case.pk])))
    assert "add up to 100 %" in page
    assert "Must be 100 %" not in page
    assert Entity.objects.get(name="Steppe Holdings").country == "KZ"


def test_a_holding_is_changed_and_its_holder_taken_out(browser, draft_case):
    hold(browser, draft_case, name="Steppe Holdings")
    entity = Entity.objects.get(name="Steppe Holdings")
    held = Holding.objects.get()
    opened = browser.get(reverse("portal:ownership", args=[draft_case.pk]), {"change": held.pk})
    form = opened.context["form"]
    shown = {name: form[name].value() for name in ("owner", "owned", "kind", "economic", "voting", "change")}
    firm = draft_case.entities.get(is_applicant=True)
    assert shown == {
        "owner": f"entity:{entity.pk}", "owned": str(firm.pk), "kind": "own",
        "economic": "60", "voting": "60", "change": str(held.pk),
    }  # fmt: skip
    hold(browser, draft_case, **shown | {"economic": "100", "seen": f"{held.pk}:1"})
    assert Holding.objects.get().economic == Decimal(100)
    remove = reverse("portal:holder_remove", args=[draft_case.pk, entity.pk])
    assert browser.post(remove).status_code == 302
    assert not Holding.objects.exists()
    kept = browser.post(reverse("portal:holder_remove", args=[draft_case.pk, firm.pk]))
    assert kept.status_code == 422
    assert "The firm stays in its own chart." in body(kept)


def test_a_new_holding_never_changes_one_that_is_there(browser, draft_case):
    page = reverse("portal:ownership", args=[draft_case.pk])
    hold(browser, draft_case, name="Steppe Holdings")
    held = Holding.objects.get()
    holder = f"entity:{held.owner_id}"
    form = browser.get(page).context["form"]
    assert (form["owner"].value(), form.fields["owner"].choices[0]) == (None, ("", "Choose"))
    both = hold(browser, draft_case, owner=holder, name="Other LLP", economic="5")
    assert (both.status_code, list(both.context["form"].errors)) == (422, ["name"])
    form = both.context["form"]
    assert (form["owner"].value(), form["name"].value()) == (holder, "Other LLP")
    again = hold(browser, draft_case, owner=holder, economic="5", seen=f"{held.pk}:1")
    assert again.status_code == 422
    assert f'href="{page}?change={held.pk}"' in body(again)
    assert again.context["form"]["economic"].value() == "5"
    assert hold(browser, draft_case, owner="", name="Other LLP").status_code == 422
    assert list(Holding.objects.values_list("pk", "economic", "version")) == [(held.pk, Decimal(60), 1)]
    assert Entity.objects.filter(name="Other LLP").count() == 0


def test_a_holding_that_is_changed_may_become_that_of_another_but_of_no_two(browser, draft_case):
    hold(browser, draft_case, name="Ann LLP", economic="8")
    hold(browser, draft_case, name="Bek LLP", economic="9")
    ann, bek = Holding.objects.order_by("economic")
    change = {"change": str(ann.pk), "seen": f"{ann.pk}:1"}
    assert hold(browser, draft_case, owner=f"entity:{bek.owner_id}", **change).status_code == 422
    assert hold(browser, draft_case, name="Cem LLP", economic="7", **change).status_code == 302
    ann.refresh_from_db()
    assert (ann.owner.name, ann.economic, Holding.objects.count()) == ("Cem LLP", Decimal(7), 2)


@pytest.mark.parametrize("change", ["0", "x", "9" * 30, "٣"])
def test_a_holding_of_no_one_cannot_be_opened(browser, draft_case, change):
    page = reverse("portal:ownership", args=[draft_case.pk])
    assert browser.get(page, {"change": change}).status_code == 404
    assert hold(browser, draft_case, name="X", change=change).status_code == 404


def test_a_holding_that_cannot_be_is_refused(browser, draft_case):
    assert hold(browser, draft_case).status_code == 422
    assert hold(browser, draft_case, name="X", economic="100.1").status_code == 422
    assert hold(browser, draft_case, name="X", owned="nothing").status_code == 422
    assert Entity.objects.count() == 1


def test_the_question_of_a_typed_record_leads_to_its_page(browser, draft_case):
    assert reverse("portal:people", args=[draft_case.pk]) in body(browser.get(url_of(draft_case, "FP-01")))
    assert reverse("portal:ownership", args=[draft_case.pk]) in body(browser.get(url_of(draft_case, "FP-16")))


def test_capital_is_kept_line_by_line_and_an_emptied_line_goes(browser, draft_case):
    url = reverse("portal:capital", args=[draft_case.pk, "now"])
    saved = browser.post(url, {"paid_up_shares": "1 200 000", "liquid_assets": "300000,5"})
    assert saved.url == reverse("portal:capital", args=[draft_case.pk, "grant"])
    assert {f.line: (f.amount, f.currency) for f in CapitalFigure.objects.all()} == {
        "paid_up_shares": (Decimal("1200000.00"), "USD"),
        "liquid_assets": (Decimal("300000.50"), "USD"),
    }
    assert 'value="1,200,000.00"' in body(browser.get(url))
    browser.post(url, {"version": 1, "paid_up_shares": "1,200,000.00"})
    assert CapitalFigure.objects.get().amount == Decimal("1200000.00")
    assert browser.post(url, {"paid_up_shares": "-1"}).status_code == 422
    assert browser.get(reverse("portal:capital", args=[draft_case.pk, "someday"])).status_code == 404
