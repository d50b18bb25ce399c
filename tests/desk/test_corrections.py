"""Clerical corrections: two people, words alone, the original for ever beside them."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import Correction, CorrectionAnswer, Decision, Recommendation
from applications.portal.standing import DECISIONS, timeline_of
from applications.services.corrections import answer_correction, propose_correction
from applications.states import TOLD_DECISIONS
from audit.models import Event
from notifications.models import Message
from tests.desk.conftest import at
from tests.plugins.cases import fresh, new_staff
from workflow.errors import Gone, NotAllowed, NotReady

SLIP = {"old": "Altin", "new": "Altyn", "reason": "The name of the firm."}


@pytest.fixture
def case(filed, afsa):
    return filed(afsa, state="granted")


@pytest.fixture
def decision(case, afsa_staff):
    return Decision.objects.create(
        application=case, snapshot=case.snapshots.get(), kind="grant", law={}, at=timezone.now(),
        by=afsa_staff.decision_maker, reason="Altin Custody meets all the criteria, and the criteria stand.",
    )  # fmt: skip


def propose(case, decision, user, **words):
    return propose_correction(actor=user, case=case, record="decision", pk=decision.pk, **{**SLIP, **words})


def test_a_slip_is_put_right_beside_the_text_by_two_people(case, decision, browsers, afsa_staff, english):
    before = fresh(decision)
    url, told = at("correction_new", case, "decision", decision.pk), {**SLIP, "seen": "0"}
    assert [browsers.decision_maker.post(url, told).status_code for _press in range(2)] == [302, 302]
    made = Correction.objects.get()
    answer, yes = at("correction", case, made.pk), {"confirmed": "yes"}
    assert browsers.decision_maker.post(answer, yes).status_code == 403
    founder = english(case.firm.memberships.first().user)
    portal = f"/applications/{case.pk}/decision/"
    assert "Altyn" not in founder.get(portal).content.decode().replace("Altyn Custody Ltd", "")
    assert browsers.case_officer.post(answer, yes).status_code == 302
    assert browsers.case_officer.get(answer).status_code == 404

    for page in (browsers.reviewer.get(at("change", case)), founder.get(portal)):
        text = page.content.decode()
        assert ("Altin Custody meets all" in text, "“Altin” reads “Altyn”" in text) == (True, True)
    assert afsa_staff.decision_maker.full_name not in founder.get(portal).content.decode()
    now = fresh(decision)
    assert {f.attname: getattr(now, f.attname) for f in now._meta.fields} == {
        f.attname: getattr(before, f.attname) for f in before._meta.fields
    }
    assert (fresh(case).state, fresh(case).version) == ("granted", case.version)
    events = Event.objects.filter(subject=case.audit_subject, kind__contains="correction").order_by("number")
    assert [event.kind for event in events] == [
        "application.correction_proposed", "application.correction_confirmed",
    ]  # fmt: skip
    assert (events[1].data["old"], events[1].data["new"]) == ("Altin", "Altyn")


def test_a_declined_one_is_shown_to_staff_alone(case, decision, browsers, afsa_staff, english):
    made = propose(case, decision, afsa_staff.decision_maker)
    answer_correction(actor=afsa_staff.lead_reviewer, correction=made, confirmed=False)
    assert "Declined" in browsers.reviewer.get(at("change", case)).content.decode()
    founder = english(case.firm.memberships.first().user)
    assert "reads" not in founder.get(f"/applications/{case.pk}/decision/").content.decode()
    with pytest.raises(NotReady, match="answered already"):
        answer_correction(actor=afsa_staff.lead_reviewer, correction=made, confirmed=True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"old": "the criteria"}, "These words stand 2 times in the text"),
        ({"old": "Nowhere"}, "These words stand 0 times"),
        ({"new": "Altin"}, "as they stand and as they should be"),
        ({"reason": " "}, "Say why it is a slip"),
        ({"new": "x" * 301}, "300 characters at most"),
    ],
)
def test_what_is_no_slip_says_why(case, decision, afsa_staff, words, why):
    with pytest.raises(NotReady, match=why):
        propose(case, decision, afsa_staff.decision_maker, **words)
    assert propose(case, decision, afsa_staff.decision_maker, new="x" * 300).new == "x" * 300


def test_it_knows_texts_alone_and_those_of_its_case(case, decision, filed, afsa, afsa_staff):
    for record in ("grounds", "state", "decisions", "notice"):
        with pytest.raises(Gone):
            propose_correction(
                actor=afsa_staff.decision_maker, case=case, record=record, pk=decision.pk, **SLIP
            )
    with pytest.raises(Gone):
        propose(filed(afsa, state="granted"), decision, afsa_staff.decision_maker)


def test_a_second_account_of_the_same_human_is_no_second_person(case, decision, afsa_staff):
    made = propose(case, decision, afsa_staff.decision_maker)
    officer = afsa_staff.case_officer
    type(officer).objects.filter(pk=officer.pk).update(human=afsa_staff.decision_maker.human)
    with pytest.raises(NotAllowed, match="another person has to confirm it"):
        answer_correction(actor=fresh(officer), correction=made, confirmed=True)
    held = {"correction": made, "confirmed": True, "by": officer, "at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionAnswer.objects.create(**held, human=made.proposed_human, proposed_human=made.proposed_human)
    with pytest.raises(NotAllowed):
        propose(case, decision, new_staff("Of Nobody"))


@pytest.mark.parametrize(
    ("record", "kind", "told"),
    [
        ("decision", "grant", ["A slip was corrected"]),
        ("decision", "propose_refusal", []),
        ("decision", "remit", []),
        ("recommendation", "grant", []),
    ],
)
def test_the_firm_does_not_hear_of_a_slip_in_what_it_never_reads(case, afsa_staff, record, kind, told):
    decided = Decision.objects.create(
        application=case, snapshot=case.snapshots.get(), kind=kind, reason="Altin lacks keys.", law={},
        by=afsa_staff.decision_maker, at=timezone.now(),
    )  # fmt: skip
    made = Recommendation.objects.create(
        application=case, snapshot=case.snapshots.get(), outcome="refuse", reason="Altin lacks keys.", law={},
        by=afsa_staff.lead_reviewer, at=timezone.now(),
    )  # fmt: skip
    pk = {"decision": decided.pk, "recommendation": made.pk}[record]
    proposed = propose_correction(actor=afsa_staff.decision_maker, case=case, record=record, pk=pk, **SLIP)
    answer_correction(actor=afsa_staff.lead_reviewer, correction=proposed, confirmed=True)
    assert [event.what for event in timeline_of(case)] == told
    assert set(DECISIONS) == TOLD_DECISIONS
    mails = Message.objects.filter(template="corrected")
    assert [(mail.recipient, mail.url) for mail in mails] == [
        (case.created_by, f"{settings.BASE_URL}/applications/{case.pk}/decision/") for _slip in told
    ]
