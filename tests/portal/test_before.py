"""Before anybody signs in: which track is theirs, why not, and every question on one page."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from regulators import books

CHOOSE = reverse("before:choose")
CUSTODY = "hold=keys&hold=direct&whose=clients"


@pytest.fixture
def visitor(db):
    return Client(headers={"accept-language": "en"})


def ask(visitor, query=""):
    return visitor.get(f"{CHOOSE}?{query}")


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", "hold"),
        ("hold=keys", "whose"),
        (CUSTODY, "place"),
        (f"{CUSTODY}&place=national", "activity"),
        ("hold=keys&hold=none", "hold"),  # none of these, and one of them
        ("hold=magic", "hold"),
        ("hold=keys&whose=clients&whose=own", "whose"),
        ("hold=keys&place=aifc", "whose"),  # no question is stepped over
    ],
)
def test_one_question_at_a_time(visitor, query, asked):
    page = ask(visitor, query)
    assert (page.status_code, page.context["asked"].name) == (200, asked)


@pytest.mark.parametrize(
    ("query", "outcome", "book"),
    [
        ("hold=none", "hold-none", None),
        ("hold=keys&whose=own", "whose-own", None),
        (f"{CUSTODY}&place=abroad", "place-abroad", None),
        (f"{CUSTODY}&place=aifc", "afsa", "afsa-custody"),
        (f"{CUSTODY}&place=national&activity=custody", "afm", "afm-custody"),
        (f"{CUSTODY}&place=national&activity=exchange", "nbk", "nbk-exchange"),
    ],
)
def test_each_path_ends_in_a_track_or_in_a_reason_to_stop(visitor, query, outcome, book):
    page = ask(visitor, query)
    assert (page.status_code, page.context["outcome"].code) == (200, outcome)
    assert (page.context["book"].code if page.context["book"] else None) == book
    text = page.content.decode()
    assert ("This service is not for this plan" in text) is (book is None)
    assert "consult the authority and an independent counsel" in text
    if book and books.latest(book).notice:
        assert books.latest(book).notice["en"][:60] in text


def test_the_limbs_are_shown_with_their_source(visitor):
    for query in ("", "hold=none"):
        assert "3.1-1(2)-(3)" in ask(visitor, query).content.decode()


def test_a_question_without_an_answer_is_named_and_what_was_answered_stays(visitor):
    page = ask(visitor, "hold=keys&asked=whose")
    assert page.status_code == 422
    text = page.content.decode()
    assert text.count("Choose whose assets they are.") == 2  # in the summary, and beside the field
    assert '<input type="hidden" name="hold" value="keys">' in text


def test_each_answer_can_be_changed_and_keeps_those_before_it(visitor):
    given = ask(visitor, f"{CUSTODY}&place=abroad").context["given"]
    assert [row["again"] for row in given] == [
        "?",
        "?hold=direct&hold=keys",
        "?hold=direct&hold=keys&whose=clients",
    ]


@pytest.mark.parametrize("code", ["afsa-custody", "afm-custody", "nbk-exchange"])
def test_the_specimen_has_every_question(visitor, code):
    page = visitor.get(reverse("before:specimen", args=[code])).content.decode()
    titles = [requirement.title["en"] for requirement in books.latest(code).requirements]
    assert [title for title in titles if title.replace("'", "&#x27;") not in page] == []


def test_the_specimen_is_a_pdf_too_in_the_language_of_the_reader(visitor):
    visitor.cookies["django_language"] = "kk"
    answer = visitor.get(reverse("before:specimen_pdf", args=["afm-custody"]))
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert books.latest("afm-custody").title["kk"].split(":")[0] in text


def test_an_unknown_book_has_no_specimen(visitor):
    assert visitor.get(reverse("before:specimen", args=["no-such"])).status_code == 404


def test_the_first_page_says_time_and_fee_of_each_track_with_what_they_rest_on(visitor):
    page = visitor.get("/")
    tracks = {book.code: times for book, times in page.context["tracks"]}
    assert list(tracks) == ["afsa-custody", "afm-custody", "nbk-exchange"]
    text = page.content.decode()
    for code, times in tracks.items():
        assert len(times) == len(books.latest(code).clocks)
        assert reverse("before:specimen", args=[code]) in text
    assert "The fee is a condition of filing." in text
    assert text.count("our target, not law") == sum(
        "our target" in words for t in tracks.values() for _n, words in t
    )
