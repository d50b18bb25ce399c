"""A panel: who may sit and vote, what counts, and what its result asks of the decision."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.conditions.panel import TO_REFUSE, panel_has_voted
from applications.models import Application, Panel, Vote
from applications.queries.panels import Sitting
from applications.services import assessment, panels
from applications.votes import Count, says
from audit.models import Event
from tests.desk.conftest import act, at, on, sitting
from tests.plugins.cases import fresh, new_staff
from tests.workflow.test_concurrency import at_once, kinds
from workflow.duties import side_of, take
from workflow.errors import NotAllowed, NotReady


@pytest.fixture
def case(filed, afsa):
    return filed(afsa, state="recommended")


@pytest.fixture
def panel(case, afsa_staff):
    """Three sit: the chair, a second decision maker, a specialist. Two make the quorum."""
    return sitting(case, afsa_staff.decision_maker, afsa_staff.second_decision_maker, afsa_staff.specialist)


YESTERDAY = timezone.localdate() - timedelta(days=1)


def vote(panel, user, choice, reason="As I see it."):
    return panels.vote(actor=user, panel=panel, choice=choice, reason=reason)


def close(panel, user, *, present=None, sat_on=None):
    voted = {given.member_id for given in Vote.objects.filter(panel=panel)}
    return panels.close_panel(
        actor=user, panel=panel, minutes="It was discussed.", sat_on=sat_on or timezone.localdate(),
        present=sorted(voted) if present is None else present,
    )  # fmt: skip


# --- counting


@pytest.mark.parametrize(
    ("votes", "result"),
    [
        ("", "none"),
        ("f", "none"),  # one of two that the quorum asks for
        ("ff", "for"),
        ("fa", "none"),  # a tie
        ("ffa", "for"),
        ("faa", "against"),
        ("fx", "for"),  # who abstains counts in the quorum alone
        ("xx", "none"),
    ],
)
def test_the_majority_of_the_votes_with_the_quorum_decides_and_a_tie_does_not(votes, result):
    names = {"f": "for", "a": "against", "x": "abstain"}
    assert Count(quorum=2, votes=tuple(names[one] for one in votes)).result == result


def test_what_a_result_says_of_the_outcome():
    said = {(question, result): says(question, result)
            for question in ("grant", "refuse") for result in ("for", "against", "none")}  # fmt: skip
    assert said == {
        ("grant", "for"): "grant", ("grant", "against"): "refuse", ("grant", "none"): "",
        ("refuse", "for"): "refuse", ("refuse", "against"): "grant", ("refuse", "none"): "",
    }  # fmt: skip


# --- at the desk


def test_a_panel_from_convening_to_a_grant_that_departs_from_it(case, browsers, afsa_staff):
    chair, other, third = (afsa_staff.decision_maker, afsa_staff.second_decision_maker, afsa_staff.specialist)
    close(sitting(case, chair), chair)
    data = {"version": case.version, "chair": chair.pk, "members": [other.pk, third.pk], "quorum": 2,
            "reason": "A new kind of business."}  # fmt: skip
    convened = browsers.lead_reviewer.post(at("panel_new", case), data)
    assert convened.url == at("panel", case, 2)
    assert browsers.lead_reviewer.post(at("panel_new", case), data).status_code == 422  # one at a time

    waits = browsers.decision_maker.post(act(case, "send_back"), {"version": 0, "reason": "Look again."})
    assert [str(reason) for reason in waits.context["offer"].reasons] == [
        "Panel 2 sits: its chair closes it first."
    ]
    for browser, choice in ((browsers.decision_maker, "for"), (browsers.second_decision_maker, "against"),
                            (browsers.specialist, "against")):  # fmt: skip
        voted = browser.post(at("panel_vote", case, 2), {"choice": choice, "reason": f"I vote {choice}."})
        assert voted.status_code == 302
    page = browsers.reviewer.get(at("panel", case, 2)).content.decode()
    assert ("I vote against." in page, "No law on record asks for a panel" in page) == (True, True)
    held = [member.pk for member in Panel.objects.get(number=2).members.all()]
    minutes = {**on(timezone.localdate(), "sat_on"), "minutes": "Two against.", "present": held}
    assert browsers.second_decision_maker.post(at("panel_close", case, 2), minutes).status_code == 403
    assert browsers.decision_maker.post(at("panel_close", case, 2), minutes).status_code == 302
    assert Panel.objects.get(number=2).result == "against"
    assert browsers.decision_maker.post(at("panel_vote", case, 2), {}).status_code == 404

    case.findings.update(outcome="met")
    terms = {"version": 0, "reason": "Met.", "text_1": "Pay in.", "owner_1": "firm", "effect_1": "lapse",
             **on(timezone.localdate() + timedelta(days=90), "expires_on")}  # fmt: skip
    unsaid = browsers.decision_maker.post(act(case, "approve_in_principle"), terms)
    assert [str(reason) for reason in unsaid.context["offer"].reasons] == [
        "This departs from the vote of the panel: say why."
    ]
    said = {**terms, "departs": "The new opinion of counsel."}
    assert browsers.decision_maker.post(act(case, "approve_in_principle"), said).status_code == 302
    assert case.decisions.get().departs == "The new opinion of counsel."
    kinds = Event.objects.filter(subject=case.audit_subject, kind__contains="panel").values_list("kind")
    assert [kind for (kind,) in kinds.order_by("number")][1:] == [
        "application.panel_convened", *["application.panel_vote"] * 3, "application.panel_closed",
    ]  # fmt: skip


# --- who may sit and vote


def test_who_examined_cannot_sit_and_who_voted_cannot_examine(case, panel, afsa_staff):
    close(panel, afsa_staff.decision_maker)
    take(case=case.duty_case, actor=afsa_staff.reviewer, side="examine", act="assess")
    people = {"chair": afsa_staff.decision_maker, "quorum": 2, "reason": "Large.", "case": case,
              "expected_version": case.version}  # fmt: skip
    with pytest.raises(NotReady, match="AFSA reviewer examined this case and cannot vote on it"):
        panels.convene_panel(actor=afsa_staff.lead_reviewer, members=[afsa_staff.reviewer], **people)
    again = panels.convene_panel(actor=afsa_staff.lead_reviewer, members=[afsa_staff.specialist], **people)
    vote(again, afsa_staff.specialist, "for")
    stage = case.stages.first()
    with pytest.raises(NotAllowed, match="You decided on this case"):
        assessment.request_changes(
            actor=decider_as_reviewer(afsa_staff), stage=stage, expected_version=stage.version, reason="No."
        )
    assert side_of(case=case.duty_case, human=afsa_staff.lead_reviewer.human) == ""  # naming takes no side


def decider_as_reviewer(staff):
    """The reviewer's account in the hands of the specialist who voted."""
    type(staff.reviewer).objects.filter(pk=staff.reviewer.pk).update(human=staff.specialist.human)
    return fresh(staff.reviewer)


def test_who_took_the_other_side_after_being_named_cannot_vote(case, panel, afsa_staff):
    take(case=case.duty_case, actor=afsa_staff.specialist, side="examine", act="assess")
    with pytest.raises(NotAllowed, match="You examined this case"):
        vote(panel, afsa_staff.specialist, "for")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quorum": 1}, "The quorum has to be 2 at least"),
        ({"quorum": 3}, "no more than the 2 members"),
        ({"reason": " "}, "Say why this panel and this quorum."),
        ({"chair": "specialist"}, "The chair has to be a decision maker."),
        ({"members": []}, "no more than the 1 members"),
        ({"members": ["stranger"]}, "not of this regulator's staff"),
    ],
)
def test_a_panel_that_cannot_be_says_why(case, panel, afsa_staff, change, why):
    close(panel, afsa_staff.decision_maker)
    known = {**vars(afsa_staff), "stranger": new_staff("Of Nobody")}
    asked = {"chair": "decision_maker", "members": ["specialist"], "quorum": 2, "reason": "Large.", **change}
    with pytest.raises(NotReady, match=why):
        panels.convene_panel(
            actor=afsa_staff.lead_reviewer, case=case, expected_version=case.version,
            chair=known[asked["chair"]], members=[known[name] for name in asked["members"]],
            quorum=asked["quorum"], reason=asked["reason"],
        )  # fmt: skip


def test_one_human_has_one_vote_whatever_the_account(case, panel, afsa_staff):
    first = vote(panel, afsa_staff.specialist, "for")
    twin = new_staff("Second Account")
    type(twin).objects.filter(pk=twin.pk).update(human=afsa_staff.specialist.human)
    with pytest.raises(NotAllowed):  # serves nobody
        vote(panel, fresh(twin), "against")
    held = {"panel": panel, "member": first.member, "human": first.human, "reason": "More.", "choice": "for"}
    for place in ({"replaces": None}, {"replaces": anew(panel, first, afsa_staff).replaces}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Vote.objects.create(at=timezone.now(), **held, **place)


def anew(panel, first, staff):
    given = vote(panel, staff.specialist, "against", "I have read the annex.")
    assert (given.replaces, Vote.objects.count()) == (first, 2)
    return given


def test_a_second_press_votes_once_and_a_vote_anew_stands_in_the_place_of_the_first(case, panel, browsers):
    url, words = at("panel_vote", case, 1), {"choice": "for", "reason": "Good.", "seen": "0"}
    assert [browsers.specialist.post(url, words).status_code for _press in range(2)] == [302, 302]
    assert Vote.objects.count() == 1
    seen = browsers.specialist.get(url).context["seen"]
    browsers.specialist.post(url, {"choice": "against", "reason": "Not good.", "seen": seen})
    page = browsers.reviewer.get(at("panel", case, 1))
    assert (page.context["count"].votes, Vote.objects.count()) == (("against",), 2)
    assert "Good." in page.content.decode()


def test_who_stands_aside_has_no_vote_and_no_place_in_the_quorum(case, panel, afsa_staff):
    for user in (afsa_staff.decision_maker, afsa_staff.specialist):
        vote(panel, user, "for")
    panels.recuse(actor=afsa_staff.specialist, panel=panel, reason="My sister works there.", is_conflict=True)
    with pytest.raises(NotAllowed):
        vote(panel, afsa_staff.specialist, "for")
    assert case.conflicts.get().human == afsa_staff.specialist.human
    assert close(panel, afsa_staff.decision_maker).result == "none"  # one vote of two


def test_where_the_chair_stands_aside_another_decision_maker_closes(case, panel, afsa_staff):
    vote(panel, afsa_staff.second_decision_maker, "against")
    vote(panel, afsa_staff.specialist, "against")
    with pytest.raises(NotAllowed, match="The chair closes the panel"):
        close(panel, afsa_staff.second_decision_maker)
    panels.recuse(actor=afsa_staff.decision_maker, panel=panel, reason="I know them.", is_conflict=False)
    assert close(panel, fresh(afsa_staff.second_decision_maker)).result == "against"


def test_where_the_chair_decides_here_no_more_another_decision_maker_closes(case, panel, afsa_staff):
    """Else nobody could, and no decision on the case could be taken any more."""
    chair, other = afsa_staff.decision_maker, afsa_staff.second_decision_maker
    with pytest.raises(NotAllowed, match="The chair closes the panel"):
        close(panel, other)
    chair.appointments.update(valid_from=YESTERDAY, valid_until=YESTERDAY)
    with pytest.raises(NotAllowed, match="You may not do this"):
        close(panel, fresh(chair))
    assert close(panel, fresh(other)).closed_by == other


def test_the_minutes_name_whoever_voted_as_present_and_no_day_to_come(case, panel, afsa_staff):
    vote(panel, afsa_staff.specialist, "for")
    with pytest.raises(NotReady, match="Voted, so was present: AFSA specialist"):
        close(panel, afsa_staff.decision_maker, present=[])
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(NotReady, match="cannot have sat in the future"):
        close(panel, afsa_staff.decision_maker, sat_on=tomorrow)
    close(panel, afsa_staff.decision_maker)
    present = dict(panel.members.values_list("user__full_name", "present"))
    assert present == {
        "AFSA decision maker": False,
        "AFSA second decision maker": False,
        "AFSA specialist": True,
    }
    with pytest.raises(NotReady, match="This panel is closed"):
        vote(panel, afsa_staff.specialist, "against")


@pytest.mark.django_db(transaction=True)
def test_two_votes_of_one_human_at_once_follow_one_another_and_one_counts(case, panel, afsa_staff):
    results = at_once(
        *[partial(vote, panel, fresh(afsa_staff.specialist), choice) for choice in ("for", "against")]
    )
    assert kinds(results) == {"Vote": 2}
    first, last = Vote.objects.order_by("pk")
    assert (first.replaces, last.replaces) == (None, first)
    assert Sitting(panel).count().votes == (last.choice,)


# --- what it asks of a decision


def test_a_panel_of_before_counts_no_more_once_it_is_recommended_anew(case, panel, afsa_staff):
    for user in (afsa_staff.decision_maker, afsa_staff.specialist):
        vote(panel, user, "against")
    close(panel, afsa_staff.decision_maker)
    refusing = {"departs": ""}
    case.recommended = "refuse"
    assert [reason for ask in TO_REFUSE for reason in ask(case, refusing)] == []
    last = case.recommendations.get()
    last.pk, last.at = None, timezone.now()
    last.save(force_insert=True)
    case.recommended = "grant"
    reasons = [str(reason) for ask in TO_REFUSE for reason in ask(fresh(case), refusing)]
    assert reasons == ["This departs from the recommendation: say why."]


def test_a_rule_book_can_ask_for_a_panel(case, panel, afsa_staff, monkeypatch):
    assert panel_has_voted(case, {}) == []
    asking = replace(case.book, panel_required=True)
    monkeypatch.setattr(Application, "book", property(lambda _self: asking))
    words = ["By this rule book a panel votes first, and comes to a decision."]
    assert [str(reason) for reason in panel_has_voted(case, {})] == words
    for user in (afsa_staff.decision_maker, afsa_staff.specialist):
        vote(panel, user, "for")
    assert [str(reason) for reason in panel_has_voted(case, {})] == words
    close(panel, afsa_staff.decision_maker)
    assert panel_has_voted(case, {}) == []


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_of_a_panel_costs_the_same_whatever_its_size(
    case, afsa_staff, browsers, more, django_assert_num_queries
):
    others = [afsa_staff.specialist, afsa_staff.second_lead_reviewer][:more]
    panel = sitting(case, afsa_staff.decision_maker, afsa_staff.second_decision_maker, *others)
    for user in (afsa_staff.decision_maker, *others):
        vote(panel, user, "for")
    browsers.reviewer.get(at("panel", case, 1))
    with django_assert_num_queries(QUERIES):
        browsers.reviewer.get(at("panel", case, 1))


QUERIES = 9
