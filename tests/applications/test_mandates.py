"""Advisers of several firms: what opens a mandate, what it covers, and when it ends."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import queries
from accounts import services as accounts
from accounts.identifiers import mask
from accounts.models import Membership
from applications.models import Answer, Application, Authority, DocumentFacts, TypedText
from applications.queries.access_history import had_access, history_of
from applications.queries.law import home_of
from applications.services import consents, drafting, evidence, requests, submission
from applications.services.files import describe
from applications.services.mandates import give_authority
from applications.services.people import save_entity, save_holding
from audit.models import Event
from documents.models import Document
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant, new_firm
from tests.plugins.own_part import a_person
from workflow.errors import Gone, NotAllowed, Refused

pytestmark = pytest.mark.django_db
CANARY = "kanarienvogel"


def paper(name="power.pdf"):
    return SimpleUploadedFile(name, files.pdf(b"power of attorney"), "application/pdf")


def mandate(owner, firm, adviser, *, role="editor", scope=("business_plan",), begins=None, until=None):
    """Invited and accepted; nothing is uploaded yet."""
    today = timezone.localdate()
    _invitation, token = accounts.invite_adviser(
        actor=owner, firm_id=firm.pk, email=adviser.email, role=role, scope=scope,
        valid_from=begins or today, until=until or today + timedelta(days=30),
    )  # fmt: skip
    accounts.accept_invitation(actor=adviser, token=token)
    return Membership.objects.get(firm=firm, user=adviser, ended_at=None)


def opened(owner, firm, adviser, **limits):
    membership = mandate(owner, firm, adviser, **limits)
    give_authority(actor=owner, membership_id=membership.pk, upload=paper(), name="power.pdf")
    return membership


@pytest.fixture
def adviser(db, document_store):
    return new_applicant("Шолпан Adviser")


@pytest.fixture
def answered(draft_case, firm_user):
    """An answer in the stage of the mandate, and one in another stage."""
    for code, text in (("BP-01", "Open words"), ("AML-01", f"{CANARY} in another stage")):
        drafting.save_answer(actor=firm_user, case_id=draft_case.pk, requirement=code, value={"text": text})
    return draft_case


def save(adviser, case, code):
    return drafting.save_answer(
        actor=fresh(adviser), case_id=case.pk, requirement=code, value={"text": "By the adviser"}
    )


# --- what opens a mandate


def test_nothing_opens_before_the_paper_is_there_and_checked(
    firm_user, custody_firm, adviser, answered, signed_in
):
    membership = mandate(firm_user, custody_firm, adviser)
    page = reverse("portal:stage", args=[answered.pk, "business_plan"])
    assert signed_in(adviser).get(page).status_code == 404
    with pytest.raises(NotAllowed):
        save(adviser, answered, "BP-01")
    authority = give_authority(
        actor=fresh(adviser), membership_id=membership.pk, upload=paper(), name="power.pdf"
    )
    statuses = []
    for change in ({"status": "waiting"}, {"status": "clean"}, {"damaged_at": timezone.now()}):
        if change == {"status": "waiting"}:
            copy = _waiting_copy_of(authority.document)
            Authority.objects.filter(pk=authority.pk).update(document=copy)
        else:
            Document.objects.filter(pk=copy.pk).update(**change)
        statuses.append(signed_in(adviser).get(page).status_code)
    assert statuses == [404, 200, 404]


def _waiting_copy_of(document):
    fields = ("name", "size", "sha256", "content_type", "extension", "uploaded_by", "uploaded_by_name")
    values = {name: getattr(document, name) for name in fields}
    return Document.objects.create(**values, key="copy", status="waiting")


def test_the_paper_is_given_by_an_owner_or_the_adviser_and_a_newer_one_takes_its_place(
    firm_user, custody_firm, adviser
):
    membership = mandate(firm_user, custody_firm, adviser)
    editor, other_adviser = new_applicant("Editor"), new_applicant("Other Adviser")
    token = accounts.invite_member(
        actor=firm_user, firm_id=custody_firm.pk, email=editor.email, roles=["editor", "signatory"]
    )[1]
    accounts.accept_invitation(actor=editor, token=token)
    mandate(firm_user, custody_firm, other_adviser)
    stranger = new_applicant("Stranger")
    new_firm(stranger, "Theirs")
    for person in (editor, other_adviser, stranger):
        with pytest.raises(Gone):
            give_authority(actor=fresh(person), membership_id=membership.pk, upload=paper(), name="power.pdf")
    for person in (firm_user, adviser):
        give_authority(actor=fresh(person), membership_id=membership.pk, upload=paper(), name="power.pdf")
    assert [one.replaced_at is None for one in Authority.objects.order_by("pk")] == [False, True]
    events = Event.objects.filter(subject=custody_firm.audit_subject, kind="firm.give_authority")
    assert [sorted(event.data) for event in events] == [["document", "membership"]] * 2


def test_an_adviser_is_no_member_and_never_owner_or_signatory(firm_user, custody_firm, adviser, answered):
    opened(firm_user, custody_firm, adviser, scope=())
    assert queries.firm_roles(fresh(adviser), custody_firm.pk) == frozenset()
    assert adviser.pk not in queries.people_of(custody_firm).values_list("user_id", flat=True)
    for role in ("owner", "signatory"):
        with pytest.raises(ValidationError):
            mandate(firm_user, custody_firm, new_applicant(), role=role)
    with pytest.raises(NotAllowed):
        accounts.invite_member(
            actor=fresh(adviser), firm_id=custody_firm.pk, email="x@example.test", roles=["viewer"]
        )
    with pytest.raises(NotAllowed):
        submission.notify_change(actor=fresh(adviser), case=answered, text="Changed.")
    with pytest.raises(NotAllowed):
        drafting.discard_application(
            actor=fresh(adviser), case=answered, expected_version=fresh(answered).version
        )


def test_a_member_is_no_adviser_and_an_adviser_who_joins_is_one_no_more(firm_user, custody_firm, adviser):
    with pytest.raises(Refused):
        mandate(firm_user, custody_firm, firm_user)
    first = opened(firm_user, custody_firm, adviser)
    token = accounts.invite_member(
        actor=firm_user, firm_id=custody_firm.pk, email=adviser.email, roles=["viewer"]
    )[1]
    accounts.accept_invitation(actor=adviser, token=token)
    assert (fresh(first).ended_by, fresh(first).ended_at is None) == (firm_user, False)
    assert queries.firm_roles(fresh(adviser), custody_firm.pk) == {"viewer"}


@pytest.mark.parametrize(
    ("begins", "until"), [(0, -1), (5, 4), (0, 367)], ids=["over", "backwards", "too long"]
)
def test_the_days_of_a_mandate_are_ahead_in_order_and_within_a_year(
    firm_user, custody_firm, adviser, begins, until
):
    today = timezone.localdate()
    with pytest.raises(ValidationError) as caught:
        mandate(
            firm_user, custody_firm, adviser,
            begins=today + timedelta(days=begins), until=today + timedelta(days=until),
        )  # fmt: skip
    assert list(caught.value.message_dict) == ["until"]
    assert mandate(firm_user, custody_firm, adviser, until=today + timedelta(days=366))


# --- what it covers


def test_an_adviser_edits_in_the_stages_of_the_mandate_and_in_no_other(
    firm_user, custody_firm, adviser, answered
):
    opened(firm_user, custody_firm, adviser)
    assert save(adviser, answered, "BP-01").updated_by == adviser
    with pytest.raises(NotAllowed):
        save(adviser, answered, "AML-01")
    with pytest.raises(NotAllowed):
        drafting.attach(
            actor=fresh(adviser), case_id=answered.pk, requirement="AML-04", upload=paper(), name="x.pdf"
        )
    aml = answered.stages.get(code="aml")
    with pytest.raises(NotAllowed):
        drafting.complete_stage(actor=fresh(adviser), stage=aml, expected_version=aml.version)
    assert Answer.objects.get(requirement="AML-01").updated_by == firm_user


def test_an_adviser_who_reads_changes_nothing(firm_user, custody_firm, adviser, answered, signed_in):
    opened(firm_user, custody_firm, adviser, role="viewer")
    browser = signed_in(adviser)
    page = reverse("portal:question", args=[answered.pk, "business_plan", "BP-01"])
    assert "Open words" in browser.get(page).content.decode()
    with pytest.raises(NotAllowed):
        save(adviser, answered, "BP-01")
    browser.post(page, {"version": "1", "text": "Mine", "act": "later"})
    assert Answer.objects.get(requirement="BP-01").value == {"text": "Open words"}


def test_typed_records_belong_to_their_stage(firm_user, custody_firm, adviser, answered, signed_in):
    opened(firm_user, custody_firm, adviser, scope=("capital",))
    browser = signed_in(adviser)
    pages = {
        name: reverse(f"portal:{name}", args=[answered.pk]) for name in ("people", "ownership", "capital")
    }
    assert {name: browser.get(page).status_code for name, page in pages.items()} == {
        "people": 404, "ownership": 404, "capital": 200,
    }  # fmt: skip
    tabs = browser.get(pages["capital"]).content.decode()
    assert [page in tabs for page in pages.values()] == [False, False, True]
    with pytest.raises(NotAllowed):
        save_entity(actor=fresh(adviser), case_id=answered.pk, name="Holder")


def test_what_the_mandate_does_not_cover_is_on_no_page(firm_user, custody_firm, adviser, answered, signed_in):
    file = drafting.attach(
        actor=firm_user, case_id=answered.pk, requirement="AML-04", upload=paper(), name=f"{CANARY}.pdf"
    )
    own = drafting.attach(
        actor=firm_user, case_id=answered.pk, requirement="BP-03", upload=paper(), name="open.pdf"
    )
    opened(firm_user, custody_firm, adviser)
    browser, pk = signed_in(adviser), answered.pk
    case = browser.get(reverse("portal:case", args=[pk])).content.decode()
    assert case.count("Not part of your mandate") == 4
    check = browser.get(reverse("portal:check", args=[pk])).content.decode()
    assert ("Open words" in check, CANARY in check + case) == (True, False)
    closed = [
        reverse("portal:stage", args=[pk, "aml"]),
        reverse("portal:question", args=[pk, "aml", "AML-01"]),
        reverse("portal:inside", args=[pk, "aml"]),
        reverse("portal:document", args=[file.document_id]),
        *(
            reverse(f"portal:{name}", args=[pk])
            for name in ("declare", "withdraw", "discard", "change", "version")
        ),
        reverse("accounts:firm", args=[custody_firm.pk]),
        reverse("portal:firm_history", args=[custody_firm.pk]),
    ]
    assert [url for url in closed if browser.get(url).status_code != 404] == []
    assert browser.get(reverse("portal:document", args=[own.document_id])).status_code == 200
    with pytest.raises(Gone):
        evidence.open_evidence(actor=fresh(adviser), document_id=file.document_id)
    claim = {"confidential": True, "confidential_why": "Guards."}
    DocumentFacts.objects.create(document=own.document, updated_by=firm_user, **claim)
    refused = browser.get(reverse("portal:document", args=[own.document_id]))
    said = "The firm claims this file as confidential, so only those who judge the case open it: Guards."
    assert (refused.status_code, said in refused.content.decode()) == (403, True)


def test_an_adviser_takes_back_no_claim_of_the_firm(firm_user, custody_firm, adviser, draft_case):
    place = {"case_id": draft_case.pk, "requirement": "BP-03"}
    given = drafting.attach(**place, actor=firm_user, upload=paper("plan.pdf"), name="plan.pdf").document
    opened(firm_user, custody_firm, adviser)
    claim = {"confidential": True, "confidential_why": "Guards."}
    here = {**place, "document": given}
    describe(**here, actor=fresh(adviser), expected_version=0, **claim)
    with pytest.raises(NotAllowed, match="Only the firm"):
        describe(**here, actor=fresh(adviser), expected_version=1, title="Plan")
    assert DocumentFacts.objects.get(document=given).confidential is True
    describe(**here, actor=fresh(adviser), expected_version=1, title="Plan", **claim)
    describe(**here, actor=fresh(firm_user), expected_version=2, title="Plan")
    assert DocumentFacts.objects.get(document=given).confidential is False


def test_an_adviser_of_two_firms_sees_each_by_itself_and_nothing_crosses(
    firm_user, custody_firm, adviser, answered, afsa, signed_in
):
    other = new_applicant("Other Owner")
    theirs = new_firm(other, "Қазына Vault Ltd")
    other_case = drafting.start_application(actor=fresh(other), firm=theirs, licence_type=afsa)
    for code in ("BP-01", "AML-01"):
        drafting.save_answer(
            actor=fresh(other), case_id=other_case.pk, requirement=code, value={"text": f"{CANARY} {code}"}
        )
    opened(firm_user, custody_firm, adviser, scope=("business_plan",))
    opened(fresh(other), theirs, adviser, scope=("aml",), role="viewer")
    browser = signed_in(adviser)
    home = browser.get(reverse("portal:home")).content.decode()
    assert ("You advise Altyn Custody Ltd" in home, "You advise Қазына Vault Ltd" in home) == (True, True)
    found = {
        (case.firm.name, stage): browser.get(reverse("portal:stage", args=[case.pk, stage])).status_code
        for case in (answered, fresh(other_case))
        for stage in ("business_plan", "aml")
    }
    assert found == {
        ("Altyn Custody Ltd", "business_plan"): 200,
        ("Altyn Custody Ltd", "aml"): 404,
        ("Қазына Vault Ltd", "business_plan"): 404,
        ("Қазына Vault Ltd", "aml"): 200,
    }
    ours = browser.get(reverse("portal:case", args=[answered.pk])).content.decode()
    assert (CANARY in ours, "Қазына" in ours) == (False, False)
    with pytest.raises(NotAllowed):
        save(adviser, other_case, "AML-01")
    assert set(Application.objects.visible_to(fresh(adviser))) == {answered, other_case}
    assert set(Application.objects.visible_to(fresh(firm_user))) == {answered}


def test_an_adviser_answers_no_request_of_the_regulator(
    firm_user, custody_firm, adviser, submitted_afm_case, afm_staff, signed_in
):
    from tests.plugins.cases import accept

    accept(submitted_afm_case, afm_staff.case_officer)
    asked = requests.write_request(
        actor=afm_staff.reviewer, case=submitted_afm_case,
        due_on=timezone.localdate() + timedelta(days=10),
        points=[{"requirement": "N-BP-01", "question": CANARY}],
    )  # fmt: skip
    requests.send_request(actor=afm_staff.reviewer, request=asked, expected_version=0)
    opened(firm_user, custody_firm, adviser, scope=())
    browser = signed_in(adviser)
    url = reverse("portal:request", args=[submitted_afm_case.pk, 1])
    assert [browser.get(url).status_code, browser.post(url).status_code] == [404, 404]
    case = browser.get(reverse("portal:case", args=[submitted_afm_case.pk]))
    assert (case.status_code, url in case.content.decode()) == (200, False)


def test_the_check_of_an_adviser_leaves_out_people_and_what_does_not_go_together(
    firm_user, custody_firm, adviser, answered, signed_in
):
    """Both are about stages that the mandate may not cover."""
    dana = a_person(answered, firm_user, "Дана", ["mlro"])
    number = mask(dana.identifier)
    holder = save_entity(actor=firm_user, case_id=answered.pk, name="", person=dana)
    save_holding(
        actor=firm_user, case_id=answered.pk, owner=holder, owned=answered.entities.get(is_applicant=True),
        economic=100, voting=100,
    )  # fmt: skip
    page = reverse("portal:check", args=[answered.pk])
    posts = "stands behind the firm"
    whole = signed_in(firm_user).get(page).content.decode()
    assert (number in whole, posts in whole) == (True, True)
    membership = opened(firm_user, custody_firm, adviser)
    seen = signed_in(adviser).get(page).content.decode()
    assert ("Open words" in seen, number in seen, posts in seen) == (True, False, False)
    Membership.objects.filter(pk=membership.pk).update(scope=["governance"])
    seen = signed_in(adviser).get(page).content.decode()
    assert (number in seen, posts in seen) == (home_of(answered, "people") == "governance", False)


def test_what_an_adviser_types_is_kept_until_the_mandate_ends(
    firm_user, custody_firm, adviser, answered, signed_in
):
    membership = opened(firm_user, custody_firm, adviser)
    browser = signed_in(adviser)
    url = reverse("portal:question", args=[answered.pk, "business_plan", "BP-01"])
    mark = browser.get(url).context["typed_page"].mark
    sent = {"typed_mark": mark, "version": "1", "text": "Half a sent"}
    assert browser.post(reverse("portal:typed"), sent).status_code == 200
    assert ">\nHalf a sent</textarea>" in browser.get(url).content.decode()
    accounts.end_membership(actor=firm_user, firm_id=custody_firm.pk, membership_id=membership.pk)
    assert browser.post(reverse("portal:typed"), sent | {"text": "Too late"}).status_code == 404
    assert TypedText.objects.get().fields["text"] == ["Half a sent"]


def test_an_adviser_is_told_who_else_is_on_a_page_of_the_mandate_alone(
    firm_user, custody_firm, adviser, answered, signed_in
):
    opened(firm_user, custody_firm, adviser)
    browser, url = signed_in(adviser), reverse("portal:presence", args=[answered.pk])
    pages = {
        "business_plan": reverse("portal:question", args=[answered.pk, "business_plan", "BP-01"]),
        "aml": reverse("portal:question", args=[answered.pk, "aml", "AML-01"]),
        "change": reverse("portal:change", args=[answered.pk]),
        "nowhere": reverse("portal:case", args=[answered.pk]) + "no/such/page/",
    }
    found = {name: browser.get(url, {"page": page}).status_code for name, page in pages.items()}
    assert found == {"business_plan": 200, "aml": 404, "change": 404, "nowhere": 404}


def test_an_adviser_records_no_consent(firm_user, custody_firm, adviser, answered):
    dana = a_person(answered, firm_user, "Дана")
    opened(firm_user, custody_firm, adviser, scope=())
    about = {"actor": fresh(adviser), "case_id": answered.pk, "person": dana}
    with pytest.raises(NotAllowed):
        consents.record_consent(**about, language="en", reference="Safe")
    with pytest.raises(NotAllowed):
        consents.record_consent(**about, language="en", upload=paper())
    consents.record_consent(**about | {"actor": firm_user}, language="en", reference="Safe")
    with pytest.raises(NotAllowed):
        consents.withdraw_consent(**about, how="paper", reference="Letter")


# --- when it ends


@pytest.mark.parametrize(("days", "status"), [(-1, 404), (0, 200), (10, 200), (11, 404)])
def test_a_mandate_opens_and_ends_by_itself(
    firm_user, custody_firm, adviser, answered, signed_in, time_machine, days, status
):
    begins = timezone.localdate() + timedelta(days=5)
    opened(firm_user, custody_firm, adviser, begins=begins, until=begins + timedelta(days=10))
    day = begins + timedelta(days=days)
    noon = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))
    time_machine.move_to(noon, tick=False)
    page = reverse("portal:stage", args=[answered.pk, "business_plan"])
    assert signed_in(adviser).get(page).status_code == status


def test_what_is_ended_in_mid_session_opens_nothing_at_the_next_request(
    firm_user, custody_firm, adviser, answered, signed_in
):
    membership = opened(firm_user, custody_firm, adviser)
    browser = signed_in(adviser)
    page = reverse("portal:question", args=[answered.pk, "business_plan", "BP-01"])
    assert browser.get(page).status_code == 200
    accounts.end_membership(actor=firm_user, firm_id=custody_firm.pk, membership_id=membership.pk)
    assert browser.get(page).status_code == 404
    assert browser.post(page, {"version": "1", "text": "Too late", "act": "later"}).status_code == 404
    assert browser.get(reverse("portal:adviser", args=[membership.pk])).status_code == 404
    assert Answer.objects.get(requirement="BP-01").value == {"text": "Open words"}


def test_a_member_who_is_removed_or_moves_to_another_firm_keeps_nothing_of_the_first(
    firm_user, custody_firm, answered, signed_in
):
    mover = new_applicant("Mover")
    other = new_applicant("Other Owner")
    theirs = new_firm(other, "Theirs")
    file = drafting.attach(
        actor=firm_user, case_id=answered.pk, requirement="BP-03", upload=paper(), name="open.pdf"
    )
    for owner, firm in ((firm_user, custody_firm), (fresh(other), theirs)):
        token = accounts.invite_member(actor=owner, firm_id=firm.pk, email=mover.email, roles=["editor"])[1]
        accounts.accept_invitation(actor=mover, token=token)
        if firm == custody_firm:
            browser = signed_in(mover)
            pages = [
                reverse("portal:case", args=[answered.pk]),
                reverse("portal:document", args=[file.document_id]),
            ]
            assert [browser.get(page).status_code for page in pages] == [200, 200]
            role = Membership.objects.get(user=mover, firm=custody_firm)
            accounts.end_membership(actor=mover, firm_id=custody_firm.pk, membership_id=role.pk)
    assert [browser.get(page).status_code for page in pages] == [404, 404]
    shown = [(one.who, one.ends is None) for one in history_of(custody_firm) if one.who == "Mover"]
    assert shown == [("Mover", False)]


def test_the_history_counts_an_adviser_from_the_day_the_paper_was_checked(
    firm_user, custody_firm, adviser, time_machine
):
    begun = timezone.localdate()
    membership = mandate(firm_user, custody_firm, adviser, until=begun + timedelta(days=20))
    time_machine.move_to(timezone.now() + timedelta(days=3))
    assert adviser.full_name not in [one.who for one in had_access(custody_firm, timezone.localdate())]
    give_authority(actor=firm_user, membership_id=membership.pk, upload=paper(), name="power.pdf")
    days = [begun + timedelta(days=n) for n in (2, 3, 20, 21)]
    assert [adviser.full_name in [one.who for one in had_access(custody_firm, day)] for day in days] == [
        False,
        True,
        True,
        False,
    ]
    entry = next(one for one in history_of(custody_firm) if one.who == adviser.full_name)
    assert (entry.limits, entry.ends, entry.ends_by_itself) == (
        "Business plan", begun + timedelta(days=20), True,
    )  # fmt: skip


# --- pages


def test_an_owner_invites_an_adviser_who_accepts_and_uploads(
    firm_user, custody_firm, adviser, signed_in, mailoutbox
):
    owner, page = signed_in(firm_user), reverse("portal:advisers", args=[custody_firm.pk])
    wrong = owner.post(page, {"email": adviser.email})
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (
        422, ["language", "role", "scope", "until", "valid_from"],
    )  # fmt: skip
    today = timezone.localdate()
    data = {"email": adviser.email, "role": "editor", "scope": ["business_plan", "aml"], "language": "en"}
    data |= _boxes("valid_from", today) | _boxes("until", today + timedelta(days=30))
    assert owner.post(page, data).url == page
    link = "/accounts/invitation/" + mailoutbox[0].body.split("/invitation/")[1].split()[0]
    browser = signed_in(adviser)
    offer = browser.get(link).content.decode()
    assert "Business plan, AML" in offer
    browser.post(link)
    membership = Membership.objects.get(user=adviser)
    mine = reverse("portal:adviser", args=[membership.pk])
    assert "Authority missing" in browser.get(reverse("portal:home")).content.decode()
    assert "Choose the file." in browser.post(mine).content.decode()
    assert browser.post(mine, {"file": paper()}).url == mine
    shown = browser.get(mine).content.decode()
    assert ("In force" in shown, "Business plan, AML" in shown) == (True, True)
    opened_file = browser.get(reverse("portal:authority", args=[membership.pk]))
    assert (opened_file.status_code, opened_file["Content-Type"]) == (200, "application/pdf")
    assert signed_in(new_applicant()).get(mine).status_code == 404
    assert "Шолпан Adviser" in owner.get(page).content.decode()
    assert owner.get(mine).status_code == 200


def _boxes(name, day: date):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
