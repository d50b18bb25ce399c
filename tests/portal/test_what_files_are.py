"""What a firm says of a file: translation, certification, and a claim that narrows who opens it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.models import AnswerFile, Consultation, DocumentFacts
from applications.queries.files import facts_as_given, given_facts
from applications.services import drafting, files
from applications.services.copying import copy_application
from applications.services.evidence import has_thumbnail, open_evidence
from applications.services.snapshots import take_snapshot
from audit.models import Event
from tests.plugins.cases import fresh
from tests.plugins.files import pdf, upload
from tests.portal.conftest import url_of
from workflow.errors import NotAllowed, NotReady

pytestmark = pytest.mark.django_db(transaction=True)
CLAIM = {"confidential": True, "confidential_why": "It names the guards."}


@pytest.fixture
def document(draft_case, firm_user, document_store):
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    return drafting.attach(**place, upload=upload("plan.pdf", pdf()), name="plan.pdf").document


def describe(case, user, document, **said):
    version = DocumentFacts.objects.filter(document=document).values_list("version", flat=True).first() or 0
    place = {"actor": user, "case_id": case.pk, "requirement": "BP-03"}
    return files.describe(**place, document=document, expected_version=version, **said)


def submitted(case, user, reference="KZC-1"):
    with transaction.atomic():
        take_snapshot(fresh(case), actor=user, declaration={"text": "True."})
    type(case).objects.filter(pk=case.pk).update(
        submitted_at=timezone.now(), reference=reference, state="submitted"
    )
    return fresh(case)


def opens(user, document):
    try:
        open_evidence(actor=fresh(user), document_id=document.pk)[1].close()
    except NotAllowed as refusal:
        return str(refusal.reasons[0])
    return ""


def test_it_is_typed_shown_and_kept_in_the_submission(draft_case, firm_user, document, browser):
    url = f"{url_of(draft_case, 'BP-03')}files/{document.pk}/"
    typed = {
        "version": 0, "title": "План", "language": "ru", "kind": "plan", "translated_by": "A. Sworn",
        "certification": "notary", "certified_on_day": "3", "certified_on_month": "3",
        "certified_on_year": "2026", "confidential": "on", "confidential_why": "It names the guards.",
    }  # fmt: skip
    assert browser.post(url, typed).status_code == 302
    page = browser.get(url_of(draft_case, "BP-03")).content.decode()
    for words in ("Translated by A. Sworn", "Certified: By a notary, 3 March 2026",
                  "Claimed confidential: It names the guards."):  # fmt: skip
        assert words in page
    given = facts_as_given(fresh(document))
    assert given == {
        "title": "План", "kind": "plan", "language": "ru", "translated_by": "A. Sworn",
        "certification": "notary", "certified_on": "2026-03-03", "confidential": "True",
        "confidential_why": "It names the guards.",
    }  # fmt: skip
    read, kept = given_facts(given), DocumentFacts.objects.get()
    assert {name: getattr(read, name) for name in DocumentFacts.SAID} == {
        name: getattr(kept, name) for name in DocumentFacts.SAID
    }
    assert given_facts({}).confidential is False


def test_what_makes_no_sense_is_refused_with_how_to_mend_it(draft_case, firm_user, document):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for said, words in (
        ({"certified_on": tomorrow, "certification": "notary"}, "certification is in the future"),
        ({"certified_on": timezone.localdate()}, "Say how the document was certified"),
        ({"confidential": True, "confidential_why": "  "}, "Say why the document is confidential"),
    ):
        with pytest.raises(NotReady, match=words):
            describe(draft_case, firm_user, document, **said)
    assert DocumentFacts.objects.count() == 0


def test_all_that_is_wrong_is_said_at_once_each_at_its_field(draft_case, document, browser):
    type(document).objects.update(page_count=6)
    tomorrow = timezone.localdate() + timedelta(days=1)

    def of(name, day):
        return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}

    typed = {
        "version": 0, **of("certified_on", tomorrow), **of("issued_on", tomorrow),
        **of("expires_on", timezone.localdate()), "confidential": "on", "pages": "5-7",
    }  # fmt: skip
    answer = browser.post(f"{url_of(draft_case, 'BP-03')}files/{document.pk}/", typed)
    page = answer.content.decode()
    assert (answer.status_code, DocumentFacts.objects.count()) == (422, 0)
    wrong = {
        "id_certification": "Say how the document was certified that day.",
        "id_certified_on_0": "The day of the certification is in the future.",
        "id_issued_on_0": "The date of issue is in the future.",
        "id_expires_on_0": "The document is valid until a day before its issue.",
        "id_confidential_why": "Say why the document is confidential.",
        "id_pages": "Page 7: this file has 6 pages.",
    }
    assert [at for at, words in wrong.items() if f'<a href="#{at}">{words}' not in page] == []
    assert {at: page.count(words) for at, words in wrong.items()} == dict.fromkeys(wrong, 2)


def test_dates_that_are_none_are_told_apart_by_their_fields(draft_case, document, browser):
    typed = {"version": 0, "issued_on_day": "31", "issued_on_month": "2", "issued_on_year": "2026",
             "expires_on_day": "1"}  # fmt: skip
    answer = browser.post(f"{url_of(draft_case, 'BP-03')}files/{document.pk}/", typed)
    page = answer.content.decode()
    assert '<a href="#id_issued_on_0">Date of issue: Enter a real date in numbers' in page
    assert '<a href="#id_expires_on_0">Valid until: Enter the day, the month and the year' in page


@pytest.mark.parametrize(("count", "pages", "said"), [
    (6, "1-6", ""), (6, "2, 7", "Page 7: this file has 6 pages."),
    (1, "1-2", "Page 2: this file has 1 page."), (None, "700", ""),
])  # fmt: skip
def test_pages_that_a_file_does_not_have_are_refused(
    draft_case, firm_user, document, browser, count, pages, said
):
    type(document).objects.update(page_count=count, status="clean")
    document.refresh_from_db()
    pick = browser.post(f"{url_of(draft_case, 'BP-05')}pick/", {"document": str(document.pk), "pages": pages})
    assert (pick.status_code, said in pick.content.decode()) == (422 if said else 302, True)
    assert AnswerFile.objects.filter(answer__requirement="BP-05").exists() is not bool(said)
    if said:
        with pytest.raises(NotReady, match=said):
            describe(draft_case, firm_user, document, pages=pages)


def test_a_claim_lets_in_who_judges_the_case_and_nobody_else(draft_case, firm_user, document, afsa_staff):
    staff = vars(afsa_staff)
    describe(draft_case, firm_user, document)
    case = submitted(draft_case, firm_user)
    assert {name: opens(user, document) for name, user in staff.items()} == dict.fromkeys(staff, "")

    DocumentFacts.objects.update(**CLAIM)
    claimed = "The firm claims this file as confidential, so only those who judge the case open it: "
    refused = f"{claimed}It names the guards."
    before = Event.objects.filter(kind="document.opened").count()
    shut = {"specialist", "administrator", "second_administrator"}
    assert {name: opens(user, document) for name, user in staff.items()} == {
        name: refused if name in shut else "" for name in staff
    }
    assert Event.objects.filter(kind="document.opened").count() == before + len(staff) - len(shut)
    assert opens(firm_user, document) == ""

    Consultation.objects.create(
        application=case,
        inside=True,
        specialist=afsa_staff.specialist,
        question="?",
        asked_by=afsa_staff.reviewer,
    )
    assert opens(afsa_staff.specialist, document) == ""


def test_who_is_asked_for_a_view_opens_it_also_where_another_case_has_the_file(
    draft_case, firm_user, document, afsa_staff
):
    describe(draft_case, firm_user, document, **CLAIM)
    case = submitted(draft_case, firm_user)
    type(case).objects.filter(pk=case.pk).update(state="withdrawn")
    copy = copy_application(actor=fresh(firm_user), source=fresh(case))
    copy = submitted(copy, firm_user, reference="KZC-2")
    asked = {"inside": True, "question": "?", "asked_by": afsa_staff.reviewer}
    Consultation.objects.create(application=copy, specialist=afsa_staff.specialist, **asked)
    assert opens(afsa_staff.specialist, document) == ""
    assert Event.objects.filter(subject=copy.audit_subject, kind="document.opened").count() == 1


def test_the_desk_says_why_it_stays_shut_and_shows_no_small_picture(
    draft_case, firm_user, document, afsa_staff, signed_in
):
    describe(draft_case, firm_user, document, **CLAIM)
    case = submitted(draft_case, firm_user)
    url = reverse("admin:applications_application_document", args=[case.pk, document.pk])
    answer = signed_in(fresh(afsa_staff.administrator)).get(url)
    assert (answer.status_code, "It names the guards." in answer.content.decode()) == (403, True)
    assert signed_in(fresh(afsa_staff.reviewer)).get(url).status_code == 200
    type(document).objects.filter(pk=document.pk).update(preview="made", status="clean")
    assert has_thumbnail(fresh(document), about_person=False) is False
    DocumentFacts.objects.update(confidential=False)
    assert has_thumbnail(fresh(document), about_person=False) is True


def test_a_newer_version_stays_claimed(draft_case, firm_user, document):
    describe(draft_case, firm_user, document, translated_by="A. Sworn", certification="notary", **CLAIM)
    newest = files.replace(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03", document=document,
        upload=upload("v2.pdf", pdf(b"2")), name="v2.pdf",
    )  # fmt: skip
    facts = DocumentFacts.objects.get(document=newest)
    assert (facts.confidential, facts.confidential_why, facts.translated_by, facts.certification) == (
        True, "It names the guards.", "A. Sworn", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("3", "3"), (" 3 - 7 ,12,", "3-7, 12"), ("3\u20137", "3-7"), ("7-7", "7-7"), ("", ""), ("0", None),
     ("7-3", None), ("a", None), ("1,,2", "1, 2"), ("123456", None), (", ".join(["10-20"] * 9), None)],
)  # fmt: skip
def test_pages_are_written_in_one_way(draft_case, firm_user, document, typed, kept):
    if kept is None:
        with pytest.raises(NotReady, match="Write pages as 3-7, 12"):
            describe(draft_case, firm_user, document, pages=typed)
    else:
        describe(draft_case, firm_user, document, pages=typed)
        assert AnswerFile.objects.get().pages == kept


def test_one_file_answers_two_questions_by_different_pages(
    draft_case, firm_user, document, browser, afsa_staff, signed_in
):
    about = f"{url_of(draft_case, 'BP-03')}files/{document.pk}/"
    assert browser.post(about, {"version": 0, "title": "Plan", "pages": "1-2"}).status_code == 302
    pick = f"{url_of(draft_case, 'BP-05')}pick/"
    type(document).objects.update(status="clean")
    wrong = browser.post(pick, {"document": str(document.pk), "pages": "x"})
    assert (wrong.status_code, "Write pages as 3-7, 12." in wrong.content.decode()) == (422, True)
    assert 'name="pages" type="text" maxlength="60" value="x"' in wrong.content.decode()
    assert browser.post(pick, {"document": str(document.pk), "pages": "3-7"}).status_code == 302

    for code, words in (("BP-03", "See pages 1-2"), ("BP-05", "See pages 3-7")):
        page = browser.get(url_of(draft_case, code)).content.decode()
        assert [text in page for text in ("See pages 1-2", "See pages 3-7")] == [
            words == "See pages 1-2", words == "See pages 3-7",
        ]  # fmt: skip
    case = submitted(draft_case, firm_user)
    given = {q["requirement"]: q["files"] for q in case.snapshots.get().content["questions"] if q["files"]}
    assert {code: [one["pages"] for one in held] for code, held in given.items()} == {
        "BP-03": ["1-2"], "BP-05": ["3-7"],
    }  # fmt: skip
    url = reverse("admin:applications_application_question", args=[case.pk, "business_plan", "BP-05"])
    assert "See pages 3-7" in signed_in(fresh(afsa_staff.reviewer)).get(url).content.decode()


def test_a_claim_on_a_newer_version_shuts_the_earlier_ones_too(draft_case, firm_user, document, afsa_staff):
    describe(draft_case, firm_user, document)
    submitted(draft_case, firm_user)
    assert opens(afsa_staff.specialist, document) == ""
    newest = files.replace(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03", document=document,
        upload=upload("v2.pdf", pdf(b"2")), name="v2.pdf",
    )  # fmt: skip
    describe(draft_case, firm_user, newest, **CLAIM)
    assert "It names the guards." in opens(afsa_staff.specialist, document)
    assert opens(afsa_staff.reviewer, document) == ""
