"""A readiness record grants nothing: its pages say so in no word of a licence."""

import pytest
from django.urls import reverse

from applications.portal.when_due import due_in_words
from regulators import books
from regulators.rulebook import AFTER_GRANT, GRANT


@pytest.mark.parametrize("code", ["national-custody", "exchange-operator"])
def test_what_is_needed_later_is_needed_before_or_after_the_record(code):
    book = books.current(code)
    assert [due_in_words(book, due) for due in (GRANT, AFTER_GRANT)] == [
        "Needed later: before the readiness record",
        "Needed later: after the readiness record",
    ]


def test_of_a_licence_it_is_the_grant():
    assert due_in_words(books.current("providing-custody"), GRANT) == "Needed later: before the grant"


def test_the_tasks_and_the_question_say_it(browser, filled_afm_case):
    late = next(r for r in filled_afm_case.book.requirements if r.due == GRANT and not r.per_person)
    question = reverse("portal:question", args=[filled_afm_case.pk, late.stage, late.code])
    for url in (question, reverse("portal:stage", args=[filled_afm_case.pk, late.stage])):
        page = browser.get(url).content.decode()
        assert "Needed later: before the readiness record" in page
        assert "before the grant" not in page
