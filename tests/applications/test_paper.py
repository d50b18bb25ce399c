"""The whole application on paper: what is in it, what never is, that the PDF can be kept and read aloud."""

import io
import json
import re
from datetime import date

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.identifiers import mask
from applications import asked, paper
from applications.asked import NOT_KNOWN
from applications.models import Person
from applications.queries.drafts import load_draft
from applications.services import drafting
from applications.services.people import save_person
from regulators import books
from tests.plugins.cases import fresh

LANGUAGES = ("en", "ru", "kk")
AFSA = "providing-custody"


def read(content):
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content):
    return "\n".join(page.extract_text() for page in read(content).pages)


def words_of(text):
    """Without the places where lines were broken."""
    return re.sub(r"\s+", "", text)


def fonts_of(reader):
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()
            for part in inner.get("/DescendantFonts", [inner]):
                described = part.get_object().get("/FontDescriptor", {})
                found[inner["/BaseFont"]] = any(f"/FontFile{n}" in described for n in ("", "2", "3"))
    return found


def assert_can_be_read_aloud(content, language, title):
    reader = read(content)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert reader.metadata.title == title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    fonts = fonts_of(reader)
    assert set(fonts.values()) == {True}, fonts
    about = root["/Metadata"].get_object().get_data().decode()
    for part in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert part in about


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_specimen_of_a_book_has_every_question_with_its_sources(language):
    book = books.current(AFSA)
    made = paper.specimen(book, language)
    content = paper.pdf(made)
    assert_can_be_read_aloud(content, language, made.title)
    text, page = words_of(text_of(content)), paper.html(made)
    items = [item for c in made.chapters for s in c.sections for item in s.items]
    assert [item.code for item in items if words_of(item.title) not in text] == []
    assert {item.code for item in items} == book.by_code.keys()
    for item in items:
        assert f'id="{item.code}"' in page
        assert [s.text for s in item.sources if words_of(s.text) not in text] == []
    assert [url for url in made.addresses if url not in text] == []


@pytest.mark.parametrize("code", ["national-custody", "exchange-operator"])
def test_the_specimen_of_a_readiness_track_speaks_of_its_record_and_of_no_grant(code):
    made = paper.specimen(books.current(code), "en")
    whens = {dict(i.facts)["When"] for c in made.chapters for s in c.sections for i in s.items}
    assert whens == {"with the application", "before the recommendation", "before the readiness record"}


def test_the_specimen_says_when_of_whom_and_after_which_answer_something_is_asked():
    book = books.current(AFSA)
    items = {i.code: i for c in paper.specimen(book, "en").chapters for s in c.sections for i in s.items}
    assert dict(items["CAP-01"].facts)["When"] == "before the grant"
    condition = next(r for r in book.requirements if r.applies_when)
    assert condition.applies_when.requirement in dict(items[condition.code].facts)["Asked when"]
    per_person = next(r for r in book.requirements if r.per_person and r.functions)
    assert "each person proposed as" in dict(items[per_person.code].facts)["Asked of"]
    declined = {r.code for r in book.requirements if not r.mandatory}
    assert {code for code, item in items.items() if "Instead of an answer" in dict(item.facts)} == declined


def test_the_same_book_gives_the_same_bytes_and_pages_are_numbered():
    made = paper.specimen(books.current("national-custody"), "en")
    content = paper.pdf(made)
    assert content == paper.pdf(made)
    pages = read(content).pages
    for number, page in enumerate(pages, start=1):
        words = page.extract_text()
        assert f"Page {number} of {len(pages)}" in words
        assert "Specimen, not an application" in words
    assert made.warning
    assert words_of(made.warning) in words_of(text_of(content))


# --- a case


def people_of(case):
    return Person.objects.filter(posts__application=case).distinct()


@pytest.fixture
def add_person(draft_case, firm_user):
    def add(number):
        return save_person(
            actor=firm_user, case_id=draft_case.pk, functions=[draft_case.book.functions[0].code],
            family_name="Қожахметова", given_names=f"Дана {number}", patronymic="", born_on=date(1988, 7, 25),
            citizenship="IE", residence="KZ", identifier_kind="passport", identifier=f"N{number:08d}",
        )  # fmt: skip

    return add


@pytest.fixture
def kazakh(afm_draft_case, firm_user):
    """A draft with an answer in three scripts."""
    drafting.save_answer(
        actor=firm_user, case_id=afm_draft_case.pk, requirement=TEXT, value={"text": LETTERS}
    )
    return fresh(afm_draft_case)


LETTERS = "ӘҒҚҢӨҰҮҺІ ₸\nәғқңөұүһі\n\nЁёЪъЫы — Latin “quotes”"
TEXT = "N-BP-01"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_says_so_on_every_page_and_holds_every_letter(kazakh, language):
    made = paper.of_draft(kazakh, language)
    content = paper.pdf(made)
    assert_can_be_read_aloud(content, language, made.title)
    with translation.override(language):
        standing = str(translation.gettext("Draft, not submitted"))
    assert all(standing in page.extract_text() for page in read(content).pages)
    text = text_of(content)
    for letters in ("ӘҒҚҢӨҰҮҺІ ₸", "әғқңөұүһі", "ЁёЪъЫы — Latin “quotes”"):
        assert letters in text
    assert content == paper.pdf(paper.of_draft(kazakh, language))


def test_a_character_that_no_font_has_still_makes_a_tagged_pdf_that_says_so(kazakh, firm_user):
    drafting.save_answer(
        actor=firm_user, case_id=kazakh.pk, requirement=TEXT, value={"text": "王 😀"}, expected_version=1
    )
    made = paper.of_draft(fresh(kazakh), "en")
    reader = read(paper.pdf(made))
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert "a character that its fonts lack" in reader.pages[0].extract_text().replace("\n", " ")
    assert "王 😀" in paper.html(made)


def test_every_question_that_is_asked_is_in_it_with_its_answer(submitted_afm_case):
    case, snapshot = submitted_afm_case, submitted_afm_case.snapshots.get()
    made = paper.of_snapshot(snapshot, case, "en")
    asked_now = asked.questions(load_draft(case))
    items = {item.anchor: item for c in made.chapters for s in c.sections for item in s.items}
    keys = [f"{q.requirement.code}-{q.person_id}" if q.person_id else q.requirement.code for q in asked_now]
    assert sorted(items) == sorted(keys)
    assert {item.answered for item in items.values()} == {True}
    text = words_of(text_of(paper.pdf(made)))
    assert [q.title for q in asked_now if words_of(q.title) not in text] == []
    for wanted in (case.reference, snapshot.sha256, "version1", "Director", case.firm.name):
        assert words_of(wanted) in text
    files = [file for item in items.values() for file in item.files]
    assert files
    assert [file.name for file in files if words_of(file.name) not in text] == []
    assert [file.sha256 for file in files if file.sha256 not in text] == []


def test_numbers_of_people_are_masked_and_no_file_is_inside(submitted_afm_case):
    case, snapshot = submitted_afm_case, submitted_afm_case.snapshots.get()
    made = paper.of_snapshot(snapshot, case, "en")
    content = paper.pdf(made)
    text, page = text_of(content), paper.html(made)
    people = list(people_of(case))
    assert people
    for person in people:
        assert mask(person.identifier) in text
        assert mask(person.identifier) in page
        for whole in (text, page, json.dumps(snapshot.content)):
            assert person.identifier not in whole
            assert person.identifier[:-3] not in whole
    reader = read(content)
    assert "/EmbeddedFiles" not in reader.trailer["/Root"].get("/Names", {})
    assert [page.images for page in reader.pages if page.images] == []


def test_the_same_submission_gives_the_same_bytes_whatever_changes_later(submitted_afm_case, firm_user):
    case, snapshot = submitted_afm_case, submitted_afm_case.snapshots.get()
    before = {language: paper.pdf(paper.of_snapshot(snapshot, case, language)) for language in LANGUAGES}
    assert len(set(before.values())) == 3
    people_of(case).update(family_name="Changed", identifier="N99999999")
    type(case.firm).objects.filter(pk=case.firm_id).update(name="Another name")
    with translation.override("ru"):
        again = fresh(snapshot), fresh(case)
        after = {language: paper.pdf(paper.of_snapshot(*again, language)) for language in LANGUAGES}
    assert after == before


def test_an_answer_that_the_reader_may_not_see_is_named_and_not_shown(draft_case, firm_user, add_person):
    private, other = add_person(1), add_person(2)
    question = next(q for q in asked.questions(load_draft(draft_case)) if q.person_id == private.pk)
    code = question.requirement.code
    for person in (private, other):
        drafting.save_answer(
            actor=firm_user, case_id=draft_case.pk, requirement=code, person=person,
            value={}, declined=f"A secret of {person.given_names}", declined_as=NOT_KNOWN,
        )  # fmt: skip
    made = paper.of_draft(fresh(draft_case), "en", {private.pk})
    for whole in (paper.html(made), text_of(paper.pdf(made))):
        assert "A secret of Дана 1" not in whole
        assert "A secret of Дана 2" in whole
        assert "Given privately by Дана 1" in whole
        assert mask(private.identifier) not in whole


def test_a_paper_takes_as_many_queries_for_three_people_as_for_one(draft_case, add_person):
    def count():
        case = fresh(draft_case)
        with CaptureQueriesContext(connection) as queries:
            paper.of_draft(case, "en")
        return len(queries)

    add_person(1)
    first = count()
    add_person(2)
    add_person(3)
    assert count() == first
    assert first <= 12
