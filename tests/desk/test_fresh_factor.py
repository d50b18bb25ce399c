"""A decision takes a second factor that was shown no longer than five minutes ago. What is asked says what is
approved, and what was typed meanwhile is not lost.
"""

import re
import time

import pytest
from django.contrib import admin
from django.test import RequestFactory

from applications.desk.pages import PAGES
from applications.models import Application, Stage
from audit.models import Event
from licences.models import Licence
from tests.desk.conftest import act, at, stage_act
from tests.plugins.cases import fresh
from tests.plugins.second_factor import app_of, asks, code_of, shown_ago, words
from workflow import admin as workflow_admin
from workflow.acts import acts_of

MINUTE = 60
HIDDEN = re.compile(r'<input type="hidden" name="(version|reason|take_back)" value="([^"]*)">')
DECISIONS = {
    Application: {
        "send_back", "approve_in_principle", "grant", "reopen", "extend", "propose_refusal", "refuse",
        "lapse", "record_deemed_issue", "remit",
    },
    Stage: set(),
    Licence: {
        "suspend", "lift", "revoke", "surrender", "expire", "vary", "restrict", "lift_restriction",
        "wind_down", "end_winding_down", "correct",
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _standing_clock(time_machine):
    """At the beginning of a code, so that it does not run out between its making and its check."""
    time_machine.move_to(time.time() // 30 * 30 + 1, tick=False)


@pytest.fixture
def recommended(filed, afsa):
    return filed(afsa, state="recommended")


@pytest.fixture
def decider(afsa_staff, english):
    """A function: the browser of the decision maker, who showed a factor so many seconds ago."""

    def make(seconds):
        return shown_ago(english(afsa_staff.decision_maker), afsa_staff.decision_maker, seconds=seconds)

    return make


@pytest.mark.parametrize(("minutes", "more", "counts"), [(5, 0, True), (5, 1, False), (6, 0, False)])
def test_a_factor_counts_for_five_minutes(recommended, decider, minutes, more, counts):
    browser, data = decider(minutes * MINUTE + more), {"version": 0, "reason": "Look again."}
    url = act(recommended, "send_back")

    assert (browser.get(url).status_code, asks(browser.get(url))) == ((200, False) if counts else (403, True))
    assert (browser.post(url, data).status_code == 302) is counts
    assert fresh(recommended).state == ("in_review" if counts else "recommended")


def test_the_minutes_are_a_setting(recommended, decider, settings):
    settings.FRESH_FACTOR_MINUTES = 1
    answer = decider(61).get(act(recommended, "send_back"))
    assert (asks(answer), "within the last minute" in words(answer)) == (True, True)


def test_it_says_what_is_approved_and_does_what_was_typed_once_it_is_shown(recommended, decider, afsa_staff):
    secret, browser = app_of(afsa_staff.decision_maker), decider(6 * MINUTE)
    url = act(recommended, "send_back")
    data = {"version": "0", "reason": 'Look again at "page 3".'}

    asked = browser.post(url, data)

    assert asks(asked)
    said = f"Act Send back Application {recommended} Firm {recommended.firm.name}"
    assert said in words(asked)
    kept = HIDDEN.findall(asked.content.decode())
    assert kept == [("version", "0"), ("reason", "Look again at &quot;page 3&quot;.")]

    wrong = browser.post(url, {**data, "second_factor": "send", "factor-code": "000000"})
    assert (wrong.status_code, HIDDEN.findall(wrong.content.decode())) == (422, kept)
    assert fresh(recommended).state == "recommended"

    done = browser.post(url, {**data, "second_factor": "send", "factor-code": code_of(secret)})
    assert (done.status_code, fresh(recommended).state) == (302, "in_review")
    assert Event.objects.filter(subject=recommended.audit_subject).latest("number").reason == data["reason"]


def test_what_is_shown_first_opens_the_page_of_the_act(recommended, decider, afsa_staff):
    secret, browser, url = app_of(afsa_staff.decision_maker), decider(6 * MINUTE), act(recommended, "grant")
    assert asks(browser.get(url))
    shown = browser.post(url, {"second_factor": "open", "factor-code": code_of(secret)})
    assert (shown.status_code, shown.url, browser.get(url).status_code) == (302, url, 200)


def test_who_may_not_decide_is_refused_and_not_asked(recommended, afsa_staff, english):
    browser = shown_ago(english(afsa_staff.reviewer), afsa_staff.reviewer, seconds=6 * MINUTE)
    for answer in (browser.get(act(recommended, "grant")), browser.post(act(recommended, "grant"))):
        assert (answer.status_code, b'name="factor-code"' in answer.content) == (403, False)


def test_what_examines_is_not_asked_for(case, afsa_staff, english):
    browser = shown_ago(english(afsa_staff.reviewer), afsa_staff.reviewer, seconds=6 * MINUTE)
    assert browser.get(stage_act(case.stages.first(), "approve")).status_code == 200


@pytest.mark.parametrize("model", DECISIONS)
def test_every_act_that_decides_asks(model, monkeypatch):
    """By its duty and its two people: an act that somebody adds is asked for without more."""
    monkeypatch.setattr(workflow_admin, "is_offered", lambda *_about: True)
    monkeypatch.setattr(workflow_admin, "import_string", lambda _path: lambda request, facts: "asked")
    desk, obj = admin.site._registry[model], model()
    monkeypatch.setattr(desk, "act_facts", lambda *_about: [])
    request = RequestFactory().get("/")
    request.user = None

    asked = {name for name, found in acts_of(model).items() if desk._confirm_first(request, obj, found)}

    assert asked == DECISIONS[model]


def test_a_page_of_the_decision_asks_too(case, filed, afsa_staff, english):
    named = {page.name for page in PAGES if page.fresh_factor}
    assert named == {
        "service", "representation", "panel_vote", "panel_close", "letter_new", "correction", "extend_period"
    }  # fmt: skip
    refused = filed(case.licence_type, state="refusal_proposed")
    notice = refused.refusal_notices.create(
        grounds=[], evidence="e", text="t", proposed_by=afsa_staff.second_decision_maker,
        proposed_at=refused.submitted_at,
    )  # fmt: skip
    officer = afsa_staff.case_officer
    secret, browser = app_of(officer), shown_ago(english(officer), officer, seconds=6 * MINUTE)
    url = at("service", refused, notice.pk)

    asked = browser.get(url)

    assert (asks(asked), f"Act Record the service of the notice Case {refused}" in words(asked)) == (
        True,
        True,
    )
    # What was sent reaches the page's own form, which says what is missing in it.
    sent = browser.post(url, {"how": "By post", "second_factor": "send", "factor-code": code_of(secret)})
    assert (sent.status_code, "By post" in sent.content.decode()) == (422, True)


def test_the_list_of_cases_leaves_the_house_only_after_it(recommended, decider, afsa_staff):
    secret, browser = app_of(afsa_staff.decision_maker), decider(6 * MINUTE)
    url = "/pipeline/cases.csv?state=recommended"
    assert asks(browser.get(url))
    shown = browser.post(url, {"second_factor": "open", "factor-code": code_of(secret)})
    assert shown.url == url
    assert recommended.reference in browser.get(url).content.decode()
