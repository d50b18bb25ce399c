"""The pages on the law: every claim and term in three languages, and how far sources were read."""

import re
from collections import Counter

import pytest
from django.utils import translation

from regulators import books
from regulators import rulebook as rb
from regulators.reference import coverage, texts

LANGUAGES = {"en", "ru", "kk"}
NEWEST = sorted({book.code for book in books.all_books()})


def test_every_claim_is_there_once_and_in_three_languages():
    numbers = [(claim.source, claim.number) for claim in texts.claims()]
    assert numbers == [("afsa", n) for n in range(1, 52)] + [("national", n) for n in range(1, 7)]
    assert {frozenset(text) for claim in texts.claims() for text in (claim.claim, claim.finding)} == {
        frozenset(LANGUAGES)
    }


def test_a_claim_is_answered_by_requirements_or_by_its_finding():
    for claim in texts.claims():
        assert bool(claim.requirements) is bool(claim.book), claim.number


def test_the_claim_that_was_plainly_wrong_is_corrected():
    claim = next(c for c in texts.claims() if (c.source, c.number) == ("afsa", 43))
    assert claim.status == "corrected"


def test_a_qualified_custodian_was_not_found():
    term = next(term for term in texts.glossary() if term.code == "qualified-custodian")
    assert "not found" in term.meaning["en"]
    assert "Providing Custody" in term.meaning["en"]


def test_terms_are_in_three_languages_and_named_once():
    assert {frozenset(text) for term in texts.glossary() for text in (term.term, term.meaning)} == {
        frozenset(LANGUAGES)
    }
    assert [code for code, count in Counter(t.code for t in texts.glossary()).items() if count > 1] == []


@pytest.mark.parametrize("code", NEWEST)
def test_coverage_counts_every_question_and_every_provision_once(code):
    book = books.latest(code)
    stages = coverage.by_stage(book)
    assert sum(row.total for row in stages) == len(book.requirements)
    assert all(sum(v for k, v in row.counts.items() if k != "mandatory") == row.total for row in stages)
    cited = {(c.act, c.provision) for r in book.requirements for c in r.citations}
    found = coverage.citations(book)
    assert len({(c.act, c.provision) for c in found}) == len(found)
    assert cited <= {(c.act, c.provision) for c in found}
    assert sum(row.total for row in coverage.by_act(book)) == len(found)
    assert sum(row.total for row in coverage.by_kind(book)) == len(found)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages_open_for_everybody(db, client, loaded, language):
    with translation.override(language):
        for path in ("/law/", "/law/claims/", "/law/glossary/", "/law/afm-custody/2026.2/"):
            assert (path, client.get(path).status_code) == (path, 200)


def test_a_version_that_was_never_published_is_not_found(db, client):
    assert client.get("/law/afsa-custody/1999.1/").status_code == 404


WHICH_PREVAILS = {
    "en": "The English text of the law prevails.",
    "ru": "Этот текст – наш перевод на русский язык, который ещё никто не проверил.",
    "kk": "Бұл мәтін – біздің қазақ тіліне аудармамыз, оны әлі ешкім тексерген жоқ.",
}


@pytest.mark.parametrize("language", WHICH_PREVAILS)
def test_a_reader_is_told_which_language_prevails_and_that_nobody_checked_the_translation(
    db, client, loaded, language
):
    client.cookies["django_language"] = language
    page = client.get("/law/afsa-custody/2026.2/").content.decode()
    assert [one for one, words in WHICH_PREVAILS.items() if words in page] == [language]


def test_each_provision_is_shown_with_its_five_facts(db, client, loaded):
    page = client.get("/law/afm-custody/2026.2/").content.decode()
    row = page.split("Annex 3, items 35 and 62")[1].split("</tr>")[0]
    cells = re.findall(r"<td>(.*?)</td>", row)
    assert cells == [
        "Rule", "not established", "Read in full", "H", "not established, text of 1 January 2023", "not yet",
    ]  # fmt: skip


def untranslated(node, path):
    """Every text of a book that lacks a language."""
    if isinstance(node, dict):
        return [] if set(node) == LANGUAGES and all(node.values()) else [path]
    if isinstance(node, tuple):
        return [gap for i, part in enumerate(node) for gap in untranslated(part, f"{path}/{i}")]
    fields = getattr(node, "__dataclass_fields__", {})
    texts_and_parts = [name for name in fields if isinstance(getattr(node, name), dict | tuple)]
    code = getattr(node, "code", "")
    return [
        gap for name in texts_and_parts for gap in untranslated(getattr(node, name), f"{path}/{code}.{name}")
    ]


@pytest.mark.parametrize("code", NEWEST)
def test_no_text_of_the_newest_version_lacks_a_language(code):
    assert untranslated(books.latest(code), code) == []


def test_a_missing_language_would_be_found():
    assert untranslated(rb.Choice(code="no", label={"en": "No", "ru": "Нет"}), "x") == ["x/no.label"]
