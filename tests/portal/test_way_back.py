"""Pages opened from “Your answers” lead back there, and offer no change that the service refuses."""

import pytest
from django.urls import reverse

from applications.services.people import remove_person, save_capital, save_entity, save_holding
from regulators import rulebook as rb
from tests.plugins.cases import fresh
from tests.portal.conftest import fields_of_person, first_asking
from workflow.errors import Refused


def body(page):
    return page.content.decode()


@pytest.fixture
def at(draft_case):
    def url(name, *more, back=""):
        return reverse(f"portal:{name}", args=[draft_case.pk, *more]) + (f"?back={back}" if back else "")

    return url


def line_of(case, kind, at, back):
    rule = first_asking(case, kind)
    place = at("check_stage", rule.stage) if back == "check-stage" else at("check")
    return f"{place}#{rule.code}"


@pytest.mark.parametrize("back", ["check", "check-stage"])
def test_who_comes_from_the_answers_goes_back_there_after_saving(browser, draft_case, add_person, at, back):
    person = add_person()
    root = draft_case.entities.get(is_applicant=True)
    sent = {
        at("person", person.pk): (rb.PEOPLE, {**fields_of_person(person), "version": person.version}),
        at("person_remove", person.pk): (rb.PEOPLE, {}),
        at("capital", "grant"): (rb.CAPITAL, {"version": "0", draft_case.book.capital.lines[0].code: "7"}),
        at("ownership"): (rb.OWNERSHIP, {
            "owner": "new", "name": "Holding", "country": "KZ", "owned": root.pk, "kind": "own",
            "economic": "100", "voting": "100", "seen": "",
        }),
    }  # fmt: skip
    for url, (kind, fields) in sent.items():
        page = browser.get(f"{url}?back={back}")
        assert f'name="back" value="{back}"' in body(page), url
        saved = browser.post(url, {**fields, "back": back})
        assert (saved.status_code, saved.url) == (302, line_of(draft_case, kind, at, back)), url


def test_the_lists_carry_the_way_back(browser, draft_case, add_person, at):
    person = add_person()
    for url, links in (
        ("people", [at("person", person.pk), at("person_remove", person.pk), at("person")]),
        ("ownership", []),
        ("capital", [at("capital", "year1"), at("accounts_rate")]),
    ):
        page, plain = body(browser.get(at(url, back="check"))), body(browser.get(at(url)))
        for link in links:
            assert f'href="{link}?back=check"' in page, link
            assert f'href="{link}"' in plain, link


def test_without_the_way_back_each_page_leads_on_as_before(browser, draft_case, at):
    saved = browser.post(at("capital", "grant"), {"version": "0", "back": "https://example.test"})
    assert saved.url == at("capital", "year1")


def test_of_a_filed_case_nothing_is_offered_that_the_service_refuses(
    signed_in, submitted_afm_case, firm_user
):
    case, browser = submitted_afm_case, signed_in(firm_user)
    person = case.posts.first().person
    links = [reverse("portal:person", args=[case.pk, person.pk]), reverse("portal:person", args=[case.pk])]
    links.append(reverse("portal:person_remove", args=[case.pk, person.pk]))
    for name in ("people", "ownership", "capital"):
        page = body(browser.get(reverse(f"portal:{name}", args=[case.pk])))
        assert "cannot be changed now" in page, name
        assert 'id="typed"' not in page, name
        assert [link for link in links if f'href="{link}"' in page] == [], name
        assert "/remove/" not in page, name
    assert 'id="typed"' not in body(browser.get(links[0]))
    here = {"actor": firm_user, "case_id": case.pk}
    for refused in (
        lambda: remove_person(**here, person=person),
        lambda: save_capital(**here, period="now", currency="KZT", amounts={}),
        lambda: save_entity(**here, name="Late"),
        lambda: save_holding(
            **here, owner=case.entities.filter(is_applicant=False).first(),
            owned=case.entities.get(is_applicant=True), economic=1, voting=1,
        ),
    ):  # fmt: skip
        with pytest.raises(Refused):
            refused()


def test_a_stage_marked_as_complete_offers_none_either(browser, filled_afm_case, firm_user):
    case = fresh(filled_afm_case)
    person = case.posts.first().person
    link = f'href="{reverse("portal:person_remove", args=[case.pk, person.pk])}"'
    page = reverse("portal:people", args=[case.pk])
    states = {stage.code: stage.state for stage in case.stages.all()}
    assert set(states.values()) == {"complete"}
    assert link not in body(browser.get(page))
    for stage in case.stages.all():
        browser.post(
            reverse("portal:stage", args=[case.pk, stage.code]),
            {"act": "edit_again", "version": stage.version},
        )
    assert link in body(browser.get(page))
