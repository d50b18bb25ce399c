"""From the first sign-in to the decision, in a browser, with real files. Staff act through services."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from applications.models import Application, InformationRequest, Person, Snapshot
from applications.samples.cases import approve_people
from applications.services import assessment, decisions, requests, verdicts
from tests.plugins.cases import accept, fresh, new_applicant
from tests.portal.conftest import answer_all, pdf, signed


def start(browser, licence_type):
    home = browser.get(reverse("portal:home")).content.decode()
    assert "First, name your firm" in home
    browser.post(
        reverse("accounts:found_firm"),
        {"name": "Steppe Vault JSC", "legal_form": "jsc", "no_bin_reason": "not_yet", "country": "KZ"},
    )
    home = browser.get(reverse("portal:home")).content.decode()
    firm = re.search(r'name="firm" value="([0-9a-f-]+)"', home)[1]
    started = browser.post(reverse("portal:start"), {"firm": firm, "licence_type": licence_type.pk})
    case = Application.objects.with_case().get(firm=firm)
    assert started.url == reverse("portal:case", args=[case.pk])
    return case


def enter_people_and_holdings(browser, case):
    person = {
        "given_names": "Әділ", "family_name": "Байұзақов", "patronymic": "Серікұлы",
        "born_on_day": "21.06.1975", "born_on_month": "", "born_on_year": "",
        "citizenship": "IE", "residence": "KZ",
        "identifier_kind": "passport", "identifier": "N 1234567",
        "functions": [function.code for function in case.book.functions],
    }  # fmt: skip
    assert browser.post(reverse("portal:person", args=[case.pk]), person).status_code == 302
    found = Person.objects.get(firm=case.firm)
    holding = {
        "owner": f"person:{found.pk}", "owned": str(case.entities.get(is_applicant=True).pk),
        "economic": "100", "voting": "100,00", "kind": "own",
    }  # fmt: skip
    assert browser.post(reverse("portal:ownership", args=[case.pk]), holding).status_code == 302
    figures = {"paid_up_shares": "210 000 000", "liquid_assets": "45\u00a0000\u00a0000,50"}
    assert browser.post(reverse("portal:capital", args=[case.pk, "now"]), figures).status_code == 302


def complete_stages(browser, case):
    for stage in case.stages.all():
        data = {"act": "complete", "version": stage.version}
        done = browser.post(reverse("portal:stage", args=[case.pk, stage.code]), data)
        assert done.status_code == 302, done.content.decode()


def sign(browser, case):
    page = browser.get(reverse("portal:declare", args=[case.pk])).content.decode()
    data = signed(page)
    return browser.post(reverse("portal:declare", args=[case.pk]), data), data


def approve_everything(case, staff):
    case = fresh(case)
    for stage in case.stages.order_by("order"):
        assessment.take_stage(actor=staff.reviewer, stage=stage, expected_version=stage.version)
    for finding in case.findings.all():
        assessment.assess(
            actor=staff.reviewer,
            finding=finding,
            expected_version=finding.version,
            outcome="met",
            note="Seen.",
        )
    approve_people(case, staff)
    for stage in fresh(case).stages.order_by("order"):
        assessment.approve_stage(actor=staff.reviewer, stage=stage, expected_version=stage.version)


def decide(case, staff):
    case = fresh(case)
    decisions.recommend(
        actor=staff.lead_reviewer, case=case, expected_version=case.version, outcome="grant",
        reason="Everything is met.",
    )  # fmt: skip
    case = fresh(case)
    decisions.grant(
        actor=staff.decision_maker, case=case, expected_version=case.version, reason="The file is complete."
    )


def test_from_the_first_sign_in_to_the_decision(afm, afm_staff, document_store, signed_in):
    browser = signed_in(new_applicant("Ләззат Төреғазы"))
    case = start(browser, afm)
    enter_people_and_holdings(browser, case)
    answer_all(browser, case)
    complete_stages(browser, case)
    check = browser.get(reverse("portal:check", args=[case.pk])).content.decode()
    assert "Not provided" not in check

    done, data = sign(browser, case)
    assert done.url == reverse("portal:submitted", args=[case.pk])
    again = browser.post(reverse("portal:declare", args=[case.pk]), data)
    assert again.url == done.url
    case = fresh(case)
    assert (case.state, case.snapshots.count()) == ("submitted", 1)
    snapshot = Snapshot.objects.get(application=case)
    confirmation = browser.get(done.url).content.decode()
    for words in (case.reference, snapshot.sha256, "(UTC+5)", "Director", "Ләззат Төреғазы"):
        assert words in confirmation

    accept(case, afm_staff.case_officer)
    request = requests.write_request(
        actor=afm_staff.reviewer,
        case=fresh(case),
        due_on=timezone.localdate() + timedelta(days=10),
        points=[{"requirement": "N-BP-01", "question": "Which form exactly?"},
                {"requirement": "N-BP-06", "question": "Which platform exactly?"}],
    )  # fmt: skip
    page = reverse("portal:request", args=[case.pk, 1])
    assert browser.get(page).status_code == 404
    requests.send_request(actor=afm_staff.reviewer, request=request, expected_version=request.version)
    assert "Answer request 1" in browser.get(reverse("portal:case", args=[case.pk])).content.decode()
    assert "Which form exactly?" in browser.get(page).content.decode()
    sent = browser.post(page, {"p1-text": "A JSC.", "p1-files": [pdf("charter.pdf")], "p2-text": "",
                               "version": "1", "act": "send"})  # fmt: skip
    assert sent.url == f"{page}?send=part"
    part = browser.get(sent.url).content.decode()
    shown = part.split('name="shown" value="')[1].split('"')[0]
    assert browser.post(page, {"version": "1", "shown": shown, "act": "send"}).url == page
    assert InformationRequest.objects.get(pk=request.pk).status == "part_answered"
    sent = browser.post(page, {"p2-text": "None.", "version": "2", "act": "send"})
    assert sent.url == page
    request = InformationRequest.objects.get(pk=request.pk)
    assert request.status == "answered"
    assert [p.answer for p in request.points.all()] == ["A JSC.", "None."]
    for point in request.points.select_related("request"):
        verdicts.judge_point(
            actor=afm_staff.reviewer, point=point, expected_version=point.version, verdict="satisfactory"
        )
    requests.close_request(actor=afm_staff.reviewer, request=request, expected_version=request.version)

    approve_everything(case, afm_staff)
    decide(case, afm_staff)
    case = fresh(case)
    last = browser.get(reverse("portal:case", args=[case.pk])).content.decode()
    for words in ("Readiness record", case.readiness.reference, "The file is complete.", "What happened"):
        assert words in last
    assert "Your turn" not in last
    assert ("Granted" in last, last.count("Readiness recorded") > 1) == (False, True)
