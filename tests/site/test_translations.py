import gettext
import os
from pathlib import Path

import pytest

from kzcustody_site.embedded import translations
from kzcustody_site.embedded.console import Trouble

CATALOGUE = """# A comment.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "
"n%100>=20) ? 1 : 2);\\n"

#: some/file.py:1
msgid "Sign in"
msgstr "Войти"

msgid "A \\"quoted\\"\\n"
"second line"
msgstr "Һәм «тырнақша»\\n"
"екінші жол"

msgctxt "month"
msgid "May"
msgstr "Май"

#, python-format
msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s день"
msgstr[1] "%(n)s дня"
msgstr[2] "%(n)s дней"

#, fuzzy
msgid "Guessed"
msgstr "Угадано"

msgid "Not yet"
msgstr ""

#~ msgid "Gone"
#~ msgstr "Было"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE)
    return source


def test_python_reads_what_was_compiled(tmp_path: Path, source: Path) -> None:
    assert translations.compile_all(tmp_path) == 1
    with source.with_suffix(".mo").open("rb") as handle:
        read = gettext.GNUTranslations(handle)
    assert read.gettext("Sign in") == "Войти"
    assert read.gettext('A "quoted"\nsecond line') == "Һәм «тырнақша»\nекінші жол"
    assert read.pgettext("month", "May") == "Май"
    days = [read.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2, 5, 11, 21)]
    assert days == ["%(n)s день", "%(n)s дня", "%(n)s дней", "%(n)s дней", "%(n)s день"]
    assert [read.gettext(text) for text in ("Guessed", "Not yet", "Gone")] == ["Guessed", "Not yet", "Gone"]


def test_an_unchanged_catalogue_is_left_alone(tmp_path: Path, source: Path) -> None:
    translations.compile_all(tmp_path)
    target = source.with_suffix(".mo")
    target.write_bytes(b"as it was")
    translations.compile_all(tmp_path)
    assert target.read_bytes() == b"as it was"
    os.utime(source, (2**31, 2**31))
    translations.compile_all(tmp_path)
    assert target.read_bytes() == translations.compiled(source)


def test_a_broken_line_is_named(tmp_path: Path, source: Path) -> None:
    source.write_text('msgid "One"\nmsgstr "Бір"\n\nmsgid "Two"\nmsgstr Екі\n')
    with pytest.raises(Trouble, match=r"django\.po, line 5: not a line of a \.po file"):
        translations.compile_all(tmp_path)
