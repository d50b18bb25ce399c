"""What was given before, shown beside what is given now: only to those who may read it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Membership
from applications.models import AnswerFile, InformationRequest, RequestPoint
from applications.services import drafting
from applications.services import files as services
from applications.services.mandates import give_authority
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.own_part import a_person, invited_and_accepted
from tests.portal.conftest import pdf, url_of

pytestmark = pytest.mark.django_db(transaction=True)


def body(response):
    return response.content.decode()


# --- an adviser who is limited by stage


@pytest.fixture
def adviser(firm_user, custody_firm, settings):
    """Reads and edits the business plan, and nothing else."""
    settings.CLAMD_ADDRESS = ""
    user, today = new_applicant("Adviser"), timezone.localdate()
    _invitation, token = accounts.invite_adviser(
        actor=firm_user, firm_id=custody_firm.pk, email=user.email, role="editor", scope=("business_plan",),
        valid_from=today, until=today + timedelta(days=30),
    )  # fmt: skip
    accounts.accept_invitation(actor=user, token=token)
    membership = Membership.objects.get(firm=custody_firm, user=user)
    paper = SimpleUploadedFile("power.pdf", files.pdf(b"power"), "application/pdf")
    give_authority(actor=firm_user, membership_id=membership.pk, upload=paper, name="power.pdf")
    return user


def elsewhere(case):
    """A question with files in a stage that the adviser may not read."""
    return next(
        r.code for r in case.book.requirements
        if "documents" in r.evidence and not r.per_person and r.stage != "business_plan"
    )  # fmt: skip


def test_who_holds_a_post_is_read_by_those_who_may_read_the_people(
    draft_case, firm_user, adviser, signed_in, browser
):
    person = a_person(draft_case, firm_user, "Канарейка", ["seo"])
    url, stage = (
        url_of(draft_case, "BP-13"),
        reverse("portal:check_stage", args=[draft_case.pk, "business_plan"]),
    )
    assert person.full_name in body(browser.get(url))
    theirs = signed_in(fresh(adviser))
    for page in (url, reverse("portal:check", args=[draft_case.pk]), stage):
        assert person.full_name in body(browser.get(page))
        seen = theirs.get(page)
        assert (seen.status_code, person.full_name in body(seen)) == (200, False), page
    assert body(seen).count("Not part of your mandate") == 1


def test_an_adviser_reads_no_version_that_was_given_in_another_stage(
    draft_case, firm_user, adviser, signed_in, browser
):
    place = {"actor": firm_user, "case_id": draft_case.pk}
    code = elsewhere(draft_case)
    first = drafting.attach(
        **place, requirement=code, upload=pdf("canary.pdf", b"1"), name="canary.pdf"
    ).document
    second = services.replace(
        **place, requirement=code, document=first, upload=pdf("plan.pdf", b"2"), name="plan.pdf"
    )
    services.pick(**place, requirement="BP-03", document_id=second.pk)
    url = url_of(draft_case, "BP-03")
    addresses = [url, f"{url}files/{second.pk}/", f"{url}files/{second.pk}/status/"]
    for address in addresses:
        assert "canary.pdf" in body(browser.get(address))
    theirs = signed_in(fresh(adviser))
    for address in addresses:
        page = body(theirs.get(address))
        assert "plan.pdf" in page
        assert "canary.pdf" not in page
    assert theirs.get(reverse("portal:preview", args=[first.pk, "large"])).status_code == 404
    given = theirs.post(url + "file/", {"files": pdf("third.pdf", b"3"), "replaces": str(second.pk)})
    assert given.status_code == 201
    assert "plan.pdf" in body(given)
    assert "canary.pdf" not in body(given)


def test_what_an_adviser_replaces_stays_as_it_was_in_the_other_stages(draft_case, firm_user, adviser):
    place = {"case_id": draft_case.pk}
    code = elsewhere(draft_case)
    first = drafting.attach(
        **place, actor=firm_user, requirement=code, upload=pdf("1.pdf", b"1"), name="1.pdf"
    ).document
    services.pick(**place, actor=firm_user, requirement="BP-03", document_id=first.pk)
    services.replace(
        **place, actor=fresh(adviser), requirement="BP-03", document=first, upload=pdf("2.pdf", b"2"),
        name="2.pdf",
    )  # fmt: skip
    now = AnswerFile.objects.filter(removed_at=None).values_list("answer__requirement", "document__name")
    assert set(now) == {(code, "1.pdf"), ("BP-03", "2.pdf")}


# --- what was submitted about a person who has taken their part since


def test_no_page_of_the_firm_shows_what_was_submitted_about_somebody_who_answers_by_themself(
    case_in_review, firm_user, afsa_staff, browser
):
    case = case_in_review
    person = case.posts.first().person
    given = AnswerFile.objects.filter(answer__application=case, answer__person=person)
    documents = [file.document for file in given.select_related("document", "answer")]
    code = given.first().answer.requirement
    stage = case.book.by_code[code].stage
    case.stages.filter(code=stage).update(state="changes_requested")
    request = InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=timezone.localdate(),
        written_by=afsa_staff.reviewer, sent_at=timezone.now(),
    )  # fmt: skip
    RequestPoint.objects.create(request=request, number=1, requirement=code, person=person, question="Why?")
    url = url_of(case, code, person.pk)
    pages = [
        url,
        reverse("portal:request", args=[case.pk, 1]),
        reverse("portal:submission", args=[case.pk, 1]),
        reverse("portal:check", args=[case.pk]),
        reverse("portal:check_stage", args=[case.pk, stage]),
        reverse("portal:person_questions", args=[case.pk, person.pk]),
    ]
    seen = "".join(body(browser.get(page)) for page in pages)
    assert any(str(document.pk) in seen for document in documents)
    assert any(document.sha256 in seen for document in documents)

    invited_and_accepted(case, firm_user, person, new_applicant("Invited"))

    for page in pages:
        shown = browser.get(page)
        assert shown.status_code == 200
        for document in documents:
            assert str(document.pk) not in body(shown), page
            assert document.sha256 not in body(shown), page
    for document in documents:
        assert browser.get(f"{url}files/{document.pk}/").status_code == 404
        for name, *size in (("document",), ("preview", "large"), ("preview", "small")):
            address = reverse(f"portal:{name}", args=[document.pk, *size])
            assert browser.get(address).status_code == 404
