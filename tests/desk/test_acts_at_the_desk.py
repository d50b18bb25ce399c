"""The acts of a case: forms that the book fills, clashes, two people, and the road to a refusal."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications.due.firms import dates_of_firms
from applications.models import Representation
from applications.services import decisions
from applications.services.effects import carried_over
from tests.desk.conftest import act, at, on, stage_act
from tests.plugins.cases import fresh
from tests.plugins.days import working
from workflow.errors import NotReady


@pytest.fixture
def recommended(filed, afsa):
    return filed(afsa, state="recommended")


def quotable(case):
    return next(ground.code for ground in case.book.grounds if ground.quotable)


def test_a_stale_decision_changes_nothing_and_keeps_the_words(recommended, browsers):
    data = {"version": recommended.version + 1, "reason": "Words of mine."}

    response = browsers.decision_maker.post(act(recommended, "send_back"), data)

    assert response.status_code == 409
    assert "Words of mine." in response.content.decode()
    assert fresh(recommended).state == "recommended"


def test_the_page_of_a_decision_names_snapshot_law_and_whoever_must_not_decide(recommended, browsers):
    snapshot = recommended.snapshots.get()

    page = browsers.decision_maker.get(act(recommended, "grant")).content.decode()

    for words in (snapshot.sha256, recommended.book.sha256, "Who must not decide"):
        assert words in page, words


def test_whoever_decides_no_longer_examines(recommended, browsers, afsa_staff):
    browsers.decision_maker.post(act(recommended, "send_back"), {"version": 0, "reason": "Look again."})
    officer = fresh(afsa_staff.reviewer)
    type(officer).objects.filter(pk=officer.pk).update(human=afsa_staff.decision_maker.human)

    stage = recommended.stages.first()
    data = {"version": stage.version, "reason": "Look at page 3 again."}

    assert browsers.reviewer.post(stage_act(stage, "request_changes"), data).status_code == 403
    assert fresh(stage).state == "approved"
    assert browsers.lead_reviewer.post(stage_act(stage, "request_changes"), data).status_code == 302


def test_conditions_are_needed_and_a_day_without_a_text_is_a_mistake(recommended, browsers):
    url, day = act(recommended, "approve_in_principle"), timezone.localdate() + timedelta(days=30)
    data = {"version": 0, "reason": "Good.", **on(day, "expires_on")}

    bare = browsers.decision_maker.post(url, data)
    half = browsers.decision_maker.post(url, {**data, **on(working(day), "due_on_2"), "text_1": "Kept."})

    assert (bare.status_code, half.status_code) == (422, 422)
    assert "Write at least one condition." in bare.content.decode()
    assert "Kept." in half.content.decode()
    other = browsers.decision_maker.post(url, {**data, "text_1": "Kept.", "effect_1": "other"})
    assert list(other.context["form"].errors) == ["effect_text_1"]
    assert fresh(recommended).state == "recommended"


def test_a_condition_by_a_day_off_is_refused_and_one_in_a_year_without_calendar_is_said(
    recommended, browsers, today, new_calendar
):
    today(date(2026, 11, 30))
    new_calendar("2026.2", until=2026)
    recommended.findings.update(outcome="met")
    url = act(recommended, "approve_in_principle")
    data = {"version": 0, "reason": "Good.", "text_1": "Pay in.", **on(date(2027, 3, 31), "expires_on")}

    off = browsers.decision_maker.post(url, {**data, **on(date(2026, 12, 16), "due_on_1")})
    assert (off.status_code, list(off.context["form"].errors)) == (422, ["due_on_1"])

    done = browsers.decision_maker.post(url, {**data, **on(date(2027, 1, 9), "due_on_1")}, follow=True)
    assert recommended.conditions.get().due_on == date(2027, 1, 9)
    said = "Whether Saturday 9 January 2027 is a day off could not be checked"
    assert done.content.decode().count(said) == 1


def test_what_is_not_met_and_is_to_be_carried_over_stands_on_the_licence(filed, afsa, browsers):
    case = filed(afsa, state="recommended")
    case.findings.update(outcome="met")
    day = timezone.localdate() + timedelta(days=90)
    told = {"version": 0, "reason": "Good.", **on(day, "expires_on"), "text_1": "Pay in.",
            "text_2": "Insure.", "owner_2": "case_officer", "wanted_2": "The policy.", "effect_2": "carry",
            **on(timezone.localdate() - timedelta(days=1), "due_on_1")}  # fmt: skip
    assert browsers.decision_maker.post(act(case, "approve_in_principle"), told).status_code == 302
    page = browsers.reviewer.get(at("change", case)).content.decode()
    for words in ("The policy.", "It is carried over to the licence", "Overdue"):
        assert words in page
    url = act(case, "grant")
    refused = [str(r) for r in browsers.decision_maker.get(url).context["offer"].reasons]
    assert [text for text in refused if "Condition" in text] == ["Condition 1 is not verified: Pay in."]
    met = {"evidence": "The statement was read."}
    assert browsers.reviewer.post(at("condition", case, 1), met).status_code == 302
    assert browsers.reviewer.get(at("change", case)).context["waits"].why == "Grant"
    refused = [str(r) for r in browsers.decision_maker.get(url).context["offer"].reasons]
    assert [text for text in refused if "Condition" in text] == []
    assert carried_over(fresh(case)) == ["Insure."]


@pytest.mark.parametrize("way", ["reopen", "send_back"])
def test_conditions_of_an_approval_that_was_undone_are_history(filed, afsa, browsers, english, way):
    case = filed(afsa, state="recommended")
    case.findings.update(outcome="met")
    day, late = timezone.localdate() + timedelta(days=90), timezone.localdate() - timedelta(days=1)
    told = {"reason": "Good.", **on(day, "expires_on")}
    first = {"text_1": "Pay in.", **on(late, "due_on_1"), "text_2": "Insure.", "effect_2": "carry"}
    _press(browsers.decision_maker, case, "approve_in_principle", **told, **first)
    if way == "reopen":
        for decider in (browsers.decision_maker, browsers.second_decision_maker):
            _press(decider, case, "reopen", reason="A new fact.")
    else:
        words = {"grounds": [quotable(case)], "evidence": "e", "notice": "n", "departs": "New."}
        _press(browsers.decision_maker, case, "propose_refusal", **words)
        notice = case.refusal_notices.get()
        said = notice.representations.create(text="Not so.", made_by=case.created_by)
        notice.representations.filter(pk=said.pk).update(accepted=True)
        _press(browsers.decision_maker, case, "send_back", reason="It is so.")
    assert fresh(case).state == "in_review"
    assert browsers.reviewer.get(at("condition", case, 1)).status_code == 404

    type(case).objects.filter(pk=case.pk).update(state="recommended", recommended="grant")
    left = [str(r) for r in browsers.decision_maker.get(act(case, "grant")).context["offer"].reasons]
    assert [text for text in left if "Condition" in text] == []
    assert carried_over(fresh(case)) == []
    _press(browsers.decision_maker, case, "approve_in_principle", **told, text_1="Hire.", effect_1="carry")
    assert [due for due in dates_of_firms(timezone.localdate()) if due.kind == "condition_reminder"] == []
    assert browsers.reviewer.get(at("change", case)).context["waits"].why == "Grant"
    assert carried_over(fresh(case)) == ["Hire."]
    url = f"/applications/{case.pk}/decision/"
    for page in (browsers.reviewer.get(at("change", case)), english(case.created_by).get(url)):
        text = page.content.decode()
        assert [word in text for word in ("Pay in.", "Insure.", "Hire.")] == [True] * 3
        assert text.count("Of an approval that was undone") == 2


@pytest.mark.parametrize("firms", [0, 1])
def test_a_condition_that_staff_bring_about_is_no_turn_of_the_firm(filed, afsa, browsers, english, firms):
    case = filed(afsa, state="recommended")
    case.findings.update(outcome="met")
    today = timezone.localdate()
    ours, theirs = (working(today + timedelta(days=count)) for count in (20, 60))
    told = {"reason": "Good.", **on(today + timedelta(days=90), "expires_on")}
    told |= {"text_1": "We check the site.", "owner_1": "reviewer", **on(ours, "due_on_1")}
    if firms:
        told |= {"text_2": "Insure.", **on(theirs, "due_on_2")}
    _press(browsers.decision_maker, case, "approve_in_principle", **told)

    until = theirs if firms else None
    page = english(case.created_by).get("/applications/").content.decode()
    assert (fresh(case).condition_until_now, "Your turn" in page) == (until, bool(firms))
    reminded = [one.due_on for one in dates_of_firms(theirs) if one.kind == "condition_reminder"]
    assert reminded == [theirs] * firms


def _press(browser, case, name, **data):
    """The act is done, by one person or the second of two, or proposed by the first."""
    answer = browser.post(act(case, name), {"version": fresh(case).version, **data})
    assert answer.status_code == 302, answer.content.decode()


def test_only_grounds_of_the_book_are_taken(recommended, browsers):
    url = act(recommended, "propose_refusal")
    data = {"version": 0, "evidence": "e", "notice": "n"}

    assert browsers.decision_maker.post(url, {**data, "grounds": ["invented"]}).status_code == 422
    assert browsers.decision_maker.post(url, data).status_code == 422
    assert fresh(recommended).state == "recommended"


def test_a_refusal_is_recommended_while_a_grant_is_not_ready(case, browsers):
    url = act(case, "recommend")
    told = {"version": 0, "reason": "The plan does not hold."}
    links = {link["name"]: link for link in browsers.lead_reviewer.get(at("change", case)).context["acts"]}
    assert (links["recommend"]["open"], bool(links["recommend"]["reasons"])) == (True, True)

    assert browsers.lead_reviewer.post(url, {**told, "outcome": "grant"}).status_code == 422
    assert browsers.lead_reviewer.post(url, {**told, "outcome": "refuse"}).status_code == 422
    refusal = {**told, "outcome": "refuse", "grounds": [quotable(case)]}
    assert browsers.lead_reviewer.post(url, refusal).status_code == 302
    assert (fresh(case).state, fresh(case).recommended) == ("recommended", "refuse")


def test_the_road_to_a_refusal(recommended, browsers):
    case, decider, ground = recommended, browsers.decision_maker, quotable(recommended)
    links = {link["name"]: link for link in decider.get(at("change", case)).context["acts"]}
    assert links["propose_refusal"]["open"]
    proposed = {"version": 0, "grounds": [ground], "evidence": "Letter 5.", "notice": "We propose to refuse."}
    unsaid = decider.post(act(case, "propose_refusal"), proposed)  # a grant was recommended
    assert (unsaid.status_code, [str(r) for r in unsaid.context["offer"].reasons]) == (
        422, ["This departs from the recommendation: say why."]
    )  # fmt: skip
    proposed["departs"] = "The letter came after it."
    assert decider.post(act(case, "propose_refusal"), proposed).status_code == 302
    assert case.decisions.get().departs == "The letter came after it."
    assert "The letter came after it." in decider.get(at("change", case)).content.decode()
    notice = case.refusal_notices.get()

    today = timezone.localdate()
    served = {**on(today - timedelta(days=9), "served_on"), "how": "By courier."}
    case.refusal_notices.update(proposed_at=timezone.now() - timedelta(days=9))
    page = at("service", case, notice.pk)
    assert browsers.case_officer.post(page, {**served, **on(today, "until")}).status_code == 422
    tomorrow = on(working(today + timedelta(days=1)), "until")
    assert browsers.case_officer.post(page, {**served, **tomorrow}).status_code == 302
    case.refusal_notices.update(representations_until=today - timedelta(days=1))  # as if two days had passed
    said = Representation.objects.create(notice=notice, text="Not so.", made_by=case.created_by)
    refuse = {"version": fresh(case).version, "grounds": [ground], "reason": "The grounds stand.",
              "departs": "The letter came after it."}  # fmt: skip
    assert decider.post(act(case, "refuse"), refuse).status_code == 422
    answer = {"our_answer": "It does not change the finding.", "accepted": "no"}
    assert decider.post(at("representation", case, said.pk), answer).status_code == 302
    assert decider.post(act(case, "refuse"), refuse).status_code == 302

    assert fresh(case).state == "refused"
    assert (fresh(said).accepted, fresh(said).our_answer) == (False, "It does not change the finding.")


def test_a_refused_case_is_remitted_by_two_people(filed, afsa, browsers):
    case = filed(afsa, state="refused")
    url, told = act(case, "remit"), {"version": 0, "reason": "The court said so.", "appeal": "Case 12, 1 May"}

    assert browsers.decision_maker.post(url, told).status_code == 302
    assert fresh(case).state == "refused"
    assert "Case 12, 1 May" in browsers.second_decision_maker.get(url).content.decode()
    browsers.decision_maker.post(url, {"version": 0})
    assert fresh(case).state == "refused"
    assert browsers.second_decision_maker.post(url, {"version": 0}).status_code == 302
    assert fresh(case).state == "in_review"
    remitted = case.decisions.get()
    assert (remitted.kind, remitted.reason) == ("remit", "Case 12, 1 May\n\nThe court said so.")
    page = browsers.reviewer.get(at("change", case)).content.decode()
    assert ("Remit after appeal" in page, "Case 12, 1 May" in page) == (True, True)


def test_an_approval_in_principle_is_taken_back_by_two_people_and_stays_to_be_read(filed, afsa, browsers):
    case = filed(afsa, state="approved_in_principle")
    url, told = act(case, "reopen"), {"version": 0, "reason": "A new fact."}
    assert browsers.decision_maker.post(url, told).status_code == 302
    assert browsers.decision_maker.post(url, {"version": 0}).status_code == 403
    assert fresh(case).state == "approved_in_principle"
    assert browsers.second_decision_maker.post(url, {"version": 0}).status_code == 302
    assert (fresh(case).state, case.decisions.get().kind) == ("in_review", "reopen")


@pytest.mark.parametrize(
    ("until", "answered", "noticed", "why"),
    [
        (None, True, True, "Record when the preliminary notice was served."),
        (0, True, True, "The firm may make representations until {day}."),  # the last day is the firm's
        (-1, False, True, "Record our answer to the representation: Not so."),
        (-1, True, False, "“{other}” was not in the preliminary notice."),
        (-1, True, True, ""),
    ],
)
def test_a_refusal_is_on_noticed_grounds_after_the_time_and_our_answers(
    filed, afsa, afsa_staff, until, answered, noticed, why
):
    case = filed(afsa, state="refusal_proposed")
    ground, other = [ground.code for ground in case.book.grounds if ground.quotable][:2]
    day = None if until is None else timezone.localdate() + timedelta(days=until)
    notice = case.refusal_notices.create(
        grounds=[ground], evidence="e", text="t", proposed_by=afsa_staff.decision_maker,
        proposed_at=timezone.now(), served_on=day, representations_until=day,
    )  # fmt: skip
    said = Representation.objects.create(notice=notice, text="Not so.", made_by=case.created_by)
    Representation.objects.filter(pk=said.pk).update(answered_at=timezone.now() if answered else None)
    refusal = {"grounds": [ground if noticed else other], "reason": "They stand."}
    actor = afsa_staff.decision_maker
    if not why:
        assert decisions.refuse(actor=actor, case=case, expected_version=0, **refusal).state == "refused"
        return
    with pytest.raises(NotReady) as refused:
        decisions.refuse(actor=actor, case=case, expected_version=0, **refusal)
    told = why.format(day=f"{day:%d.%m.%Y}" if day else "", other=other)
    assert [str(reason) for reason in refused.value.reasons] == [told]
