"""What stands in a citation in words of ours is said in the reader's language."""

import re

import pytest
from django.template import Context, Template
from django.utils import translation

from regulators.books import all_books, latest
from regulators.own_words import OURS, in_words
from regulators.reference.coverage import citations

NEWEST = [latest(code) for code in sorted({book.code for book in all_books()})]
NOT_A_PLACE = re.compile(r"not (seen|found)|No .* was found|later paragraphs$")


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_each_is_said_in_each_language(language):
    with translation.override(language):
        assert [text for text in OURS if in_words(text) == text] == []


@pytest.mark.parametrize("book", NEWEST, ids=lambda book: book.code)
def test_none_is_forgotten(book):
    said = [one for one in citations(book) if one.kind == "policy" or NOT_A_PLACE.search(one.provision)]
    assert {one.provision for one in said} - OURS == set()
    assert {one.act for one in citations(book) if one.kind in ("policy", "benchmark")} - OURS == set()


def test_a_question_says_it_so_and_leaves_the_names_of_others():
    rule = latest("afsa-custody").by_code["ITS-25"]
    with translation.override("kk"):
        page = Template("{% cite rule %}").render(Context({"rule": rule}))
    assert "AIFC Rules on Digital Asset Activities (DAA), FR00062 of 2023 3.4 (" in page
    assert [text for text in ("practice", "working form", "not seen") if text in page] == []
