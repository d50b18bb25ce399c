"""Who sees what: other firms, staff, nobody; methods; what staff keep to themselves; number of queries."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Counter, IssuedLetter
from applications.portal.urls import urlpatterns
from applications.services import assessment, consultations, drafting, requests
from documents.models import Document
from tests.plugins.cases import fresh, new_applicant, new_firm
from tests.portal.conftest import pdf, signed, url_of

POST_ONLY = {
    "start", "upload", "detach", "give", "point_give", "point_detach", "holder_remove", "holding_remove",
    "copied_ownership", "ownership_preview", "capital_preview", "archive",
}  # fmt: skip
PARAMETER = re.compile(r"<\w+:(\w+)>")
CANARY = "kanarienvogel"


def every_url(case, person, document):
    """Each address of the portal that is about one case, from the addresses themselves."""
    values = {
        "pk": case.pk, "stage": "business_plan", "requirement": "BP-03", "person": person.pk,
        "document": document.pk, "entity": case.entities.get(is_applicant=True).pk, "holding": 1, "number": 1,
        "letter": case.letters.get().pk, "period": "now", "sheet": 1, "point": 1, "comment": 1,
        "function": "seo",
        "section": case.book.sections_of("business_plan")[0].code,
    }  # fmt: skip
    found = [("document", reverse("portal:document", args=[document.pk]))]
    for pattern in urlpatterns:
        wanted = PARAMETER.findall(str(pattern.pattern))
        if "pk" in wanted and pattern.name != "presence":
            of_person = {"stage": "fit_and_proper", "requirement": "FP-07"} if "person" in wanted else {}
            filled = {name: (values | of_person)[name] for name in wanted}
            found.append((pattern.name, reverse(f"portal:{pattern.name}", kwargs=filled)))
    return found


def write_letter(case):
    IssuedLetter.objects.create(
        application=case, code="grant", about="x", language="en", title="Letter", text="To the firm",
        powers=[], law={}, by=case.created_by, at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def urls(browser, draft_case, add_person):
    browser.post(url_of(draft_case, "BP-03") + "upload/", {"version": 0, "files": [pdf()]})
    write_letter(draft_case)
    return every_url(draft_case, add_person(), Document.objects.get())


def test_a_stranger_a_colleague_of_another_firm_and_staff_find_nothing(
    urls, draft_case, signed_in, afsa_staff, client
):
    Application.objects.filter(pk=draft_case.pk).update(submitted_at=timezone.now())
    other = new_applicant("Another Firm")
    new_firm(other, "Other Custody")
    outsiders = [signed_in(fresh(other)), signed_in(afsa_staff.case_officer), signed_in(afsa_staff.reviewer)]
    for name, url in urls:
        for method in ["post"] if name in POST_ONLY else ["get", "post"]:
            answers = {getattr(browser, method)(url).status_code for browser in outsiders}
            assert answers == {404} or (method, answers) == ("post", {405}), (method, url, answers)
            if answers == {404}:
                assert reverse("account_login") in getattr(client, method)(url).url


def test_a_page_takes_its_methods_and_no_other(urls, browser):
    for name, url in urls:
        assert browser.put(url).status_code == 405, url
        if name in POST_ONLY:
            assert browser.get(url).status_code == 405, url


def test_reading_changes_nothing(urls, browser, draft_case):
    case = fresh(draft_case)
    before = case.version, case.saved_at, list(case.stages.values_list("state", "version"))
    for name, url in urls:
        if name not in POST_ONLY:
            browser.get(url)
    case = fresh(draft_case)
    assert before == (case.version, case.saved_at, list(case.stages.values_list("state", "version")))


def test_staff_have_no_portal_and_the_start_form_takes_only_ones_own_firm(
    signed_in, afsa_staff, afsa, custody_firm, draft_case
):
    staff = signed_in(afsa_staff.reviewer)
    assert staff.get(reverse("portal:home")).status_code == 404
    stranger = signed_in(new_applicant("Stranger"))
    data = {"firm": str(custody_firm.pk), "licence_type": afsa.pk}
    assert stranger.post(reverse("portal:start"), data).status_code == 404
    assert Application.objects.count() == 1


def test_the_notice_of_the_national_track_is_on_every_page_of_it(browser, afm_draft_case):
    notice = afm_draft_case.book.notice["en"].split(";")[0]
    for name in ("case", "people", "ownership", "capital", "check", "declare", "discard", "change"):
        page = browser.get(reverse(f"portal:{name}", args=[afm_draft_case.pk])).content.decode()
        assert notice in page.replace("&#x27;", "'"), name
    assert notice in browser.get(reverse("portal:home")).content.decode().replace("&#x27;", "'")


def test_what_staff_write_among_themselves_is_on_no_page_of_the_firm(
    browser, case_in_review, afsa_staff, settings
):
    case = case_in_review
    reviewer = afsa_staff.reviewer
    assessment.write_note(actor=reviewer, case=case, text=f"{CANARY} note")
    stage = case.stages.get(code="business_plan")
    assessment.take_stage(actor=reviewer, stage=stage, expected_version=stage.version)
    finding = case.findings.filter(stage="business_plan").first()
    assessment.assess(
        actor=reviewer,
        finding=finding,
        expected_version=finding.version,
        outcome="deficient",
        note=f"{CANARY} x",
    )
    consultations.consult(
        actor=reviewer, case=fresh(case), body=f"{CANARY} body", question=f"{CANARY} question"
    )
    requests.write_request(
        actor=reviewer, case=fresh(case), due_on=timezone.localdate() + timedelta(days=10),
        points=[{"requirement": "BP-01", "question": f"{CANARY} draft question"}],
    )  # fmt: skip
    names = [person.full_name for person in vars(afsa_staff).values()]
    person = case.posts.select_related("person").first().person
    write_letter(case)
    for name, url in every_url(case, person, Document.objects.first()):
        if name in POST_ONLY or name in ("document", "letter_pdf", "paper_pdf", "submission_pdf"):
            continue
        page = browser.get(url, follow=True).content.decode()
        assert CANARY not in page, url
        assert [text for text in names if text in page] == [], url


def test_a_refused_submission_uses_no_reference(browser, draft_case):
    page = browser.get(reverse("portal:declare", args=[draft_case.pk])).content.decode()
    refused = browser.post(reverse("portal:declare", args=[draft_case.pk]), signed(page))
    assert refused.status_code == 422
    assert "Complete the stage “Business plan”." in refused.content.decode()
    assert (fresh(draft_case).state, Counter.objects.count()) == ("draft", 0)


def test_a_declaration_in_other_words_is_not_signed(browser, filled_afm_case):
    address = reverse("portal:declare", args=[filled_afm_case.pk])
    data = signed(browser.get(address).content.decode(), shown="0" * 64)
    page = browser.post(address, data)
    assert page.status_code == 422
    assert "The declaration has changed" in page.content.decode()
    assert fresh(filled_afm_case).state == "draft"


def test_a_declaration_over_other_answers_than_were_shown_is_not_signed(browser, firm_user, filled_afm_case):
    address = reverse("portal:declare", args=[filled_afm_case.pk])
    before = browser.get(address).content.decode()
    stage = filled_afm_case.stages.first()
    drafting.edit_stage_again(actor=firm_user, stage=stage, expected_version=stage.version)
    answer = filled_afm_case.answers.filter(value__has_key="text", person=None).first()
    drafting.save_answer(
        actor=firm_user, case_id=filled_afm_case.pk, requirement=answer.requirement,
        value={**answer.value, "text": "Something else."},
    )  # fmt: skip
    stage.refresh_from_db()
    drafting.complete_stage(actor=firm_user, stage=stage, expected_version=stage.version)
    page = browser.post(address, signed(before))
    assert (page.status_code, fresh(filled_afm_case).state) == (422, "draft")


@pytest.mark.parametrize(
    ("page", "count"),
    [("case", 10), ("check", 18), ("people", 11), ("stage", 10)],
)
def test_pages_ask_no_more_of_the_database_for_three_people_than_for_one(
    page, count, browser, draft_case, add_person, django_assert_num_queries
):
    url = reverse(f"portal:{page}", args=[draft_case.pk, *(["fit_and_proper"] if page == "stage" else [])])
    for number in (1, 3):
        for one in range(number):
            add_person(one + 1)
        browser.get(url)
        with django_assert_num_queries(count):
            assert browser.get(url).status_code == 200
