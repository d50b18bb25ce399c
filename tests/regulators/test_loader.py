"""Each way in which a rule book file can be wrong, and the words that say so."""

import re

import pytest

from regulators import books
from regulators.loader import RuleBookError, load

NAME = "small-custody-1.toml"
SMALL = """\
code = "small-custody"
version = "1"
effective_from = 2026-01-01
transition = "stay"
reassess = []
outcome = "licence"
in_principle = true
incomplete = "return"
fee_is_condition = false
lapse_allowed = false
authoritative_language = "en"
title.en = "Small"

[regulator]
code = "SMALL"
name.en = "Small regulator"

[licence_type]
code = "small"
title.en = "Small licence"

[acts]
LAW = { title = "Law", kind = "rule", applies = true, in_force = true, as_at = 2026-01-01, checked_by = [] }

[pages]
law = "https://example.test/law"

[[authorities]]
body.en = "Small regulator"
role = "decides"
citations = [{ act = "LAW", provision = "1", read = "full", confidence = "V" }]

[[stages]]
code = "plan"
title.en = "Plan"
after = []
sections = [{ code = "scope", title = { en = "Scope" } }]

[[stages]]
code = "money"
title.en = "Money"
after = ["plan"]
sections = [{ code = "amounts", title = { en = "Amounts" } }]

[[functions]]
code = "head"
title.en = "Head"
required = true
citations = [{ act = "LAW", provision = "2", read = "full", confidence = "V" }]

[[clocks]]
code = "decision"
title.en = "Decision"
working_days = 15
starts_on = "receipt"
pausable = false
silence = ""
policy = false
citations = [{ act = "LAW", provision = "3", read = "full", confidence = "V" }]

[[grounds]]
code = "unfit"
title.en = "Unfit"
citations = [{ act = "LAW", provision = "4", read = "full", confidence = "V" }]

[[requirements]]
code = "A-1"
section = "scope"
title.en = "Kind of business"
guidance.en = "Choose."
evidence = ["choice"]
choices = [{ code = "one", en = "One" }, { code = "two", en = "Two" }]
citations = [{ act = "LAW", provision = "5", read = "full", confidence = "V", page = "law" }]

[[requirements]]
code = "A-2"
section = "amounts"
title.en = "Amount"
guidance.en = "State it."
evidence = ["money"]
currency = "USD"
applies_when = { requirement = "A-1", choices = ["one"] }
citations = [{ act = "LAW", provision = "6", read = "part", confidence = "V" }]
"""


@pytest.fixture
def loaded(tmp_path):
    def read(text, name=NAME):
        path = tmp_path / name
        path.write_text(text)
        return load(path)

    return read


def test_a_small_book_loads(loaded):
    book = loaded(SMALL)
    first, second = book.requirements
    assert (first.stage, second.stage) == ("plan", "money")
    assert first.citations[0].act == "Law"
    assert first.citations[0].url == "https://example.test/law"
    assert (first.mandatory, second.mandatory) == (True, False)
    assert second.applies_when.requirement == "A-1"


# What is written instead of what, and the complaint.
WRONG = [
    (
        'outcome = "licence"',
        'outcome = "permit"',
        'line 6: outcome is \'permit\'. Write one of: "licence", "registration", "readiness".',
    ),
    (
        'outcome = "licence"\n',
        "",
        'outcome is missing. Write one of: "licence", "registration", "readiness".',
    ),
    ("in_principle = true", 'in_principle = "yes"', "line 7: in_principle is 'yes'. Write true or false."),
    (
        "effective_from = 2026-01-01",
        'effective_from = "2026-01-01"',
        "line 3: effective_from is '2026-01-01'. Write a day as 2026-01-31, without quotes.",
    ),
    (
        '[regulator]\ncode = "SMALL"',
        '[regulator]\nnickname = "S"\ncode = "SMALL"',
        "line 15: regulator.nickname is not known here. Write one of: code, name.",
    ),
    ("required = true", "required = true\nmandatory = true", "functions[0].mandatory is not known here"),
    (
        'title.en = "Small licence"',
        'title.de = "Klein"',
        "licence_type.title.en is missing. Write a text in quotes.",
    ),
    ('guidance.en = "Choose."', 'guidance.en = " "', "guidance.en is empty"),
    ('role = "decides"', 'role = "rules"', "authorities[0].role is 'rules'"),
    (
        "pausable = false",
        "pausable = false\npause_cap = 5",
        "clocks[0].pause_cap is given for a clock without pauses. "
        "Write pausable = true, or leave pause_cap out.",
    ),
    (
        'working_days = 15\nstarts_on = "receipt"\npausable = false',
        'months = 2\nstarts_on = "receipt"\npausable = true\npause_cap = 5',
        "clocks[0].pause_cap is given for a period that is not in days.",
    ),
    ("pausable = false", "pausable = true\npause_cap = 0", "clocks[0].pause_cap is 0."),
    ('starts_on = "receipt"', 'starts_on = "monday"', "clocks[0].starts_on is 'monday'"),
    (
        'silence = ""',
        'silence = "yes"',
        'clocks[0].silence is \'yes\'. Write one of: "", "issue", "refusal".',
    ),
    (
        "working_days = 15",
        "working_days = 0",
        "line 54: clocks[0].working_days is 0. Write a whole number above 0",
    ),
    ("working_days = 15", "working_days = 15\nmonths = 2", "has its period in two units"),
    ('transition = "stay"', 'transition = "later"', "transition is 'later'"),
    ("reassess = []", 'reassess = ["A-9"]', 'reassess names \'A-9\'. Write one of: "A-1", "A-2".'),
    (
        'code = "A-2"',
        'code = "A-1"',
        "requirements has the code 'A-1' twice. Write a code of its own for each.",
    ),
    ('code = "money"', 'code = "plan"', "stages has the code 'plan' twice"),
    ('code = "amounts"', 'code = "scope"', "stages has the section 'scope' twice"),
    (
        'section = "amounts"',
        'section = "sums"',
        'line 77: requirements[1].section is \'sums\'. Write one of: "scope", "amounts".',
    ),
    (
        'after = ["plan"]',
        'after = ["plans"]',
        'stages[1].after names \'plans\'. Write one of: "plan", "money".',
    ),
    ("after = []", 'after = ["money"]', "stages wait for each other: money, plan."),
    ('after = ["plan"]', 'after = ["money"]', "stages wait for each other: money."),
    ('evidence = ["money"]', 'evidence = ["cash"]', "requirements[1].evidence names 'cash'"),
    ('evidence = ["money"]', "evidence = []", "requirements[1].evidence is empty"),
    ('currency = "USD"\n', "", "requirements[1].currency is missing for the evidence kind 'money'."),
    ('currency = "USD"', 'currency = "EUR"', "requirements[1].currency is 'EUR'"),
    ('evidence = ["choice"]', 'evidence = ["text"]', "choices is given without the evidence kind 'choice'"),
    (', { code = "two", en = "Two" }', "", "choices is missing for the evidence kind"),
    ('code = "two"', 'code = "one"', "choices names a code twice"),
    (
        'evidence = ["money"]',
        'evidence = ["money", "declaration"]',
        "declaration is missing for the evidence kind",
    ),
    (
        'currency = "USD"',
        'currency = "USD"\nfunctions = ["head"]',
        "functions is given for a question not about people",
    ),
    (
        'currency = "USD"',
        'currency = "USD"\nper_person = true\nfunctions = ["tail"]',
        "functions names 'tail'",
    ),
    ('currency = "USD"', 'currency = "USD"\ndue = "never"', "requirements[1].due is 'never'"),
    (
        'requirement = "A-1"',
        'requirement = "A-9"',
        "applies_when points at 'A-9'. Write the code of another choice",
    ),
    ('requirement = "A-1"', 'requirement = "A-2"', "applies_when points at 'A-2'"),
    (
        'choices = ["one"]',
        'choices = ["three"]',
        'applies_when names the choices [\'three\']. Write one of: "one", "two".',
    ),
    (
        'act = "LAW", provision = "5"',
        'act = "LORE", provision = "5"',
        "requirements[0].citations[0].act is 'LORE'",
    ),
    ('page = "law"', 'page = "lore"', "requirements[0].citations[0].page is 'lore'"),
    ("https://example.test/law", "example.test/law", "pages.law is 'example.test/law'"),
    ('provision = "5", ', "", "requirements[0].citations[0].provision is missing"),
    ('provision = "5", read = "full"', 'provision = "5"', "citations[0].read is missing"),
    (
        'provision = "5", read = "full", confidence = "V"',
        'provision = "5", read = "full"',
        "confidence is missing",
    ),
    (
        'provision = "5", read = "full", confidence = "V"',
        'provision = "5", read = "full", confidence = "Vt"',
        "read is 'full' with confidence 'Vt'. Write one of: \"title\".",
    ),
    (", applies = true", "", 'functions[0].citations[0].applies is missing. Write true, false or "unknown".'),
    (", in_force = true", "", "citations[0].in_force is missing"),
    (", checked_by = []", "", "citations[0].checked_by is missing. Write a list of texts."),
    (
        ", as_at = 2026-01-01",
        ', as_at = "lately"',
        "as_at is 'lately'. Write a day as 2026-01-31, without quotes, or",
    ),
    ('kind = "rule"', 'kind = "habit"', "kind is 'habit'"),
    ('{ title = "Law", ', '{ name = "Law", ', "acts.LAW.title is missing"),
    (
        '[{ act = "LAW", provision = "6", read = "part", confidence = "V" }]',
        "[]",
        "requirements[1].citations is empty",
    ),
    ('code = "A-2"', 'code = "A 2"', "requirements[1].code is 'A 2'. Write letters, digits"),
]


FIGURES = """
[[values]]
code = "charter"
title.en = "Charter capital"
unit = "money"
currency = "USD"
amount = "50000000.00"
citations = [{ act = "LAW", provision = "7", read = "full", confidence = "V" }]

[[values]]
code = "share"
title.en = "Liquid share"
unit = "percent"
amount = "25"
citations = [{ act = "LAW", provision = "8", read = "full", confidence = "V" }]

[[thresholds]]
code = "controller"
percent = "10"
title.en = "Controller"
citations = [{ act = "LAW", provision = "9", read = "full", confidence = "V" }]

[capital]
currency = "USD"
required = ["charter"]
liquid_share = "share"

[[capital.lines]]
code = "shares"
title.en = "Shares"
effect = "add"
citations = [{ act = "LAW", provision = "10", read = "full", confidence = "V" }]

[[letters]]
code = "grant"
title = { en = "Grant", ru = "Выдача", kk = "Беру" }
body = { en = "Granted.", ru = "Выдано.", kk = "Берілді." }
languages = ["kk", "ru"]
powers = [{ act = "LAW", provision = "11", read = "full", confidence = "V" }]

[translations.ru]
checked_by = []
checked_on = "unknown"
"""
LINES = SMALL.count("\n")
WRONG_FIGURES = [
    ('unit = "money"', 'unit = "cash"', 5, 'values[0].unit is \'cash\'. Write one of: "money", "percent"'),
    ('currency = "USD"\namount', 'currency = "EUR"\namount', 6, "values[0].currency is 'EUR'. Write one of"),
    (
        'unit = "percent"',
        'unit = "percent"\ncurrency = "USD"',
        14,
        "values[1].currency is 'USD'. Write one of: \"\".",
    ),
    ('"50000000.00"', '"50 million"', 7, "values[0].amount is '50 million'. Write a number in quotes, as"),
    ('"50000000.00"', '"-1"', 7, "values[0].amount is '-1'. Write a number of 0 or above"),
    ('"50000000.00"', "50000000.00", 7, "values[0].amount is 50000000.0. Write a text in quotes."),
    (
        'code = "controller"',
        'code = "con troller"',
        18,
        "thresholds[0].code is 'con troller'. Write letters,",
    ),
    (
        'percent = "10"',
        'percent = "100"',
        19,
        "thresholds[0].percent is 100. Write a percentage in quotes, above 0",
    ),
    ('percent = "10"\n', "", 17, "thresholds[0].percent is missing. Write a percentage in quotes"),
    (
        'effect = "add"',
        'effect = "plus"',
        31,
        'capital.lines[0].effect is \'plus\'. Write one of: "add", "deduct"',
    ),
    (
        'required = ["charter"]',
        'required = ["share"]',
        25,
        "capital.required names 'share'. Write one of: \"charter\"",
    ),
    (
        'liquid_share = "share"',
        'liquid_share = "charter"',
        26,
        "capital.liquid_share is 'charter'. Write one of",
    ),
    (
        '[capital]\ncurrency = "USD"',
        '[capital]\ncurrency = "KZT"',
        25,
        "capital.required names 'charter' in USD. Write a value in KZT.",
    ),
    ('ru = "Выдано.", ', "", 37, "letters[0].body.ru is missing. Write a text in quotes."),
    (
        'languages = ["kk", "ru"]',
        'languages = ["kk", "de"]',
        38,
        "letters[0].languages names 'de'. Write one of",
    ),
    ('languages = ["kk", "ru"]', "languages = []", 38, "letters[0].languages is empty. Write one of"),
    (
        '"Granted."',
        '"Granted to {firm.name}."',
        37,
        "letters[0].body names {firm.name} in 'en'. Write one of: {case}, {day}, {firm}",
    ),
    ('"Granted."', '"Granted {0}."', 37, "letters[0].body names {0} in 'en'. Write one of"),
    ('"Granted."', '"Granted to {firm."', 37, "letters[0].body has a brace alone in 'en'"),
    ("[translations.ru]", "[translations.de]", 41, "translations.de is no language of a book. Write one of"),
    (
        'checked_on = "unknown"',
        'checked_on = "soon"',
        43,
        "translations.ru.checked_on is 'soon'. Write a day as",
    ),
    (
        "checked_by = []\nchecked_on",
        'checked_by = "A"\nchecked_on',
        42,
        "checked_by is 'A'. Write a list of texts.",
    ),
]


def test_figures_letters_and_translations_load(loaded):
    book = loaded(SMALL + FIGURES)
    assert [value.code for value in book.values] == ["charter", "share"]
    assert (book.capital.required, book.capital.liquid_share) == (("charter",), "share")
    assert (book.thresholds[0].code, book.letters[0].languages) == ("controller", ("kk", "ru"))
    assert (book.translations[0].language, book.translations[0].checked_on) == ("ru", None)


@pytest.mark.parametrize(("old", "new", "line", "complaint"), WRONG_FIGURES)
def test_wrong_figures_letters_and_translations_are_refused_in_words(loaded, old, new, line, complaint):
    """``line`` counts within ``FIGURES``: that of the key, or of the table where the key is missing."""
    assert FIGURES.count(old) == 1
    with pytest.raises(RuleBookError, match=re.escape(complaint)) as error:
        loaded(SMALL + FIGURES.replace(old, new))
    assert str(error.value).startswith(f"{NAME}, line {LINES + line}: ")


def test_a_line_of_the_capital_computation_stands_once(loaded):
    line = FIGURES[FIGURES.index("[[capital.lines]]") : FIGURES.index("[[letters]]")]
    with pytest.raises(RuleBookError, match="capital has the code 'shares' twice"):
        loaded(SMALL + FIGURES + line)


def test_questions_do_not_wait_for_each_other(loaded):
    itself = 'evidence = ["choice"]\napplies_when = { requirement = "A-1", choices = ["two"] }'
    with pytest.raises(RuleBookError, match=r"requirements\[0\].applies_when points at 'A-1'"):
        loaded(SMALL.replace('evidence = ["choice"]', itself))
    circle = SMALL.replace(
        'evidence = ["choice"]', itself.replace('"A-1"', '"A-2"').replace('"two"', '"yes"')
    )
    choices = 'choices = [{ code = "yes", en = "Yes" }, { code = "no", en = "No" }]'
    circle = circle.replace('evidence = ["money"]', f'evidence = ["money", "choice"]\n{choices}')
    with pytest.raises(RuleBookError, match="requirements wait for each other: A-1, A-2"):
        loaded(circle)


@pytest.mark.parametrize(("old", "new", "complaint"), WRONG)
def test_a_wrong_file_is_refused_in_words(loaded, old, new, complaint):
    assert SMALL.count(old) >= 1
    with pytest.raises(RuleBookError, match=re.escape(complaint)) as error:
        loaded(SMALL.replace(old, new, 1))
    assert str(error.value).startswith(NAME)


def test_broken_toml_names_the_line(loaded):
    with pytest.raises(RuleBookError, match=r"not a TOML file in UTF-8\. .*line 2"):
        loaded('code = "x"\nversion =\n')


@pytest.mark.parametrize(
    "content", [b"code = '\xff'", b"\xef\xbb\xbfcode = 'a'", b"a = " + b"9" * 5000, b"a=" + b"[" * 5000]
)
def test_a_file_that_cannot_be_parsed_is_refused_in_words(tmp_path, content):
    path = tmp_path / NAME
    path.write_bytes(content)
    with pytest.raises(RuleBookError, match=rf"{NAME}: this is not a TOML file in UTF-8\."):
        load(path)


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path):
    (tmp_path / NAME).symlink_to(tmp_path / "gone.toml")
    with pytest.raises(RuleBookError, match=rf"{NAME}: the file cannot be read\. No such file"):
        load(tmp_path / NAME)
    assert len(books.faults(tmp_path)) == 1
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(RuleBookError, match=r"folder\.toml: the file cannot be read\. Is a directory"):
        load(tmp_path / "folder.toml")


def test_the_file_is_named_after_its_content(loaded):
    with pytest.raises(RuleBookError, match=r"Name it small-custody-1\.toml"):
        loaded(SMALL, name="other.toml")


def test_a_notice_stands_in_three_languages(loaded):
    with pytest.raises(RuleBookError, match=r"notice\.ru is missing"):
        loaded(SMALL.replace('title.en = "Small"\n', 'title.en = "Small"\nnotice.en = "Mind"\n', 1))


def test_two_regulators_do_not_share_a_licence_type(tmp_path):
    (tmp_path / NAME).write_text(SMALL)
    other = SMALL.replace('"small-custody"', '"other-custody"').replace('"SMALL"', '"OTHER"')
    (tmp_path / "other-custody-1.toml").write_text(other)
    with pytest.raises(RuleBookError, match="'small' belongs to OTHER"):
        books.read_folder(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(RuleBookError, match="there is no rule book"):
        books.read_folder(tmp_path)
