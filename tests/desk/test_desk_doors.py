"""Who may open which page of the desk: staff of the regulator, each by their role, and nobody else."""

import pytest
from django.contrib import admin
from django.db.models import ProtectedError
from django.urls import reverse

from applications.desk.pages import PAGES
from applications.models import (
    Application,
    ChangeNotice,
    Condition,
    Consultation,
    Correction,
    ExtensionRequest,
    IndividualApproval,
    InformationRequest,
    Inspection,
    IssuedLetter,
    PointMessage,
    RefusalNotice,
    Representation,
    RequestPoint,
    Stage,
)
from tests.desk.conftest import act, at, new_person, sitting, stage_act
from tests.plugins.cases import an_inspected, fresh, new_staff

STAFF = ("case_officer", "reviewer", "specialist", "lead_reviewer", "decision_maker", "administrator")
REVIEW = {"reviewer", "lead_reviewer"}
OPENED_BY = {
    "stage": set(STAFF), "question": set(STAFF), "changes": set(STAFF), "request": set(STAFF),
    "note_new": set(STAFF), "conflict_new": set(STAFF), "hold_new": {"lead_reviewer", "decision_maker"},
    "completeness": {"case_officer"}, "fee": {"case_officer"}, "assign": {"case_officer", "lead_reviewer"},
    "take": {"case_officer", "lead_reviewer"}, "release": {"case_officer", "lead_reviewer"},
    "request_new": REVIEW, "consultation_new": REVIEW, "consultation": REVIEW | {"specialist"},
    "consultation_close": REVIEW, "consultation_give": REVIEW, "change_notice": REVIEW,
    "individuals": set(STAFF), "person": set(STAFF), "individual_answer": set(STAFF),
    "meeting_new": set(STAFF) - {"administrator"},
    "inspection_new": REVIEW | {"specialist"}, "inspection_confirm": REVIEW | {"specialist"},
    "condition": REVIEW, "version": {"lead_reviewer"}, "request_edit": REVIEW, "request_reply": REVIEW,
    "request_extension": REVIEW, "request_collect": REVIEW, "request_put": REVIEW, "request_verdict": REVIEW,
    "viewing": set(STAFF), "told": set(STAFF),
    "letters": set(STAFF), "letter": set(STAFF), "letter_pdf": set(STAFF), "letter_new": REVIEW,
    "extend_period": {"decision_maker"},
    "service": {"case_officer", "decision_maker"}, "representation": {"decision_maker"},
    "panel_new": {"lead_reviewer", "decision_maker"}, "panel": set(STAFF), "panel_vote": set(STAFF),
    "panel_recuse": set(STAFF), "panel_close": {"decision_maker"},
    "correction_new": {"case_officer", "lead_reviewer", "decision_maker"},
    "correction": {"case_officer", "lead_reviewer", "decision_maker"},
}  # fmt: skip


@pytest.fixture
def addresses(case, firm_user, afsa_staff):
    """Every page of one case, by name, with the records that it names; documents have tests of their own."""
    by = firm_user
    Condition.objects.create(application=case, number=1, text="Pay the capital in.")
    today = case.submitted_at.date()
    asked = InformationRequest.objects.create(
        application=case, number=1, due_on=today, written_by=by, status="sent"
    )
    InformationRequest.objects.create(application=case, number=2, due_on=today, written_by=by)
    point = RequestPoint.objects.create(request=asked, number=1, requirement="BP-03", question="?")
    PointMessage.objects.create(point=point, from_firm=True, text="Which?", by=by)
    ExtensionRequest.objects.create(request=asked, until=today, reason="Slow.", asked_by=by)
    consultation = Consultation.objects.create(application=case, body="Bank", question="?", asked_by=by)
    inspection = Inspection.objects.create(
        application=case, number=1, requirement=an_inspected(case), inspected_on=today, place="Astana",
        shown="Keys", found="Well kept", written_by=by, second=afsa_staff.specialist,
    )  # fmt: skip
    change = ChangeNotice.objects.create(application=case, text="A director left.", notified_by=by)
    notice = RefusalNotice.objects.create(
        application=case, grounds=["fitness"], evidence="e", text="t", proposed_by=by,
        proposed_at=case.submitted_at,
    )  # fmt: skip
    letter = IssuedLetter.objects.create(
        application=case, code="grant", about="x", language="en", title="Letter", text="To the firm",
        powers=[], law={}, by=by, at=case.submitted_at,
    )  # fmt: skip
    person = new_person(case, function="seo")
    refusal = IndividualApproval.objects.create(
        application=case, person=person, function="seo", state="refusal_proposed", represent_until=today
    )
    said = Representation.objects.create(notice=notice, text="No.", made_by=by)
    slip = Correction.objects.create(
        application=case, record="letter", record_pk=letter.pk, old="firm", new="Firm", reason="A slip.",
        proposed_by=by, proposed_human="x", proposed_at=case.submitted_at,
    )  # fmt: skip
    sitting(case, *(getattr(afsa_staff, role) for role in reversed(STAFF)))
    ids = {"stage": [case.book.stage_codes[0]],
           "question": [case.book.stage_codes[0], case.findings.first().requirement],
           "request": [1], "condition": [1], "request_edit": [2],
           "request_reply": [1, 1], "request_extension": [1], "request_verdict": [1, 1],
           "consultation": [consultation.pk], "consultation_close": [consultation.pk],
           "consultation_give": [consultation.pk], "change_notice": [change.pk], "service": [notice.pk],
           "representation": [said.pk], "person": [person.pk], "individual_answer": [refusal.pk],
           "inspection_new": [inspection.requirement], "inspection_confirm": [inspection.number],
           "letter": [letter.pk], "letter_pdf": [letter.pk],
           "letter_new": ["request_information"],
           "correction_new": ["letter", letter.pk], "correction": [slip.pk],
           **{name: [1] for name in ("panel", "panel_vote", "panel_recuse", "panel_close")}}  # fmt: skip
    return {name: at(name, case, *ids.get(name, [])) for name in OPENED_BY}


def test_every_page_of_a_case_is_in_this_table():
    files = {"document", "preview", "picture", "paper", "archive", "number"}  # with tests of their own
    assert {page.name for page in PAGES} - files == set(OPENED_BY)


@pytest.mark.parametrize("role", STAFF)
def test_each_role_opens_its_pages_and_is_refused_the_others(role, addresses, browsers):
    browser = getattr(browsers, role)

    answers = {name: browser.get(url).status_code for name, url in addresses.items()}
    opened = {name for name, status in answers.items() if status == 200}
    refused = {name for name, status in answers.items() if status == 403}
    posts_refused = {name for name, url in addresses.items() if browser.post(url).status_code == 403}

    expected = {name for name, roles in OPENED_BY.items() if role in roles}
    others = set(OPENED_BY) - expected
    sends_requests = set() if role in REVIEW else {"request"}  # a page that others read
    if role not in REVIEW | {"specialist"}:
        sends_requests.add("individuals")
    if role != "case_officer":  # who reads what was sent, and does not send it again
        sends_requests.add("told")
    if role in REVIEW:  # the second inspector is the specialist
        sends_requests.add("inspection_confirm")
    assert (opened, refused, posts_refused) == (expected, others, others | sends_requests)


def test_another_regulator_the_firm_and_strangers_find_nothing(case, addresses, afm_staff, english):
    urls = [*addresses.values(), at("change", case), at("history", case), act(case, "recommend"),
            stage_act(case.stages.first(), "approve")]  # fmt: skip
    unemployed = new_staff("Nobody Yet")
    unemployed.is_superuser = True
    unemployed.save(update_fields=["is_superuser"])
    founder = case.firm.memberships.first().user
    strangers = [english(afm_staff.lead_reviewer), english(founder), english(unemployed)]

    answers = {(browser.get(url).status_code, browser.post(url).status_code)
               for browser in strangers for url in urls}  # fmt: skip

    assert answers <= {(404, 404), (404, 405)}
    assert english(unemployed).get(reverse("admin:applications_application_changelist")).status_code == 403


def test_a_visitor_is_asked_to_sign_in(case, client):
    response = client.get(at("change", case))

    assert (response.status_code, response.url.partition("?")[0]) == (302, reverse("admin:login"))


def test_what_another_case_holds_is_not_found_under_this_one(addresses, filed, afsa, browsers):
    other = filed(afsa)
    for name, role in (("condition", "reviewer"), ("request", "reviewer"), ("consultation", "reviewer"),
                       ("change_notice", "reviewer"), ("service", "case_officer"),
                       ("representation", "decision_maker")):  # fmt: skip
        own = addresses[name].split("/")
        own[own.index(next(part for part in own if part.count("-") == 4))] = str(other.pk)
        assert getattr(browsers, role).get("/".join(own)).status_code == 404, name


def test_nothing_is_added_deleted_or_typed_into_a_case(case, browsers):
    browser = browsers.lead_reviewer
    add, delete = reverse("admin:applications_application_add"), at("delete", case)
    typed = {"state": "granted", "fee": "waived", "firm": "", "version": case.version}

    assert browser.get(add).status_code == 403
    assert browser.post(delete, {"post": "yes"}).status_code == 403
    assert browser.post(at("change", case), typed).status_code == 405
    assert browser.put(at("fee", case)).status_code == 405
    assert (fresh(case).state, fresh(case).fee, fresh(case).version) == ("in_review", "due", 0)


def test_no_permission_lets_anybody_delete_a_case(case, browsers, afsa_staff, rf):
    """Not by its address, not by an action of the list, not with every permission that Django knows, and not
    by a slip in a shell.
    """
    lead = fresh(afsa_staff.lead_reviewer)
    lead.is_superuser = True
    lead.save(update_fields=["is_superuser"])
    chosen = {"action": "delete_selected", "_selected_action": [str(case.pk)], "post": "yes"}
    worklist = reverse("admin:applications_application_changelist")

    assert browsers.lead_reviewer.post(at("delete", case), {"post": "yes"}).status_code == 403
    assert browsers.lead_reviewer.post(worklist, chosen).status_code == 405
    request = rf.get("/")
    request.user = lead
    for model, record in ((Application, case), (Stage, case.stages.first())):
        desk = admin.site._registry[model]
        assert lead.has_perm(f"applications.delete_{model._meta.model_name}")
        assert (desk.has_delete_permission(request), desk.has_delete_permission(request, record)) == (
            False,
            False,
        )
        assert "delete_selected" not in desk.get_actions(request)
    with pytest.raises(ProtectedError):
        case.delete()
    assert Application.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize("name", ["submit", "withdraw", "discard"])
def test_the_acts_of_the_firm_are_not_run_from_the_desk(name, case, browsers):
    for role in STAFF:
        data = {"version": case.version, "reason": "r", "declaration": "d"}
        assert getattr(browsers, role).post(act(case, name), data).status_code == 403
    assert fresh(case).state == "in_review"


@pytest.mark.parametrize("name", ["start", "complete", "edit_again"])
def test_the_acts_of_the_firm_on_a_stage_are_not_run_from_the_desk(name, case, browsers):
    stage = case.stages.first()

    assert browsers.reviewer.post(stage_act(stage, name), {"version": 0}).status_code == 403
    assert fresh(stage).state == "in_review"


def test_the_list_cannot_be_asked_about_what_it_does_not_show(case, browsers):
    url = reverse("admin:applications_application_changelist")

    response = browsers.reviewer.get(url, {"firm__memberships__user__email__startswith": "firm"})

    assert response.status_code == 400
