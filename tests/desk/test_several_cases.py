"""Taking, giving and giving back several cases, handing over for absence, and saved views of the worklist."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Firm
from applications.desk.worklist import bulk
from applications.models import Application, DefaultView, Note, SavedView
from applications.services.assigning import assign_case_officer, release_case
from applications.services.conflicts import declare_conflict
from applications.services.saved_views import save_view
from audit.models import Event
from tests.plugins.cases import appointed, fresh, new_staff
from workflow.errors import Conflict, NotAllowed, NotReady

LIST = reverse("admin:applications_application_changelist")
BULK = reverse("admin:applications_application_bulk")
HAND_OVER = reverse("admin:applications_application_hand_over")
VIEWS = reverse("admin:applications_application_views")


@pytest.fixture
def officer(afsa, afsa_staff):
    """A second case officer of the AFSA."""
    user = new_staff("Second Officer")
    appointed(user, afsa.regulator, "case_officer")
    return fresh(user)


def chosen(*cases):
    return [f"{case.pk}:{case.version}" for case in cases]


def events(kind):
    return Event.objects.filter(kind=kind).count()


def test_each_case_is_done_by_itself_and_the_three_that_are_not_are_named(
    filed, afsa, browsers, officer, afsa_staff
):
    cases = [filed(afsa, questions=0) for _n in range(6)]
    wrong = [filed(afsa, state="granted"), filed(afsa), filed(afsa)]
    values = chosen(*cases, *wrong)
    Application.objects.filter(pk=wrong[1].pk).update(version=7)
    declare_conflict(actor=afsa_staff.case_officer, case=wrong[2], text="My brother works there.")
    data = {"act": "give", "to": officer.pk, "sure": "1", "case": values}

    response = browsers.lead_reviewer.post(BULK, data)

    assert {one.case.pk for one in response.context["done"]} == {case.pk for case in [*cases, wrong[2]]}
    failed = {one.case.pk: one.why for one in response.context["failed"]}
    assert failed == {
        wrong[0].pk: "The case is decided: nothing in it changes any more.",
        wrong[1].pk: "Somebody else has changed this case since. Look at it again.",
    }
    assert all(f"{case.reference}</a>" in response.content.decode() for case in wrong)
    assert events("application.assign") == 7
    again = browsers.lead_reviewer.post(BULK, data)
    assert len(again.context["done"]) == 7
    assert events("application.assign") == 7


@pytest.fixture
def many(filed, afsa):
    """A function: so many cases in review, as rows alone, each of a firm of its own."""
    like = filed(afsa, questions=0)

    def make(number):
        firms = Firm.objects.bulk_create(
            Firm(name=f"Firm in bulk {n} Ltd", no_bin_reason="New.") for n in range(number)
        )
        return Application.objects.bulk_create(
            Application(
                reference=f"KZC-BULK-{n:04d}", firm=firm, licence_type=afsa, state="in_review",
                rulebook=like.rulebook, submitted_at=like.submitted_at, created_by=like.created_by,
            )
            for n, firm in enumerate(firms)
        )  # fmt: skip

    return make


def test_five_hundred_cases_are_given_at_once_each_with_its_own_result(many, browsers, officer, afsa_staff):
    cases = many(bulk.MOST + 1)
    granted, stale, past = cases[7], cases[250], cases[-1]
    barred = cases[499]
    sent = chosen(*cases)
    Application.objects.filter(pk=granted.pk).update(state="granted")
    Application.objects.filter(pk=stale.pk).update(version=3)
    declare_conflict(actor=afsa_staff.case_officer, case=barred, text="My brother works there.")
    data = {"act": "give", "to": officer.pk, "sure": "1", "case": sent}

    lead, asked = browsers.lead_reviewer, 0

    def count(execute, *args):
        nonlocal asked
        asked += 1
        return execute(*args)

    with connection.execute_wrapper(count):  # not captured in words, which would take as long again
        preview = lead.post(BULK, data | {"sure": ""})
        assert (len(preview.context["rows"]), asked <= 15) == (bulk.MOST, True)
        asked, began = 0, time.process_time()
        response = lead.post(BULK, data)
        took = time.process_time() - began

    done, failed = response.context["done"], response.context["failed"]
    assert {one.case.pk: one.why for one in failed} == {
        granted.pk: "The case is decided: nothing in it changes any more.",
        stale.pk: "Somebody else has changed this case since. Look at it again.",
    }
    assert {one.case.pk for one in done} == {case.pk for case in cases} - {granted.pk, stale.pk, past.pk}
    given = Application.objects.filter(case_officer=officer)
    assert set(given.values_list("pk", flat=True)) == {one.case.pk for one in done}
    assigned = Event.objects.filter(kind="application.assign").values_list("subject", flat=True)
    assert sorted(assigned) == sorted(one.case.audit_subject for one in done)
    assert (asked <= 10 * bulk.MOST + 30, took < 30) == (True, True)  # ten for each; seconds of this process


def test_the_preview_shows_what_each_has_and_leaves_out_who_has_a_conflict(
    filed, afsa, browsers, officer, afsa_staff
):
    cases, others = [filed(afsa), filed(afsa)], [filed(afsa), filed(afsa)]
    Application.objects.filter(pk__in=[case.pk for case in others]).update(case_officer=officer)
    declare_conflict(actor=afsa_staff.case_officer, case=cases[1], text="My brother works there.")
    data = {"act": "give", "case": chosen(*map(fresh, cases))}

    response = browsers.lead_reviewer.post(BULK, data)

    assert [(one.user, one.load) for one in response.context["free"]] == [(officer, 2)]
    assert response.context["barred"] == [(afsa_staff.case_officer, [cases[1]])]
    refused = browsers.lead_reviewer.post(BULK, data | {"to": afsa_staff.case_officer.pk, "sure": "1"})
    assert (refused.status_code, events("application.assign")) == (422, 0)
    assert "Choose who is given the cases." in refused.content.decode()


def test_a_case_officer_takes_cases_and_gives_them_back(filed, afsa, browsers, afsa_staff):
    case = filed(afsa)
    for act, then in (("take", afsa_staff.case_officer), ("release", None)):
        asked = {"act": act, "case": chosen(fresh(case))}
        assert browsers.case_officer.post(BULK, asked).status_code == 200
        browsers.case_officer.post(BULK, asked | {"sure": "1"})
        assert fresh(case).case_officer == then
    assert (events("application.assign"), events("application.release")) == (1, 1)
    lead = browsers.lead_reviewer.post(BULK, {"act": "take", "case": chosen(fresh(case)), "sure": "1"})
    assert (lead.status_code, fresh(case).case_officer) == (422, None)  # a lead reviewer is no case officer


def test_a_case_is_taken_and_given_back_by_one_press_on_its_page(filed, afsa, browsers, afsa_staff, officer):
    case = filed(afsa)
    urls = {name: reverse(f"admin:applications_application_{name}", args=[case.pk])
            for name in ("change", "take", "release")}  # fmt: skip

    def offered(browser):
        link = browser.get(urls["change"]).context["taking"]
        return link and (link.text, link.url)

    mine, lead = browsers.case_officer, browsers.lead_reviewer
    assert (offered(mine), offered(lead)) == (("Take the case", urls["take"]), None)
    shown = mine.get(urls["change"]).content.decode()
    form = shown[shown.index(f'action="{urls["take"]}"') :]
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    for _press in range(2):
        answer = mine.post(urls["take"], {"version": version})
        assert (answer.status_code, answer.url) == (302, urls["change"])
    assert (fresh(case).case_officer, events("application.assign")) == (afsa_staff.case_officer, 1)
    assert (offered(mine), offered(lead)) == (("Give the case back", urls["release"]), None)

    late = browsers.lead_reviewer.post(urls["release"], {"version": version})
    assert (late.status_code, "Somebody else has changed this" in late.content.decode()) == (409, True)
    assert f'name="version" value="{fresh(case).version}"' in late.content.decode()  # pressed again, it goes
    now = fresh(case).version
    for _press in range(2):
        assert mine.post(urls["release"], {"version": now}).status_code == 302
    assert (fresh(case).case_officer, events("application.release")) == (None, 1)

    assign_case_officer(actor=officer, case=case, officer=officer, expected_version=fresh(case).version)
    stale = mine.post(urls["take"], {"version": fresh(case).version - 1})
    assert (stale.status_code, fresh(case).case_officer, offered(mine)) == (409, officer, None)
    assert lead.post(urls["take"], {"version": fresh(case).version}).status_code == 422  # no case officer
    Application.objects.filter(pk=case.pk).update(state="granted", case_officer=None)
    assert offered(mine) is None
    assert mine.post(urls["take"], {"version": fresh(case).version}).status_code == 422


def test_all_of_the_list_are_those_that_it_showed(filed, afsa, afm, browsers):
    here = [filed(afsa, questions=0), filed(afsa, questions=0)]
    filed(afsa, state="recommended"), filed(afm)
    response = browsers.case_officer.post(BULK, {"act": "take", "all": "1", "state": "in_review"})
    assert {row["case"].pk for row in response.context["rows"]} == {case.pk for case in here}
    strange = browsers.case_officer.post(BULK, {"act": "take", "all": "1", "state": "x"})
    assert strange.context["rows"] == []


def test_nothing_of_another_regulator_is_given_or_shown(filed, afm, browsers, officer, afm_staff):
    case = filed(afm)
    data = {"act": "give", "to": officer.pk, "sure": "1", "case": [*chosen(case), "x", f"{case.pk}:y", ":"]}
    response = browsers.case_officer.post(BULK, data)
    assert (response.status_code, fresh(case).case_officer) == (422, None)
    assert case.reference not in response.content.decode()
    page = browsers.case_officer.get(HAND_OVER, {"from": afm_staff.case_officer.pk})
    assert page.context["giver"] is None
    assert afm_staff.case_officer.full_name not in page.content.decode()


def test_the_services_refuse_who_may_not_what_is_stale_and_what_is_nobodys(
    filed, afsa, afsa_staff, afm_staff
):
    case, officer = filed(afsa), afsa_staff.case_officer
    for actor, version, error in (
        (afsa_staff.reviewer, case.version, NotAllowed),
        (afm_staff.case_officer, case.version, NotAllowed),
        (officer, case.version + 1, Conflict),
    ):
        with pytest.raises(error):
            assign_case_officer(actor=actor, case=case, officer=officer, expected_version=version)
    with pytest.raises(NotReady, match="has no case officer"):
        release_case(actor=officer, case=case, expected_version=case.version)


def test_the_cases_of_a_colleague_are_handed_over_with_a_summary(filed, afsa, browsers, officer, afsa_staff):
    absent, third = afsa_staff.case_officer, fresh(new_staff("Third Officer"))
    appointed(third, afsa.regulator, "case_officer")
    cases = [filed(afsa) for _n in range(4)]
    decided = filed(afsa, state="granted")
    Application.objects.update(case_officer=absent)
    Application.objects.filter(pk=cases[3].pk).update(case_officer=officer)
    Note.objects.create(application=cases[0], text="Remember.", author=absent)
    declare_conflict(actor=officer, case=fresh(cases[0]), text="My brother works there.")
    lead, asked = browsers.lead_reviewer, {"from": absent.pk, "reason": "On leave until the 14th"}

    page = lead.get(HAND_OVER, asked).content.decode()
    assert "has 3 open cases." in page
    assert "1 internal note of this person goes with them." in page
    assert lead.post(HAND_OVER, asked).status_code == 422

    plan = lead.post(HAND_OVER, asked | {"to": [officer.pk, third.pk]}).context["plan"]
    given = {row["case"].pk: row["to"].user for row in plan}
    assert given[cases[0].pk] == third
    assert sorted(user.pk for user in given.values()) == sorted([officer.pk, third.pk, third.pk])
    sure = asked | {"sure": "1", "case": [row["value"] for row in plan]}
    response = lead.post(HAND_OVER, sure)
    assert len(response.context["done"]) == 3
    assert {case.pk: fresh(case).case_officer for case in cases[:3]} == given
    assert fresh(decided).case_officer == absent
    assert set(Event.objects.filter(kind="application.assign").values_list("reason", flat=True)) == {
        "On leave until the 14th"
    }
    lead.post(HAND_OVER, sure)
    assert events("application.assign") == 3


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_asks_as_much_for_three_cases_as_for_one(number, filed, afsa, browsers):
    cases = [filed(afsa, questions=0) for _n in range(number)]
    data = {"act": "give", "case": chosen(*cases)}
    browsers.case_officer.post(BULK, data)
    with CaptureQueriesContext(connection) as queries:
        browsers.case_officer.post(BULK, data)
    assert len(queries) == 8


# --- saved views


def save(browser, name, shared=False, **filters):
    data = {"act": "save", "view_name": name, **filters} | ({"view_shared": "1"} if shared else {})
    return browser.post(VIEWS, data)


def test_a_view_is_kept_opened_shared_renamed_and_removed(filed, afsa, browsers, afsa_staff):
    mine, other = filed(afsa), filed(afsa, state="recommended")
    reviewer, lead = browsers.reviewer, browsers.lead_reviewer
    for _press in range(2):
        assert save(reviewer, " To  decide ", state="recommended", whose="all").status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.filters) == ("To decide", {"state": "recommended", "whose": "all"})
    address = f"{LIST}?view={view.pk}"
    assert [row["case"].pk for row in reviewer.get(address).context["rows"]] == [other.pk]
    assert lead.get(address).status_code == 400  # private: it does not exist
    assert lead.post(VIEWS, {"act": "first", "view": view.pk}).status_code == 404

    change = {"act": "change", "view": view.pk, "version": 0, "view_name": "Decide", "view_shared": "1"}
    assert reviewer.post(VIEWS, change).status_code == 302
    assert reviewer.post(VIEWS, change | {"view_name": "Later"}).status_code == 409
    assert lead.post(VIEWS, change | {"version": 1}).status_code == 404  # shared, yet not theirs
    assert lead.post(VIEWS, {"act": "first", "view": view.pk}).status_code == 302
    opened = lead.get(LIST)
    assert [row["case"].pk for row in opened.context["rows"]] == [other.pk]
    assert "Worklist: Decide" in opened.content.decode()
    assert lead.get(LIST, {"whose": "all"}).context["found"] == 2

    private = {"act": "change", "view": view.pk, "version": 1, "view_name": "Decide"}
    assert reviewer.post(VIEWS, private).status_code == 302
    assert not DefaultView.objects.exists()
    assert reviewer.post(VIEWS, {"act": "remove", "view": view.pk}).status_code == 302
    assert not SavedView.objects.exists()
    assert mine.reference in reviewer.get(LIST, {"whose": "all"}).content.decode()


def test_sharing_never_widens_what_one_sees(filed, afsa, afm, browsers, afsa_staff, afm_staff, english):
    here, there = filed(afsa), filed(afm)
    save(browsers.reviewer, "Everything", shared=True, cases="all", whose="all")
    view, stranger = SavedView.objects.get(), english(afm_staff.reviewer)
    assert stranger.get(LIST, {"view": view.pk}).status_code == 400
    assert "Everything" not in stranger.get(LIST).content.decode()
    assert "Everything" not in stranger.get(VIEWS).content.decode()
    assert stranger.post(VIEWS, {"act": "first", "view": view.pk}).status_code == 404
    shown = browsers.lead_reviewer.get(LIST, {"view": view.pk}).content.decode()
    assert (here.reference in shown, there.reference in shown) == (True, False)


def test_filters_that_do_not_exist_any_more_are_left_out_and_named(filed, afsa, browsers, afsa_staff):
    case = filed(afsa)
    view = save_view(
        actor=afsa_staff.reviewer, name="Old", shared=False, regulator_id=afsa.regulator_id,
        filters={"state": "in_review", "whose": "all", "colour": "red", "stage": "gone"},
    )  # fmt: skip
    response = browsers.reviewer.get(LIST, {"view": view.pk})
    assert [row["case"].pk for row in response.context["rows"]] == [case.pk]
    assert response.context["lost"] == ["colour", "stage"]
    assert "colour, stage" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"act": "save", "view_name": " "}, "Give the view a name."),
        ({"act": "save", "view_name": "Taken", "state": "granted"}, "a view with this name already"),
        ({"act": "x"}, "Choose what to do with the view."),
    ],
)
def test_a_view_that_cannot_be_kept_is_refused_and_nothing_typed_is_lost(
    data, words, browsers, afsa, afsa_staff
):
    save_view(
        actor=afsa_staff.reviewer, name="Taken", shared=False, regulator_id=afsa.regulator_id, filters={}
    )
    response = browsers.reviewer.post(VIEWS, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert ('name="state" value="granted"' in page) == ("state" in data)
    assert SavedView.objects.count() == 1


def test_signs_that_no_text_may_hold_are_left_out(filed, afsa, browsers, officer, afsa_staff):
    assert save(browsers.reviewer, "Late\0r").status_code == 302
    assert SavedView.objects.get().name == "Later"
    case = filed(afsa)
    Application.objects.filter(pk=case.pk).update(case_officer=afsa_staff.case_officer)
    value = f"{case.pk}:{case.version}:{officer.pk}"
    data = {
        "from": afsa_staff.case_officer.pk,
        "to": officer.pk,
        "sure": "1",
        "case": value,
        "reason": "Le\0ave",
    }
    assert len(browsers.lead_reviewer.post(HAND_OVER, data).context["done"]) == 1
    assert Event.objects.get(kind="application.assign").reason == "Leave"


def test_what_is_saved_holds_known_filters_only(browsers, afsa):
    save(browsers.reviewer, "Mine", state="x", needs="late", firm__name="y", after="z")
    assert SavedView.objects.get().filters == {"needs": "late"}


def test_who_serves_two_regulators_says_whose_worklist_a_view_is(afsa, afm, afsa_staff, afm_staff, english):
    both = afsa_staff.reviewer
    appointed(both, afm.regulator, "reviewer")
    browser = english(both)
    assert 'name="view_regulator"' in browser.get(LIST).content.decode()
    told = {"act": "save", "view_name": "Ours", "view_shared": "1", "state": "granted"}
    for wrong in ("", "999999999", "x"):
        refused = browser.post(VIEWS, {**told, "view_regulator": wrong})
        page = refused.content.decode()
        assert (refused.status_code, "Choose the regulator" in page, 'value="granted"' in page) == (
            422,
            True,
            True,
        )
    assert browser.post(VIEWS, {**told, "view_regulator": afm.regulator_id}).status_code == 302
    assert "Ours" in english(afm_staff.lead_reviewer).get(VIEWS).content.decode()
    page = english(afsa_staff.lead_reviewer).get(VIEWS).content.decode()
    assert ("Ours" in page, "view_regulator" in page) == (False, False)
