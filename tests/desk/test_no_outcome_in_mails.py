"""A decision mail is the same, whatever was decided."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Message
from tests.desk.conftest import act, at, on
from tests.desk.test_acts_at_the_desk import quotable
from tests.plugins.cases import fresh
from tests.plugins.days import working
from tests.plugins.undone import rolled_back

pytestmark = pytest.mark.django_db


def press(browser, case, name, **data):
    answer = browser.post(act(case, name), {"version": fresh(case).version, **data})
    assert answer.status_code == 302


def approve(case, browsers):
    case.findings.update(outcome="met")
    until = on(timezone.localdate() + timedelta(days=90), "expires_on")
    decider = browsers.decision_maker
    press(decider, case, "approve_in_principle", reason="Good.", text_1="Hire.", effect_1="carry", **until)


def refuse(case, browsers):
    decider, today = browsers.decision_maker, timezone.localdate()
    words = {"grounds": [quotable(case)], "departs": "The letter came after it."}
    press(decider, case, "propose_refusal", evidence="Letter 5.", notice="We propose to refuse.", **words)
    served = {
        **on(today, "served_on"),
        "how": "By courier.",
        **on(working(today + timedelta(days=1)), "until"),
    }
    service = at("service", case, case.refusal_notices.get().pk)
    assert browsers.case_officer.post(service, served).status_code == 302
    case.refusal_notices.update(representations_until=today - timedelta(days=1))
    press(decider, case, "refuse", reason="The grounds stand.", **words)


def test_an_approval_and_a_refusal_are_told_in_the_same_words(filed, afsa, browsers):
    told, _signed_in = [], (browsers.decision_maker, browsers.case_officer)
    for decide in (approve, refuse):
        with rolled_back():
            case = filed(afsa, state="recommended")
            decide(case, browsers)
            of_firm = Message.objects.filter(
                internal=False, template__in=["approved_in_principle", "decision"]
            )
            message = of_firm.get(about=[case.audit_subject])
            said = (message.subject, message.subject_ref, message.url, message.body_text, message.body_html)
            told.append([part.replace(str(case), "REF").replace(str(case.pk), "KEY") for part in said])
    assert told[0] == told[1]
