"""What a newer version changes, fact by fact, and in words."""

import dataclasses
from decimal import Decimal

import pytest
from django.utils import translation

from regulators import books, differences
from regulators.rulebook import Condition, Letter, Value

BASE = books.get("afm-custody", "2026.2")
FIRST = BASE.requirements[0]


def with_first(**changes):
    return dataclasses.replace(
        BASE, requirements=(dataclasses.replace(FIRST, **changes), *BASE.requirements[1:])
    )


def facts_of(new):
    found = differences.between(BASE, new)
    assert [(len(found.added), len(found.removed), len(found.changed))] == [(0, 0, 1)]
    assert found.changed[0].new.code == FIRST.code
    return {fact.name: (fact.label, fact.was, fact.now) for fact in found.changed[0].facts}


def test_a_book_differs_in_nothing_from_itself():
    found = differences.between(BASE, dataclasses.replace(BASE))
    assert (found.facts, found.added, found.removed, found.changed, found.parts) == ((), (), (), (), ())
    assert found.translated == {}
    assert differences.codes_to_check(BASE, dataclasses.replace(BASE)) == frozenset()


CITED = FIRST.citations[0]
HEAD = BASE.functions[0]
WHEN = Condition(requirement=FIRST.code, choices=(FIRST.choices[0].code,))
ASKED_WHEN = f"{FIRST.title['en']}: {FIRST.choices[0].label['en']}"
OTHER = (dataclasses.replace(CITED, provision="Else"),)
TITLE, GUIDANCE = FIRST.title, FIRST.guidance
CHANGES = [
    ({"title": {**TITLE, "en": "Else"}}, {"title": ("Title", TITLE["en"], "Else")}),
    ({"guidance": {**GUIDANCE, "en": "Else"}}, {"guidance": ("Guidance", GUIDANCE["en"], "Else")}),
    ({"evidence": ("documents", "text")}, {"evidence"}),
    ({"due": "grant"}, {"due": ("When it is due", "at submission", "before the grant")}),
    ({"adopted": "Order 1"}, {"adopted", "mandatory"}),
    ({"per_person": True}, {"per_person": ("Asked of each person", "no", "yes")}),
    ({"citations": OTHER}, {"citations", "checks"}),
    ({"currency": "KZT"}, {"currency": ("Currency", "none", "KZT")}),
    ({"functions": (HEAD.code,)}, {"functions": ("Posts it is about", "none", HEAD.title["en"])}),
    ({"choices": ()}, {"choices"}),
    ({"section": "amounts", "stage": "capital"}, {"stage", "section"}),
    ({"applies_when": WHEN}, {"applies_when": ("Asked when", "not on record", ASKED_WHEN)}),
]


@pytest.mark.parametrize(("changes", "facts"), CHANGES)
def test_each_fact_of_a_question_is_named_and_asks_for_a_check(changes, facts):
    new = with_first(**changes)
    found = facts_of(new)
    assert found.keys() == set(facts)
    if isinstance(facts, dict):
        assert found == facts
    assert differences.codes_to_check(BASE, new) == {FIRST.code}


def test_a_source_that_was_only_looked_at_again_asks_for_nothing():
    checked = tuple(dataclasses.replace(c, checked_by=("Somebody",)) for c in FIRST.citations)
    found = differences.between(BASE, with_first(citations=checked))
    assert [fact.name for fact in found.changed[0].facts] == ["checks"]
    assert found.to_check == ()
    assert differences.codes_to_check(BASE, found.new) == frozenset()


def test_a_translation_is_counted_and_changes_no_question():
    old = with_first(title={"en": FIRST.title["en"]})
    found = differences.between(old, BASE)
    assert (found.changed, found.translated) == ((), {"ru": 1, "kk": 1})


def test_old_and_new_are_shown_in_a_language_in_which_they_differ():
    new = with_first(title={**FIRST.title, "ru": "Иначе"})
    with translation.override("en"):
        assert facts_of(new)["title"][1:] == (FIRST.title["ru"], "Иначе")
    with translation.override("ru"):
        assert facts_of(with_first(title={"en": "Else"}))["title"][1:] == (FIRST.title["en"], "Else")


def test_questions_that_came_and_went():
    new = dataclasses.replace(FIRST, code="X-1")
    found = differences.between(BASE, dataclasses.replace(BASE, requirements=(*BASE.requirements[1:], new)))
    assert ([r.code for r in found.added], [r.code for r in found.removed]) == (["X-1"], [FIRST.code])


def test_clocks_grounds_figures_and_letters():
    clock = dataclasses.replace(BASE.clocks[0], working_days=3, calendar_days=None, months=None)
    value = Value(
        code="new", title={"en": "New"}, unit="money", currency="KZT", amount=Decimal("1.50"), citations=()
    )
    figure = dataclasses.replace(BASE.values[0], amount=Decimal("7.00"))
    letter: Letter = BASE.letters[0]
    new = dataclasses.replace(
        BASE,
        clocks=(clock, *BASE.clocks[1:]),
        grounds=BASE.grounds[1:],
        values=(figure, *BASE.values[1:], value),
        letters=(dataclasses.replace(letter, body={**letter.body, "en": "Else"}), *BASE.letters[1:]),
        lapse_allowed=not BASE.lapse_allowed,
    )
    found = differences.between(BASE, new)
    parts = {
        part.name: (
            [item.code for item in part.added],
            [item.code for item in part.removed],
            [(one.new.code, [fact.now for fact in one.facts]) for one in part.changed],
        )
        for part in found.parts
    }
    assert parts.keys() == {"clocks", "grounds", "values", "letters"}
    assert "3" in parts["clocks"][2][0][1]
    assert parts["grounds"] == ([], [BASE.grounds[0].code], [])
    assert parts["values"] == (["new"], [], [(figure.code, ["7"])])
    assert parts["letters"] == ([], [], [(letter.code, ["Else"])])
    assert [fact.label for fact in found.facts] == ["An application may lapse"]


def test_every_fact_that_can_differ_has_words():
    from regulators import difference_words as words

    parts = [item for name in differences.PARTS for item in differences._items(BASE, name)[:1]]
    names = {field.name for part in parts for field in dataclasses.fields(part)} - {"code"}
    missing = (names | set(differences.QUESTION) | set(differences.OF_THE_BOOK)) - words.LABELS.keys()
    assert missing == set()
    assert set(differences.PARTS) == words.PARTS.keys()
    fields = {field.name for field in dataclasses.fields(FIRST)} - {"code", "slot"}
    of_a_slot = {f"slot.{field.name}" for field in dataclasses.fields(FIRST.slot)}
    assert fields | of_a_slot <= set(differences.QUESTION)


def test_the_shipped_versions_are_compared_in_every_language():
    for language in ("en", "ru", "kk"):
        with translation.override(language):
            for code in ("afsa-custody", "afm-custody"):
                found = differences.between(books.get(code, "2026.1"), books.get(code, "2026.2"))
                shown = [*found.facts, *(f for one in found.changed for f in one.facts)]
                shown += [f for part in found.parts for one in part.changed for f in one.facts]
                assert [fact.name for fact in shown if fact.was == fact.now] == []
