"""Cases given from one person to another in the pipeline: shown first, then each by itself."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from applications.models import Application, ConflictOfInterest
from audit.models import Event
from regulators.models import Role
from tests.pipeline.loaded import PERSON, rows_of
from tests.plugins.cases import appointed, fresh

pytestmark = pytest.mark.django_db


def value(case: Application) -> str:
    return f"{case.pk}:{fresh(case).version}"


def events() -> list[tuple[str, str]]:
    found = Event.objects.filter(kind="application.assign").order_by("number")
    return [(event.subject, event.reason) for event in found]


def test_the_effect_is_shown_before_it_is_done(browser, busy, team):
    data = {"case": [value(busy.first), value(busy.third)], "to": team.bek.pk, "reason": "Ada is ill"}
    response = browser.post(f"{PERSON}?who={team.ada.pk}", data)
    assert response.status_code == 200
    assert [(one.name, one.open, one.points) for one in response.context["effects"]] == [
        ("Ada", (3, 1), (13, 5)), ("Bek", (2, 4), (6, 14)),
    ]  # fmt: skip
    assert events() == []
    html = response.content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(to|reason|sure)" value="([^"]*)">', html))
    chosen = re.findall(r'<input type="hidden" name="case" value="([^"]*)">', html)
    done = browser.post(f"{PERSON}?who={team.ada.pk}", sent | {"case": chosen})
    assert done.status_code == 200
    rows = rows_of(browser)
    assert ((rows["Ada"][0], rows["Ada"][-1]), (rows["Bek"][0], rows["Bek"][-1])) == ((1, 5), (4, 14))
    assert sorted(events()) == sorted((case.audit_subject, "Ada is ill") for case in (busy.first, busy.third))


def test_each_case_is_given_by_itself_and_a_second_press_changes_nothing(browser, busy, team):
    ConflictOfInterest.objects.create(
        application=busy.new, human=fresh(team.bek).human, declared_by_name="Bek", text="x"
    )
    data = {"case": [value(busy.new), value(busy.first), value(busy.third)], "to": team.bek.pk}
    Application.objects.filter(pk=busy.third.pk).update(version=7)
    preview = browser.post(f"{PERSON}?who={team.ada.pk}", data).content.decode()
    assert "Stays: conflict of interest" in preview
    for _press in range(2):
        response = browser.post(f"{PERSON}?who={team.ada.pk}", data | {"sure": "1"})
        assert {one.case.pk: one.why for one in response.context["failed"]} == {
            busy.new.pk: "Bek has a conflict of interest here: declared it, or is or was of the firm.",
            busy.third.pk: "Somebody else has changed this case since. Look at it again.",
        }
        assert [one.case.pk for one in response.context["done"]] == [busy.first.pk]
    assert events() == [(busy.first.audit_subject, "")]
    assert fresh(busy.first).case_officer == team.bek


def test_nobodys_case_is_given_and_a_lead_with_a_conflict_gives_none(browser, busy, team, lead):
    data = {"case": [value(busy.nobodys)], "to": team.ada.pk, "sure": "1"}
    conflict = ConflictOfInterest(application=busy.nobodys, human=lead.human, declared_by_name="L", text="x")
    conflict.save()
    preview = browser.post(f"{PERSON}?who=nobody", data | {"sure": ""}).content.decode()
    assert ("Stays: conflict of interest" in preview, "Goes to Ada" in preview) == (True, False)
    refused = browser.post(f"{PERSON}?who=nobody", data)
    assert [one.why for one in refused.context["failed"]] == ["You may not do this."]
    other = busy.back
    Application.objects.filter(pk=other.pk).update(case_officer=None)
    done = browser.post(f"{PERSON}?who=nobody", data | {"case": [value(other)]})
    assert [one.case.pk for one in done.context["done"]] == [other.pk]
    assert fresh(other).case_officer == team.ada


def test_a_case_given_to_whoever_has_it_leaves_no_act(browser, busy, team):
    data = {"case": [value(busy.first)], "to": team.ada.pk, "sure": "1"}
    done = browser.post(f"{PERSON}?who=nobody", data)
    assert ([one.case.pk for one in done.context["done"]], events()) == ([busy.first.pk], [])


@pytest.mark.parametrize(("change", "words"), [
    ({"case": []}, "Choose at least one case."),
    ({"case": ["x"]}, "Select a valid choice. x is not one of the available choices."),
    ({"to": ""}, "Choose who is given the cases."),
    ({"to": "ada"}, "Select a valid choice."),
    ({"to": "rena"}, "Select a valid choice."),
    ({"more": "1"}, "There is no field “more” here. Open the page again and choose anew."),
])  # fmt: skip
def test_what_is_missing_or_not_known_is_said_and_changes_nothing(browser, busy, team, change, words):
    data: dict[str, Any] = {"case": [value(busy.first)], "to": team.bek.pk, "sure": "1"} | change
    data["to"] = getattr(team, str(data["to"]), SimpleNamespace(pk=data["to"])).pk
    response = browser.post(f"{PERSON}?who={team.ada.pk}", data)
    assert (response.status_code, words in unescape(response.content.decode())) == (422, True)
    assert events() == []


def test_a_case_of_another_regulator_is_not_given(browser, busy, afm, add_case, team):
    theirs = add_case(afm)
    data = {"case": [value(theirs)], "to": team.bek.pk, "sure": "1"}
    response = browser.post(f"{PERSON}?who=nobody", data)
    assert (response.context["done"], response.context["failed"]) == ([], [])
    assert response.context["left_out"] == 1
    assert fresh(theirs).case_officer is None


def test_a_decision_maker_looks_and_gives_nothing(signed_in, busy, team):
    browser = signed_in(team.dana)
    page = f"{PERSON}?who={team.ada.pk}"
    html = browser.get(page).content.decode()
    assert ('<form method="post" class="stack"' in html, "You are neither here." in html) == (False, True)
    assert (
        browser.post(page, {"case": [value(busy.first)], "to": team.bek.pk, "sure": "1"}).status_code == 403
    )
    assert events() == []


def test_a_lead_of_two_regulators_gives_no_case_to_an_officer_of_the_other(
    lead, afsa, afm, signed_in, staff_of, busy, team
):
    appointed(lead, afm.regulator, Role.LEAD_REVIEWER)
    other = staff_of(afm, Role.CASE_OFFICER, "Officer there")
    browser = signed_in(fresh(lead))
    data = {"case": [value(busy.first)], "to": other.pk, "sure": "1"}
    failed = browser.post(f"{PERSON}?who={team.ada.pk}", data).context["failed"]
    assert [one.why for one in failed] == ["This person is not a case officer of the regulator."]
