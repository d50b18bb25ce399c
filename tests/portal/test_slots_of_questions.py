"""What files one question takes: said before the choice, held wherever a file is given, asked of each."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.asked import is_to_do, problems
from applications.models import AnswerFile, DocumentFacts, InformationRequest, PointFile, RequestPoint
from applications.queries.copying import plan_of
from applications.queries.drafts import load_draft
from applications.services import drafting, requests
from applications.services import files as services
from applications.services.copying import copy_application
from documents.errors import Rejected
from documents.models import Document, Incoming
from regulators.rulebook import Citation, Slot
from tests.plugins import files
from tests.plugins.cases import fresh
from tests.plugins.versions import with_slots
from tests.portal.conftest import pdf, url_of
from workflow.errors import NotReady

PICTURES = Slot(kinds=("pdf", "png", "jpg"), most_files=2, most_megabytes=1)
WRONG = (
    "This question takes these kinds of file: PDF, PNG, JPG. "
    "Save the document as one of them, and upload it again."
)
BIG = (
    "This question takes files of up to 1\xa0MB each. Split the file or save it smaller, and upload it again."
)
FULL = "This question takes 2 files, and it has them. Remove one, or join several in one."
MEGABYTE = 1024 * 1024
RULE = Citation(
    act="Law", provision="7", kind="rule", applies=True, read="full", in_force=True, as_at=None,
    checked_by=(), confidence="V",
)  # fmt: skip


def body(response):
    return response.content.decode()


def docx(name="plan.docx"):
    return files.upload(name, files.docx())


def sized(size, name="plan.pdf"):
    return files.upload(name, files.pdf(b"x" * (size - len(files.pdf()))))


def held(code="BP-03"):
    rows = AnswerFile.objects.filter(answer__requirement=code, removed_at=None).select_related("document")
    return [row.document.name for row in rows.order_by("pk")]


@pytest.fixture(autouse=True)
def _no_scanner(settings):
    settings.CLAMD_ADDRESS = ""


@pytest.fixture
def case(draft_case, slotted):
    return slotted(draft_case, {"BP-03": PICTURES})


@pytest.fixture
def url(case):
    return url_of(case, "BP-03")


@pytest.fixture
def attach(case, firm_user):
    def make(upload, code="BP-03"):
        place = {"actor": firm_user, "case_id": case.pk, "requirement": code}
        return drafting.attach(**place, upload=upload, name=upload.name).document

    return make


# --- said before the choice


def test_the_rules_of_the_question_stand_before_the_input(browser, url):
    page = body(browser.get(url))
    said = [
        "Kinds: PDF, PNG, JPG. Without passwords and macros.",
        "Size: up to 1\xa0MB each.",
        "Number: up to 2 files here.",
        "Kinds, size and number are our policy for this question: no rule sets them.",
        "Translation and certification: no rule on record sets them for all files.",
    ]
    places = [page.index(text) for text in said]
    assert places == sorted(places)
    assert places[-1] < page.index('type="file"')
    assert 'accept=".pdf,.png,.jpg,.jpeg"' in page
    assert f'data-wrong-kind="{WRONG}"' in page
    assert f'data-most="{MEGABYTE}"' in page


def test_a_question_that_says_nothing_has_the_limits_of_every_question(browser, case):
    page = body(browser.get(url_of(case, "BP-05")))
    assert "Kinds: PDF, DOCX, XLSX, PNG, JPG, CSV, TXT. Without passwords and macros." in page
    assert "our policy for this question" not in page


def test_the_limits_of_the_service_hold_over_those_of_the_book(browser, url, settings):
    settings.FILES_PER_ANSWER, settings.DOCUMENT_MAX_BYTES = 1, 500 * 1024
    page = body(browser.get(url))
    assert "Number: up to 1 file here." in page
    assert "Size: up to 500\xa0KB each." in page


@pytest.mark.parametrize(("slot", "said"), [
    (Slot(languages=("kk", "ru", "en")), [
        "Our policy: Each file is in Kazakh, Russian or English, or has a translation beside it. "
        "Say the language of each, and who translated it."]),
    (Slot(languages=("kk",), certified=True, citations=(RULE,)), [
        "Rule (Law 7): Each file is in Kazakh, or has a translation beside it.",
        "Rule (Law 7): Each file is a certified copy. Say how it was certified."]),
])  # fmt: skip
def test_language_and_certified_copy_are_said_with_what_they_rest_on(
    browser, draft_case, slotted, slot, said
):
    page = body(browser.get(url_of(slotted(draft_case, {"BP-03": slot}), "BP-03")))
    assert [text for text in said if text not in page] == []
    assert "no rule on record sets them for all files" not in page
    assert "our policy for this question" not in page


# --- held when a file is given


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize(("upload", "words"), [
    (docx(), WRONG), (sized(MEGABYTE + 1), BIG),
    (files.upload("plan.pdf", b"<html>"), "The content of this file is not what its name says. "
     "Upload one of: PDF, PNG, JPG."),
])  # fmt: skip
def test_what_the_question_does_not_take_is_refused_in_its_own_words(browser, url, upload, words, by_script):
    upload.seek(0)
    given = {"files": upload} if by_script else {"version": 0, "files": [upload]}
    refused = browser.post(url + ("file/" if by_script else "upload/"), given)
    assert refused.status_code == 422
    assert words in body(refused)
    assert (held(), Document.objects.count()) == ([], 0)


def test_both_sides_of_each_limit(browser, url):
    assert browser.post(url + "file/", {"files": sized(MEGABYTE)}).status_code == 201
    jpg = files.upload("face.JPEG", files.jpg())
    assert browser.post(url + "file/", {"files": jpg}).status_code == 201
    third = browser.post(url + "file/", {"files": pdf("three.pdf")})
    assert (third.status_code, body(third)) == (422, FULL)
    assert held() == ["plan.pdf", "face.jpg"]


@pytest.mark.parametrize(("about", "words"), [
    ({"name": "large.docx", "size": 10}, WRONG), ({"name": "large.pdf", "size": MEGABYTE + 1}, BIG),
])  # fmt: skip
def test_what_is_announced_is_refused_before_a_byte_is_sent(browser, url, about, words):
    refused = browser.post(url + "file/", {"declared_type": "", "mark": "1", **about})
    assert (refused.status_code, body(refused)) == (422, words)
    assert Incoming.objects.count() == 0
    taken = browser.post(url + "file/", {"declared_type": "", "mark": "1", "name": "a.pdf", "size": MEGABYTE})
    assert taken.status_code == 200


def test_a_file_given_elsewhere_is_not_taken_where_the_question_takes_no_such_file(browser, url, attach):
    elsewhere = attach(docx(), code="BP-05")
    refused = browser.post(url + "pick/", {"document": elsewhere.pk})
    assert refused.status_code == 422
    assert WRONG in body(refused)
    fits = attach(pdf("fits.pdf"), code="BP-05")
    assert browser.post(url + "pick/", {"document": fits.pk}).status_code == 302
    assert held() == ["fits.pdf"]


# --- a newer version


def test_a_newer_version_is_taken_by_every_question_that_has_the_file_or_not_at_all(
    browser, case, url, attach, firm_user
):
    plan = attach(pdf("plan.pdf"))
    services.pick(actor=firm_user, case_id=case.pk, requirement="BP-05", document_id=plan.pk)
    place = {"actor": firm_user, "case_id": case.pk, "requirement": "BP-05", "document": plan}
    with pytest.raises(Rejected) as refused:
        services.replace(**place, upload=docx(), name="plan.docx")
    title = case.book.by_code["BP-03"].title["en"]
    assert refused.value.message == f"“{title}” has this file too. {WRONG} Or take the file out there first."
    assert (held("BP-03"), held("BP-05"), Document.objects.count()) == (["plan.pdf"], ["plan.pdf"], 1)
    here = browser.post(url + "file/", {"files": docx(), "replaces": str(plan.pk)})
    assert (here.status_code, body(here)) == (422, WRONG)
    services.replace(**place, upload=pdf("newer.pdf"), name="newer.pdf")
    assert (held("BP-03"), held("BP-05")) == (["newer.pdf"], ["newer.pdf"])


def test_the_page_of_a_newer_version_says_the_rules_of_the_question(browser, url, attach):
    page = body(browser.get(f"{url}files/{attach(pdf()).pk}/replace/"))
    assert "Kinds: PDF, PNG, JPG. Without passwords and macros." in page
    assert 'accept=".pdf,.png,.jpg,.jpeg"' in page
    assert "Number: up to" not in page


# --- a request for information


@pytest.fixture
def point(case_in_review, slotted, afsa_staff):
    return a_point_of(slotted(case_in_review, {"BP-03": PICTURES}), afsa_staff)


def a_point_of(case, staff):
    request = InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=timezone.localdate(),
        written_by=staff.reviewer, sent_at=timezone.now(),
    )  # fmt: skip
    return RequestPoint.objects.create(request=request, number=1, requirement="BP-03", question="Why?")


def test_a_point_of_a_request_takes_what_its_question_takes(browser, firm_user, point):
    page = reverse("portal:request", args=[point.request.application_id, 1])
    assert "Kinds: PDF, PNG, JPG. Without passwords and macros." in body(browser.get(page))
    give = f"{page}points/1/file/"
    refused = browser.post(give, {"files": docx()})
    assert (refused.status_code, body(refused)) == (422, WRONG)
    announced = browser.post(give, {"name": "a.docx", "size": 9, "declared_type": "", "mark": ""})
    assert (announced.status_code, body(announced)) == (422, WRONG)
    given = requests.attach_to_point(actor=firm_user, point=point, upload=pdf(), name="plan.pdf").document
    newer = browser.post(give, {"files": docx(), "replaces": str(given.pk)})
    assert (newer.status_code, body(newer)) == (422, WRONG)
    assert browser.post(give, {"files": pdf("2.pdf")}).status_code == 201
    third = browser.post(give, {"files": pdf("3.pdf")})
    assert (third.status_code, body(third)) == (422, FULL)
    assert PointFile.objects.filter(point=point, removed_at=None).count() == 2


# --- what is asked of the files before the stage is complete


PAPERS = Slot(languages=("kk", "ru"), certified=True)


@pytest.fixture
def lacking(draft_case, slotted, firm_user):
    """A function: what the answer lacks, with these files and what is said of each."""
    case = slotted(draft_case, {"BP-03": PAPERS})
    place = {"actor": firm_user, "case_id": case.pk, "requirement": "BP-03"}

    def read(*said):
        for number, facts in enumerate(said, 1):
            document = drafting.attach(**place, upload=pdf(f"{number}.pdf"), name=f"{number}.pdf").document
            if facts is not None:
                DocumentFacts.objects.create(document=document, updated_by=firm_user, **facts)
        draft = load_draft(case, stages=["business_plan"])
        return problems(case.book.by_code["BP-03"], draft.answer(("BP-03", None)), draft)

    return read


CERTIFIED = {"certification": "notary"}


@pytest.mark.parametrize(("said", "texts"), [
    ([], ["Upload at least one document."]),
    ([None], ["1.pdf: say in which language it is.", "1.pdf: say how the copy was certified."]),
    ([{"language": "kk"}], ["1.pdf: say how the copy was certified."]),
    ([CERTIFIED], ["1.pdf: say in which language it is."]),
    ([{"language": "kk", **CERTIFIED}], []),
    ([{"language": "en", **CERTIFIED}],
     ["1.pdf: upload a translation into Kazakh or Russian beside it, and say who translated it."]),
    ([{"language": "en", **CERTIFIED}, {"language": "ru", **CERTIFIED}],
     ["1.pdf: upload a translation into Kazakh or Russian beside it, and say who translated it."]),
    ([{"language": "en", **CERTIFIED}, {"language": "ru", "translated_by": "Bureau", **CERTIFIED}], []),
    ([{"language": "other", **CERTIFIED}, {"language": "en", "translated_by": "Bureau", **CERTIFIED}],
     [f"{name}: upload a translation into Kazakh or Russian beside it, and say who translated it."
      for name in ("1.pdf", "2.pdf")]),
])  # fmt: skip
def test_what_has_to_be_said_of_the_files(lacking, said, texts):
    assert lacking(*said) == texts


def test_the_answer_to_a_point_goes_when_its_files_are_described(
    browser, case_in_review, slotted, firm_user, afsa_staff
):
    point = a_point_of(slotted(case_in_review, {"BP-03": PAPERS}), afsa_staff)
    page = reverse("portal:request", args=[point.request.application_id, 1])
    document = requests.attach_to_point(actor=firm_user, point=point, upload=pdf(), name="plan.pdf").document
    send = {"actor": firm_user, "request": point.request, "expected_version": 0}
    requests.answer_point(actor=firm_user, point=point, expected_version=0, text="So")
    with pytest.raises(NotReady) as refused:
        requests.send_answers(**send)
    assert [reason.text for reason in refused.value.reasons] == [
        "plan.pdf: say in which language it is.", "plan.pdf: say how the copy was certified.",
    ]  # fmt: skip
    said = {"version": "0", "language": "kk", "certification": "notary"}
    assert browser.post(f"{page}points/1/files/{document.pk}/", said).status_code == 302
    assert requests.send_answers(**send).status == "answered"


def test_the_stage_says_what_is_not_said_with_the_page_that_mends_it(browser, draft_case, slotted, firm_user):
    case = slotted(draft_case, {"BP-03": PAPERS})
    place = {"actor": firm_user, "case_id": case.pk, "requirement": "BP-03"}
    document = drafting.attach(**place, upload=pdf(), name="plan.pdf").document
    stage = case.stages.get(code="business_plan")
    page = body(browser.post(
        reverse("portal:stage", args=[case.pk, stage.code]), {"act": "complete", "version": stage.version}
    ))  # fmt: skip
    about = f"{url_of(case, 'BP-03')}files/{document.pk}/"
    for words in ("say in which language it is.", "say how the copy was certified."):
        text = f"{case.book.by_code['BP-03'].title['en']}: plan.pdf: {words}"
        assert f'<a href="{about}">{text}</a>' in page
    said = {"version": "0", "language": "kk", "certification": "notary"}
    assert browser.post(about, said).status_code == 302
    page = body(browser.post(
        reverse("portal:stage", args=[case.pk, stage.code]), {"act": "complete", "version": stage.version}
    ))  # fmt: skip
    assert "say in which language" not in page


# --- an older case, and a newer book


def test_what_a_newer_version_does_not_take_stays_in_a_case_of_the_older_one(draft_case, firm_user, shelf):
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    drafting.attach(**place, upload=docx(), name="plan.docx")
    shelf(with_slots(draft_case.book, {"BP-03": PICTURES}))
    draft = load_draft(draft_case, stages=["business_plan"])
    assert problems(draft_case.book.by_code["BP-03"], draft.answer(("BP-03", None)), draft) == []
    drafting.attach(**place, upload=docx("more.docx"), name="more.docx")
    assert held() == ["plan.docx", "more.docx"]


def test_a_draft_that_moved_keeps_the_file_and_says_what_is_wrong_with_it(draft_case, firm_user, slotted):
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    for name in ("plan.docx", "large.pdf", "small.pdf"):
        upload = docx(name) if name.endswith("docx") else sized(MEGABYTE + (name == "large.pdf"), name)
        drafting.attach(**place, upload=upload, name=name)
    case = slotted(draft_case, {"BP-03": PICTURES})
    draft = load_draft(case, stages=["business_plan"])
    assert problems(case.book.by_code["BP-03"], draft.answer(("BP-03", None)), draft) == [
        "This question takes 2 files. Remove some, or join several in one.",
        f"plan.docx: {WRONG}",
        f"large.pdf: {BIG}",
    ]
    assert held() == ["plan.docx", "large.pdf", "small.pdf"]


def test_a_copy_carries_what_the_question_takes_now_and_says_what_stays(
    browser, afm_draft_case, firm_user, shelf
):
    source = afm_draft_case
    for code, names in (("N-BP-02", ("1.docx", "2.pdf", "3.pdf", "4.pdf")), ("N-BP-08", ("5.docx",))):
        for name in names:
            upload = docx(name) if name.endswith("docx") else pdf(name)
            drafting.attach(actor=firm_user, case_id=source.pk, requirement=code, upload=upload, name=name)
    base = shelf("afm-custody")
    shelf(with_slots(base, {"N-BP-02": PICTURES, "N-BP-08": PICTURES}))
    plan, title = plan_of(source), source.book.by_code["N-BP-02"].title["en"]
    assert plan.files_left == [
        (f"{title}: 1.docx", WRONG), (f"{title}: 4.pdf", "The question takes fewer files now."),
    ]  # fmt: skip
    assert (source.book.by_code["N-BP-08"].title["en"], "It takes other files now.") in plan.left
    assert plan.files == 2
    page = body(browser.get(reverse("portal:copy", args=[source.pk])))
    assert f"<li>{title}: 1.docx: {WRONG}</li>" in page
    assert "2 files do not go over with their answers" in page
    fresh(source).stages.update(state="in_progress")
    type(source).objects.filter(pk=source.pk).update(state="discarded")
    copied = copy_application(actor=firm_user, source=fresh(source))
    rows = AnswerFile.objects.filter(answer__application=copied).select_related("document").order_by("pk")
    assert [row.document.name for row in rows] == ["2.pdf", "3.pdf"]


def test_a_newer_version_of_the_book_says_what_changed(browser, draft_case, shelf):
    base = shelf("afsa-custody")
    type(draft_case).objects.filter(pk=draft_case.pk).update(
        rulebook=draft_case.licence_type.rulebooks.get(version=base.version)
    )
    shelf(with_slots(base, {"BP-03": PICTURES}))
    page = body(browser.get(reverse("portal:version", args=[draft_case.pk])))
    for words in ("Kinds of file taken", "Most files", "as for every question", "Most megabytes a file"):
        assert words in page


def test_the_questions_of_a_stage_are_read_in_as_many_queries_as_without_rules(
    draft_case, slotted, firm_user
):
    drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03", upload=pdf(), name="plan.pdf"
    )

    def queries(case):
        with CaptureQueriesContext(connection) as found:
            draft = load_draft(case, stages=["business_plan"])
            problems(case.book.by_code["BP-03"], draft.answer(("BP-03", None)), draft)
        return len(found)

    before = queries(fresh(draft_case))
    assert queries(slotted(draft_case, {"BP-03": PAPERS})) == before


# --- a form to fill in


FORM = Slot(kinds=("xlsx",), form=(
    {"en": "Key class", "ru": "Класс ключа", "kk": "Кілт класы"},
    {"en": "Owner", "ru": "Владелец", "kk": "Иесі"},
))  # fmt: skip
NOT_THE_FORM = "This is not the form of this question. Download the form, fill it and upload it."


def sheet(*headings, name="form.xlsx", rows=(("Hot", "Dana"),)):
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return files.upload(name, packed.getvalue())


@pytest.fixture
def with_form(draft_case, slotted):
    return slotted(draft_case, {"BP-03": FORM})


def form_of(case, code="BP-03"):
    return reverse("law:form", args=[case.book.code, case.book.version, code])


@pytest.mark.parametrize(("language", "headings"), [
    ("en", ("Key class", "Owner")), ("ru", ("Класс ключа", "Владелец")), ("kk", ("Кілт класы", "Иесі")),
])  # fmt: skip
def test_the_form_is_downloaded_in_the_readers_language_and_taken_when_it_comes_back(
    browser, with_form, language, headings
):
    browser.cookies["django_language"] = language
    url = url_of(with_form, "BP-03")
    assert f'<a href="{form_of(with_form)}" download>' in body(browser.get(url))
    answer = browser.get(form_of(with_form))
    assert answer["Content-Disposition"] == 'attachment; filename="BP-03.xlsx"'
    page, about = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert [cell.value for cell in page[1]] == list(headings)
    assert about["A1"].value.startswith("BP-03. ")
    back = files.upload("BP-03.xlsx", answer.content)
    assert browser.post(url + "file/", {"files": back}).status_code == 201
    assert held() == ["BP-03.xlsx"]


def test_there_is_no_form_where_a_question_has_none(browser, with_form):
    page = body(browser.get(url_of(with_form, "BP-05")))
    assert "Download the form" not in page
    assert "Form: download the form" in body(browser.get(url_of(with_form, "BP-03")))
    for code in ("BP-05", "XX-99"):
        assert browser.get(form_of(with_form, code)).status_code == 404
    assert browser.get("/law/afsa-custody/1999.1/BP-03/form.xlsx").status_code == 404


@pytest.mark.parametrize(("headings", "status"), [
    (("Key class", "Owner"), 201), (("OWNER", "Notes", " key  class "), 201),
    (("Класс ключа", "Владелец"), 201),
    (("Key class",), 422), (("Key class", "Владелец"), 422), (("Key class and Owner",), 422), ((), 422),
])  # fmt: skip
def test_a_sheet_without_the_headings_is_not_the_form(browser, with_form, headings, status):
    answer = browser.post(url_of(with_form, "BP-03") + "file/", {"files": sheet(*headings)})
    assert answer.status_code == status
    assert (body(answer) == NOT_THE_FORM) is (status == 422)
    assert Document.objects.count() == (status == 201)


def test_the_form_is_asked_for_wherever_a_file_is_given(browser, with_form, firm_user):
    other = {"actor": firm_user, "case_id": with_form.pk, "requirement": "BP-05"}
    wrong = drafting.attach(**other, upload=sheet("A"), name="a.xlsx").document
    right = drafting.attach(**other, upload=sheet("Owner", "Key class"), name="b.xlsx").document
    url = url_of(with_form, "BP-03")
    refused = browser.post(url + "pick/", {"document": wrong.pk})
    assert (refused.status_code, NOT_THE_FORM in body(refused)) == (422, True)
    assert browser.post(url + "pick/", {"document": right.pk}).status_code == 302
    with pytest.raises(Rejected) as elsewhere:
        services.replace(**other, document=right, upload=sheet("A"), name="c.xlsx")
    assert NOT_THE_FORM in elsewhere.value.message
    newer = browser.post(url + "file/", {"files": sheet("A"), "replaces": str(right.pk)})
    assert (newer.status_code, body(newer)) == (422, NOT_THE_FORM)
    assert held() == ["b.xlsx"]
    page = body(browser.get(f"{url}files/{right.pk}/replace/"))
    assert f'<a href="{form_of(with_form)}" download>' in page


def test_only_what_the_question_takes_is_offered_to_be_used_again(browser, draft_case, slotted, firm_user):
    slots = {"BP-03": PICTURES, "BP-04": FORM}
    case = slotted(draft_case, slots)
    place = {"actor": firm_user, "case_id": case.pk, "requirement": "BP-05"}
    sheets = sheet("A", name="a.xlsx"), sheet("Key class", "Owner")
    for upload in (pdf("plan.pdf"), docx("plan.docx"), sized(MEGABYTE + 1, "big.pdf"), *sheets):
        drafting.attach(**place, upload=upload, name=upload.name)
    Document.objects.update(status="clean")

    def offered(code):
        page = body(browser.get(url_of(case, code) + "pick/"))
        return [name for name in ("plan.pdf", "plan.docx", "big.pdf", "a.xlsx", "form.xlsx") if name in page]

    assert (offered("BP-03"), offered("BP-04")) == (["plan.pdf"], ["form.xlsx"])


@pytest.mark.parametrize(("rows", "lacking"), [
    ([("Hot", "Dana")], []),
    ([], ["form.xlsx: no row of the form is filled in. Fill it in, and replace the file."]),
])  # fmt: skip
def test_a_form_without_a_row_is_no_answer(with_form, firm_user, rows, lacking):
    place = {"actor": firm_user, "case_id": with_form.pk, "requirement": "BP-03"}
    drafting.attach(**place, upload=sheet("Key class", "Owner", rows=rows), name="form.xlsx")
    draft = load_draft(with_form, stages=["business_plan"])
    asked = with_form.book.by_code["BP-03"], draft.answer(("BP-03", None)), draft
    assert (problems(*asked), is_to_do(*asked)) == (lacking, bool(lacking))


def test_what_was_given_before_there_was_a_form_is_not_complete(draft_case, slotted, firm_user):
    place = {"actor": firm_user, "case_id": draft_case.pk, "requirement": "BP-03"}
    drafting.attach(**place, upload=sheet("A"), name="a.xlsx")
    case = slotted(draft_case, {"BP-03": FORM})
    draft = load_draft(case, stages=["business_plan"])
    assert problems(case.book.by_code["BP-03"], draft.answer(("BP-03", None)), draft) == [
        f"a.xlsx: {NOT_THE_FORM}"
    ]


def test_a_point_asks_for_the_form_too(browser, case_in_review, slotted, afsa_staff):
    case = slotted(case_in_review, {"BP-03": FORM})
    request = InformationRequest.objects.create(
        application=case, number=1, status="sent", due_on=timezone.localdate(),
        written_by=afsa_staff.reviewer, sent_at=timezone.now(),
    )  # fmt: skip
    RequestPoint.objects.create(request=request, number=1, requirement="BP-03", question="Why?")
    page = reverse("portal:request", args=[case.pk, 1])
    assert f'<a href="{form_of(case)}" download>' in body(browser.get(page))
    refused = browser.post(f"{page}points/1/file/", {"files": sheet("A")})
    assert (refused.status_code, body(refused)) == (422, NOT_THE_FORM)
    assert browser.post(f"{page}points/1/file/", {"files": sheet("Owner", "Key class")}).status_code == 201
