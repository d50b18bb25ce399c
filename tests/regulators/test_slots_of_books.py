"""Which files a question takes: read from its file, refused in words, and told between versions."""

import dataclasses
import re

import pytest
from django.utils import translation

from documents.kinds import KINDS
from regulators import books, differences
from regulators import rulebook as rb
from regulators.loader import RuleBookError, load
from regulators.reference import coverage
from tests.regulators.test_loader import NAME, SMALL

SLOT = """
[requirements.slot]
kinds = ["pdf", "png"]
most_files = 30
most_megabytes = 50
languages = ["kk", "en"]
certified = true
citations = [{ act = "LAW", provision = "7", read = "full", confidence = "V" }]
"""
FORM = """
[requirements.slot]
form = [{ en = "Key class", ru = "Класс ключа" }, { en = "Owner", ru = "Владелец" }]
"""
WITH_FILES = SMALL.replace('evidence = ["money"]', 'evidence = ["money", "documents"]')
BASE = books.get("afm-custody", "2026.2")
FIRST = BASE.requirements[0]


@pytest.fixture
def loaded(tmp_path):
    def read(text):
        path = tmp_path / NAME
        path.write_text(text)
        return load(path)

    return read


def test_the_kinds_are_those_that_the_store_knows():
    assert tuple(KINDS) == rb.FILE_KINDS


def test_a_slot_is_read_and_a_question_that_says_nothing_has_the_defaults(loaded):
    first, second = loaded(WITH_FILES + SLOT).requirements
    assert first.slot == rb.Slot()
    assert (first.slot.kinds, first.slot.most_files, first.slot.most_megabytes) == (rb.FILE_KINDS, None, None)
    slot = second.slot
    assert (slot.kinds, slot.most_files, slot.most_megabytes) == (("pdf", "png"), 30, 50)
    assert (slot.languages, slot.certified, slot.form) == (("kk", "en"), True, ())
    assert (slot.source, [c.provision for c in slot.citations]) == ("rule", ["7"])
    assert rb.Slot().source == "asked"


def test_a_form_is_a_sheet(loaded):
    slot = loaded(WITH_FILES + FORM).requirements[1].slot
    assert slot.kinds == ("xlsx",)
    assert slot.form == ({"en": "Key class", "ru": "Класс ключа"}, {"en": "Owner", "ru": "Владелец"})


WRONG = [
    ('"png"', '"exe"', "slot.kinds names 'exe'. Write one of: \"pdf\", \"docx\""),
    ('["pdf", "png"]', "[]", "slot.kinds is empty. Write one of"),
    ('["pdf", "png"]', '["pdf", "pdf"]', "slot.kinds names a value twice"),
    ('["pdf", "png"]', '"pdf"', "slot.kinds is 'pdf'. Write a list of texts."),
    ("most_files = 30", "most_files = 0", "slot.most_files is 0. Write a whole number from 1 to 30"),
    ("most_files = 30", "most_files = -1", "slot.most_files is -1. Write"),
    ("most_files = 30", "most_files = 31", "slot.most_files is 31. Write"),
    ("most_files = 30", "most_files = true", "slot.most_files is True. Write"),
    ("megabytes = 50", "megabytes = 0", "slot.most_megabytes is 0. Write a whole number from 1 to 50"),
    ("megabytes = 50", "megabytes = 51", "slot.most_megabytes is 51. Write"),
    ("megabytes = 50", "megabytes = 1.5", "slot.most_megabytes is 1.5. Write"),
    ('"kk", "en"', '"kk", "de"', "slot.languages names 'de'. Write one of: \"kk\", \"ru\", \"en\"."),
    ("certified = true", 'certified = "yes"', "slot.certified is 'yes'. Write true or false."),
    ("certified = true", "notarised = true", "slot.notarised is not known here. Write one of"),
    ('"7", read', '"7", reads', "slot.citations[0].read is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "complaint"), WRONG)
def test_a_wrong_slot_is_refused_in_words(loaded, old, new, complaint):
    assert SLOT.count(old) == 1
    with pytest.raises(RuleBookError, match=re.escape(f"requirements[1].{complaint}")):
        loaded(WITH_FILES + SLOT.replace(old, new))


@pytest.mark.parametrize(("old", "new", "complaint"), [
    ('"Owner",', '"Key class",', "slot.form has headings that do not fit together in 'en'."),
    ('"Key class", ru = "Класс ключа"', '"Key class"', "slot.form has headings that do not fit together in"),
    ('"Owner",', '" Owner",', "slot.form[1].en is ' Owner'. Write the heading, without spaces around it."),
    ('"Owner",', '"",', "slot.form[1].en is ''."),
    ('en = "Owner", ', "", "slot.form[1].en is missing."),
    ('"Owner",', '"Owner", de = "Halter",', "slot.form[1].de is not known here."),
    ("form = ", 'kinds = ["pdf"]\nform = ', "slot.kinds is ['pdf'] beside a form. Write kinds = [\"xlsx\"]"),
])  # fmt: skip
def test_a_wrong_form_is_refused_in_words(loaded, old, new, complaint):
    assert FORM.count(old) == 1
    with pytest.raises(RuleBookError, match=re.escape(f"requirements[1].{complaint}")):
        loaded(WITH_FILES + FORM.replace(old, new))


def test_an_empty_form_is_no_form(loaded):
    with pytest.raises(RuleBookError, match=r"requirements\[1\].slot.form is empty"):
        loaded(WITH_FILES + "\n[requirements.slot]\nform = []\n")


def test_a_question_that_takes_no_files_has_no_slot(loaded):
    with pytest.raises(RuleBookError, match=re.escape("slot is given for a question that takes no files.")):
        loaded(SMALL + SLOT)


def test_sources_stand_behind_the_language_or_the_certified_copy_alone(loaded):
    bare = SLOT.replace("certified = true\n", "").replace('languages = ["kk", "en"]\n', "")
    with pytest.raises(RuleBookError, match=r"slot\.citations speaks of nothing"):
        loaded(WITH_FILES + bare)


def test_the_limits_are_those_of_this_service(loaded, settings):
    settings.FILES_PER_ANSWER, settings.DOCUMENT_MAX_BYTES = 29, 50 * 1024 * 1024 - 1
    with pytest.raises(RuleBookError, match=r"most_files is 30. Write a whole number from 1 to 29"):
        loaded(WITH_FILES + SLOT)
    with pytest.raises(RuleBookError, match=r"most_megabytes is 50. Write a whole number from 1 to 49"):
        loaded(WITH_FILES + SLOT.replace("most_files = 30", "most_files = 29"))


def test_what_a_slot_cites_is_among_the_provisions_of_the_book(loaded):
    assert "7" in {citation.provision for citation in coverage.citations(loaded(WITH_FILES + SLOT))}


# --- between versions

HEADINGS = ({"en": "Key class"}, {"en": "Owner"})
CITED = FIRST.citations[:1]
ALL = "\n".join(kind.upper() for kind in rb.FILE_KINDS)
CHANGES = [
    ({"kinds": ("pdf", "jpg")}, ("slot.kinds", "Kinds of file taken", ALL, "PDF\nJPG")),
    ({"most_files": 4}, ("slot.most_files", "Most files", "as for every question", "4")),
    ({"most_megabytes": 9}, ("slot.most_megabytes", "Most megabytes a file", "as for every question", "9")),
    ({"languages": ("kk", "en")}, ("slot.languages", "Language of the files, or of a translation",
                                   "none", "Kazakh\nEnglish")),
    ({"certified": True}, ("slot.certified", "A certified copy", "no", "yes")),
    ({"form": HEADINGS}, ("slot.form", "Headings of the form to fill in", "none", "Key class\nOwner")),
]  # fmt: skip


def with_slot(**rules):
    first = dataclasses.replace(FIRST, slot=rb.Slot(**rules))
    return dataclasses.replace(BASE, requirements=(first, *BASE.requirements[1:]))


@pytest.mark.parametrize(("rules", "told"), CHANGES)
def test_each_rule_of_a_slot_is_told_and_asks_for_a_check(rules, told):
    new = with_slot(**rules)
    [changed] = differences.between(BASE, new).changed
    assert [(fact.name, fact.label, fact.was, fact.now) for fact in changed.facts] == [told]
    assert differences.codes_to_check(BASE, new) == {FIRST.code}


def test_a_source_of_a_slot_that_was_looked_at_again_or_a_heading_translated_changes_nothing():
    checked = tuple(dataclasses.replace(citation, checked_by=("Somebody",)) for citation in CITED)
    old = with_slot(certified=True, citations=CITED, form=HEADINGS)
    new = with_slot(
        certified=True, citations=checked, form=({**HEADINGS[0], "ru": "Класс ключа"}, HEADINGS[1])
    )
    assert differences.between(old, new).changed == ()
    other = tuple(dataclasses.replace(citation, provision="Else") for citation in CITED)
    with translation.override("en"):
        [changed] = differences.between(
            old, with_slot(certified=True, citations=other, form=HEADINGS)
        ).changed
    assert [fact.label for fact in changed.facts] == ["Sources of the language and the certified copy"]
