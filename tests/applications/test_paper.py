"""The whole application on paper: what is in it, what never is, that the PDF can be kept and read aloud."""

import io
import re

import pypdf
import pytest

from applications import paper
from regulators import books

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


def test_the_specimen_says_when_of_whom_and_after_which_answer_something_is_asked():
    book = books.current(AFSA)
    items = {i.code: i for c in paper.specimen(book, "en").chapters for s in c.sections for i in s.items}
    assert dict(items["CAP-01"].facts)["When"] == "before the grant"
    condition = next(r for r in book.requirements if r.applies_when)
    assert condition.applies_when.requirement in dict(items[condition.code].facts)["Asked when"]
    per_person = next(r for r in book.requirements if r.per_person and r.functions)
    assert "each person proposed as" in dict(items[per_person.code].facts)["Asked of"]
    declined = {r.code for r in book.requirements if not r.mandatory}
    assert {code for code, item in items.items() if "May be declined" in dict(item.facts)} == declined


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
