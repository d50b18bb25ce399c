"""What is signed is shown, and what was shown is what is kept."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Snapshot
from applications.queries.content import content_hash
from applications.services import drafting
from applications.services.people import remove_holding, save_holding
from tests.plugins.cases import fresh
from tests.portal.conftest import signed
from tests.portal.test_journey import sign


@pytest.fixture
def page(filled_afm_case):
    return reverse("portal:declare", args=[filled_afm_case.pk])


def opened(browser, page):
    html = browser.get(page).content.decode()
    return html, signed(html)


def test_what_was_shown_is_what_is_kept(browser, filled_afm_case, page):
    html, data = opened(browser, page)
    assert f'<code class="hash">{data["content"]}</code>' in html
    response, _data = sign(browser, filled_afm_case)
    assert response.url == reverse("portal:submitted", args=[filled_afm_case.pk])
    kept = Snapshot.objects.get(application=filled_afm_case)
    declaration = kept.content["declaration"]
    given = {name: part for name, part in kept.content.items() if name != "declaration"}
    assert content_hash(given) == declaration["content_sha256"] == data["content"]
    assert content_hash(kept.content) == kept.sha256
    assert declaration["authority"] == "By the register"
    assert declaration["text"] in html
    for question in kept.content["questions"]:
        for file in question["files"]:
            assert file["sha256"] in html


def test_the_data_of_the_firm_that_changed_under_the_page_is_signed_again(browser, filled_afm_case, page):
    _html, data = opened(browser, page)
    type(filled_afm_case.firm).objects.filter(pk=filled_afm_case.firm_id).update(
        bin="100140000017", no_bin_reason=""
    )
    response = browser.post(page, data)
    assert response.status_code == 422
    html = response.content.decode()
    assert "The declaration has changed, or an answer" in html
    assert re.search(r'<input type="checkbox" name="agreed"[^>]*checked', html) is None
    assert fresh(filled_afm_case).state == "draft"
    assert browser.post(page, opened(browser, page)[1]).status_code == 302


def test_another_content_than_was_shown_is_refused(browser, filled_afm_case, page):
    _html, data = opened(browser, page)
    response = browser.post(page, data | {"content": "0" * 64})
    assert response.status_code == 422
    assert not Snapshot.objects.filter(application=filled_afm_case).exists()


def test_the_box_is_not_ticked_and_role_and_authority_are_asked(browser, filled_afm_case, page):
    html, data = opened(browser, page)
    box = re.search(r'<input type="checkbox" name="agreed"[^>]*>', html)[0]
    assert "checked" not in box
    for name, words in (
        ("role", "You sign as"),
        ("authority", "What lets you sign for the firm"),
        ("agreed", "Tick the box to make the declaration"),
    ):
        response = browser.post(page, {k: v for k, v in data.items() if k != name})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert fresh(filled_afm_case).state == "draft"


def test_a_second_press_leads_to_the_same_confirmation(browser, filled_afm_case, page):
    data = opened(browser, page)[1]
    first, second = browser.post(page, data), browser.post(page, data)
    assert first.url == second.url
    assert Snapshot.objects.filter(application=filled_afm_case).count() == 1


@pytest.fixture
def owner_of_nothing(filled_afm_case, firm_user):
    """An owner among the people who holds nothing in the chart."""
    case = filled_afm_case
    stage = case.stages.get(code="fit_and_proper")
    drafting.edit_stage_again(actor=firm_user, stage=stage, expected_version=stage.version)
    firm = case.entities.get(is_applicant=True)
    partner = case.entities.get(name="Karin Lindqvist")
    founder = case.entities.get(name__startswith="Әділ")
    for holding in case.holdings.filter(owner=partner):
        remove_holding(actor=firm_user, case_id=case.pk, holding=holding)
    company = case.entities.get(name="Steppe Vault Holdings Ltd")
    shares = {"economic": Decimal("37.5"), "voting": Decimal("37.5")}
    held = case.holdings.get(owner=founder, owned=firm)
    save_holding(actor=firm_user, case_id=case.pk, owner=founder, owned=firm, **shares, changed=held)
    shares = {"economic": Decimal(100), "voting": Decimal(100)}
    held = case.holdings.get(owner=founder, owned=company)
    save_holding(actor=firm_user, case_id=case.pk, owner=founder, owned=company, **shares, changed=held)
    stage = fresh(stage)
    drafting.complete_stage(actor=firm_user, stage=stage, expected_version=stage.version)
    return fresh(case)


def test_a_contradiction_is_mended_or_kept_with_its_reason(browser, owner_of_nothing, page):
    case = owner_of_nothing
    html, data = opened(browser, page)
    words = "has no part of the firm in its ownership"
    assert words in html
    field = re.search(r'name="(looked_[^"]+)"', html)[1]
    refused = browser.post(page, data | {field: ""})
    assert refused.status_code == 422
    assert "Mend one of the two answers, or say why both are right" in refused.content.decode()
    assert fresh(case).state == "draft"
    done = browser.post(page, data | {field: "She sold her part on 1 November."})
    assert done.status_code == 302
    kept = Snapshot.objects.get(application=case).content["declaration"]["looked_at"]
    assert [one["reason"] for one in kept] == ["She sold her part on 1 November."]
    assert words in kept[0]["text"]
    paper = browser.get(reverse("portal:submission", args=[case.pk, 1])).content.decode()
    assert "She sold her part on 1 November." in paper


def test_who_cannot_sign_reads_that_alone(filled_afm_case, firm_user, signed_in, page):
    signatory = signed_in(firm_user).get(page)
    assert (signatory.context["may_sign"], "<dt>Signed by</dt>" in signatory.content.decode()) == (True, True)
    signs = filled_afm_case.firm.memberships.filter(user=firm_user, role="signatory")
    signs.update(ended_at=timezone.now(), ended_by=firm_user)
    editor = signed_in(firm_user).get(page).content.decode()
    assert "Only a signatory of the firm can sign and submit." in editor
    assert "Signed by" not in editor
