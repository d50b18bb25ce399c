"""People for functions at the desk, and what the firm sees of it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.conditions.individual import first_allowed_day
from applications.models import IndividualApproval
from applications.services import individuals
from applications.services.meeting_log import log_meeting
from applications.services.standing import keep
from audit.models import Event
from notifications.models import Message
from tests.desk.conftest import at, new_person, on
from tests.plugins.cases import fresh
from workflow.errors import NotReady

CANARY = "zhasyryn-kanareika"


def person_for(case, function):
    person = new_person(case, function=function)
    submit_with(case, person, [function])
    return person


def submit_with(case, person, posts):
    """The newest submission names the person for these functions."""
    snapshot = case.snapshots.latest("number")
    people = snapshot.content["people"] | {str(person.pk): {"posts": posts}}
    case.snapshots.create(
        number=snapshot.number + 1, content=snapshot.content | {"people": people}, sha256="0" * 64,
        law={}, made_at=timezone.now(), made_by_name="Firm",
    )  # fmt: skip


def individual_act(approval, name):
    return reverse("admin:applications_individualapproval_act", args=[approval.pk, name])


@pytest.fixture
def approval(case):
    return IndividualApproval.objects.create(application=case, person=person_for(case, "seo"), function="seo")


def test_those_named_are_taken_up_and_one_is_assessed_and_refused_by_pages(case, browsers, afsa_staff):
    person = person_for(case, "seo")
    page = browsers.case_officer.get(at("individuals", case)).content.decode()
    assert ("named, not proposed yet" in page, "Propose those who are named" in page) == (True, False)
    assert browsers.case_officer.post(at("individuals", case)).status_code == 403
    assert browsers.specialist.post(at("individuals", case)).status_code == 302
    [approval] = case.individuals.all()

    assert browsers.specialist.post(individual_act(approval, "assess"), {"version": 0}).status_code == 302
    about = at("person", case, person.pk)
    page = browsers.reviewer.get(about)
    offered = {act["name"]: act["open"] for act in page.context["approvals"][0]["acts"]}
    assert offered == {"approve": False, "propose_refusal": True, "withdraw": True}
    assert "no consent stands" in page.content.decode()
    typed = {"version": 1, "reason": CANARY, "notice": "We mean to refuse.",
             **on(timezone.localdate(), "represent_until")}  # fmt: skip
    response = browsers.reviewer.post(individual_act(approval, "propose_refusal"), typed)
    assert (response.status_code, CANARY in response.content.decode()) == (422, True)
    typed |= on(first_allowed_day(case), "represent_until")
    response = browsers.reviewer.post(individual_act(approval, "propose_refusal"), typed)
    assert (response.status_code, response.url) == (302, about)
    answer = at("individual_answer", case, approval.pk)
    assert browsers.case_officer.post(answer, {"version": 2, "text": "She is fit."}).status_code == 302
    assert browsers.case_officer.post(answer, {"version": 2, "text": "Other."}).status_code == 409
    assert browsers.decision_maker.get(individual_act(approval, "refuse")).status_code == 200
    assert browsers.reviewer.post(individual_act(approval, "refuse"), {"version": 3}).status_code == 403


def test_the_page_of_a_person_has_findings_interviews_and_consents(case, approval, browsers, afsa_staff):
    finding = case.findings.first()
    type(finding).objects.filter(pk=finding.pk).update(person=approval.person)
    log_meeting(
        actor=afsa_staff.reviewer, case=case, kind="interview", held_on=timezone.localdate(), place="Video",
        subject="Fitness of the candidate", minutes="m", person=approval.person, staff=[afsa_staff.reviewer],
    )  # fmt: skip
    page = browsers.reviewer.get(at("person", case, approval.person_id)).content.decode()
    for words in (
        finding.requirement,
        "Fitness of the candidate",
        "Senior Executive Officer",
        "Not recorded yet.",
    ):
        assert words in page
    typed_since = new_person(case, "not submitted", function="fo")
    assert browsers.reviewer.get(at("person", case, typed_since.pk)).status_code == 404
    for name in ("individuals", "meeting_new"):
        assert typed_since.full_name not in browsers.reviewer.get(at(name, case)).content.decode()
    assert individuals.take_up(actor=afsa_staff.reviewer, case=case) == []


def test_lists_cost_the_same_for_any_number(case, approval, browsers, english):
    firm, counted = english(case.created_by), []
    pages = ((browsers.reviewer, at("change", case)), (browsers.reviewer, at("individuals", case)),
             (firm, reverse("portal:people", args=[case.pk])))  # fmt: skip
    for more in (0, 2):
        for _n in range(more):
            IndividualApproval.objects.create(application=case, person=person_for(case, "fo"), function="fo")
        for browser, url in pages:
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            counted.append(len(queries))
    assert (case.individuals.count(), counted[:3]) == (3, counted[3:])


def test_the_firm_sees_states_and_notices_and_nothing_else(case, approval, english, afsa_staff):
    log_meeting(
        actor=afsa_staff.reviewer, case=case, kind="interview", held_on=timezone.localdate(), place=CANARY,
        subject=CANARY, minutes=CANARY, person=approval.person, others=CANARY,
    )  # fmt: skip
    firm = english(case.created_by)
    urls = [reverse("portal:people", args=[case.pk]), reverse("portal:case", args=[case.pk]),
            reverse("portal:person_questions", args=[case.pk, approval.person_id])]  # fmt: skip
    seen = []
    for act, words in (
        ("", {}), ("assess", {}),
        ("propose_refusal", {"reason": CANARY, "notice": "We mean to refuse.",
                             "represent_until": first_allowed_day(case)}),
        ("assess_again", {"reason": CANARY}),
    ):  # fmt: skip
        if act:
            approval = individuals.act_on(
                actor=afsa_staff.lead_reviewer, approval=approval, act=act, expected_version=approval.version,
                **words,
            )  # fmt: skip
        pages = [firm.get(url).content.decode() for url in urls]
        assert not any(CANARY in page for page in pages)
        seen.append((fresh(approval).get_state_display() in pages[0], "We mean to refuse." in pages[0]))
    assert seen == [(True, False), (True, False), (True, True), (True, False)]


def test_the_firm_takes_a_candidate_back_by_its_page(case, approval, english, firm_user):
    firm, url = english(case.created_by), reverse("portal:person_another", args=[case.pk, approval.person_id])
    assert url in firm.get(reverse("portal:people", args=[case.pk])).content.decode()
    typed = {"approval": f"{approval.pk}.0", "reason": ""}
    assert firm.post(url, typed).status_code == 422
    assert firm.post(url, {"approval": f"{approval.pk}.7", "reason": "She left."}).status_code == 422
    assert firm.post(url, {**typed, "reason": "She left."}).status_code == 302
    assert (fresh(approval).state, fresh(approval).reason) == ("withdrawn", "She left.")
    assert case.stages.get(code="fit_and_proper").state == "changes_requested"
    assert firm.post(url, {**typed, "reason": "She left."}).status_code == 404


def test_nothing_is_written_to_a_notice_once_the_case_has_ended(case, afsa_staff):
    approval = IndividualApproval.objects.create(
        application=case, person=person_for(case, "seo"), function="seo", state="refusal_proposed"
    )
    type(case).objects.filter(pk=case.pk).update(state="withdrawn")
    with pytest.raises(NotReady, match="The case is decided"):
        individuals.record_answer(
            actor=afsa_staff.case_officer, approval=approval, expected_version=0, text="She is fit."
        )


def test_what_the_firm_said_to_a_notice_is_never_taken_for_another_answer_and_staff_change_none_of_it(
    case, approval, english, afsa_staff
):
    held = IndividualApproval.objects.filter(pk=approval.pk)
    held.update(state="assessing")
    held.update(state="refusal_proposed", notice="We mean to.", represent_until=timezone.localdate())
    firm, desk = english(case.created_by), english(afsa_staff.case_officer)
    url = reverse("portal:person_notice", args=[case.pk, approval.person_id, "seo"])
    first = "She has not been heard."
    for text in (first, "heard.", "heard.", first):  # all from the page of before
        assert firm.post(url, {"version": 0, "text": text}).status_code == 302
    answer = at("individual_answer", case, approval.pk)
    page = desk.get(answer)
    assert first in page.content.decode()
    by_post = {"version": page.context["version"], "text": "By post: see the letter."}
    assert [desk.post(answer, by_post).status_code for _press in range(2)] == [302, 409]
    assert fresh(approval).representation == f"{first}\n\nheard.\n\nBy post: see the letter."


def test_the_firm_answers_a_notice_in_the_portal_and_reads_our_answer(case, approval, english, afsa_staff):
    how = {"notice": "We mean to refuse.", "reason": CANARY, "represent_until": first_allowed_day(case)}
    for name, words in (("assess", {}), ("propose_refusal", how)):
        approval = individuals.act_on(
            actor=afsa_staff.reviewer, approval=approval, act=name, expected_version=approval.version, **words
        )
    firm, people = english(case.created_by), reverse("portal:people", args=[case.pk])
    url = reverse("portal:person_notice", args=[case.pk, approval.person_id, "seo"])
    told = Message.objects.filter(template="refusal_notice").values_list("url", flat=True)
    assert list(told) == [f"{settings.BASE_URL}{url}"]
    assert (url in firm.get(people).content.decode(), firm.get(url).status_code) == (True, 200)
    home, turn = reverse("portal:case", args=[case.pk]), "A refusal of one of your people is proposed"
    assert (turn in firm.get(home).content.decode(), url in firm.get(home).content.decode()) == (True, True)
    assert firm.post(url, {"version": approval.version, "text": " "}).status_code == 422
    said = {"version": approval.version, "text": "She has ten years."}
    assert [firm.post(url, said).status_code for _press in range(2)] == [302, 302]
    more = {"version": approval.version + 1, "text": "And a letter."}
    assert firm.post(url, more).status_code == 302
    assert fresh(approval).representation == "She has ten years.\n\nAnd a letter."
    events = Event.objects.filter(subject=case.audit_subject, kind="application.individual_answer")
    assert list(events.order_by("number").values_list("reason", flat=True)) == [said["text"], more["text"]]

    last = timezone.localdate() - timedelta(days=1)
    IndividualApproval.objects.filter(pk=approval.pk).update(represent_until=last)
    keep([case.pk])
    assert turn not in firm.get(home).content.decode()
    late = firm.post(url, {"version": approval.version + 2, "text": "Late."})
    assert (late.status_code, "The time for representations is over." in late.content.decode()) == (422, True)
    decider = english(afsa_staff.decision_maker)
    act = individual_act(approval, "refuse")
    bare = decider.post(act, {"version": approval.version + 2, "reason": CANARY})
    assert (bare.status_code, "Write our answer" in bare.content.decode()) == (422, True)
    answered = {"version": approval.version + 2, "reason": CANARY, "our_answer": "They were weighed."}
    assert decider.post(act, answered).status_code == 302
    page = firm.get(url).content.decode()
    assert ("They were weighed." in page, "And a letter." in page, CANARY in page) == (True, True, False)
    assert url in firm.get(people).content.decode()


def test_what_was_typed_on_one_notice_is_not_on_a_newer_one(case, approval, english, afsa_staff):
    def posted(page):
        return dict(
            re.findall(r'type="hidden" name="(version|notice)" value="([^"]*)"', page.content.decode())
        )

    def acted(name, **words):
        now = fresh(approval)
        individuals.act_on(
            actor=afsa_staff.lead_reviewer, approval=now, act=name, expected_version=now.version, **words
        )

    how = {"reason": CANARY, "represent_until": first_allowed_day(case)}
    acted("assess")
    acted("propose_refusal", notice="She has no diploma.", **how)
    case.stages.filter(code="fit_and_proper").update(state="changes_requested")  # then the page keeps text
    firm = english(case.created_by)
    url = reverse("portal:person_notice", args=[case.pk, approval.person_id, "seo"])
    page = firm.get(url)
    typed = {"typed_mark": page.context["typed_page"].mark, "text": "Here is her diploma."} | posted(page)
    assert firm.post("/applications/typed/", typed).status_code == 200
    assert "Here is her diploma." in firm.get(url).content.decode()
    acted("assess_again", reason=CANARY)
    acted("propose_refusal", notice="She was dismissed.", **how)

    assert "Here is her diploma." not in firm.get(url).content.decode()
    sent = firm.post(url, typed)  # from the page of before
    shown = sent.content.decode()
    assert (sent.status_code, fresh(approval).representation) == (409, "")
    assert [text in shown for text in ("A newer notice", "She was dismissed.", "Here is her diploma.")] == [
        True, True, True
    ]  # fmt: skip
    again = {"text": "She was not."} | posted(sent)
    assert firm.post(url, again).status_code == 302
    assert fresh(approval).representation == "She was not."
