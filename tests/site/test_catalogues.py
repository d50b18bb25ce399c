"""Whatever this service shows, of ours or of a framework, is there in Russian and in Kazakh."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.apps import apps

from kzcustody_site.embedded.places import ROOT
from kzcustody_site.embedded.translations import EXTRACT, Entry, entries

LANGUAGES = ["ru", "kk"]
WITHOUT_STRINGS = (".*", "tests", "bench", "drills", "docs", "static", "__pycache__", "*.mo")
PLURAL_FORMS = {"ru": 4, "kk": 2}
PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[sdif]|\{\w*\}")
TAG = re.compile(r"</?\w+[^<>]*>")
FRAMEWORK = ROOT / "locale" / "framework"

Key = tuple[str, str]


def key(entry: Entry) -> Key:
    return entry.get("msgctxt", ""), entry["msgid"]


def forms(entry: Entry) -> list[str]:
    return [text for name, text in sorted(entry.items()) if name.startswith("msgstr")]


def translated(source: Path) -> dict[Key, Entry]:
    if not source.exists():
        return {}
    return {key(entry): entry for entry in entries(source) if all(forms(entry))}


def catalogue(language: str, folder: Path = ROOT / "locale") -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def ours(language: str) -> dict[Key, Entry]:
    return {at: entry for at, entry in translated(catalogue(language)).items() if at != ("", "")}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """The strings of the sources as they are now, taken from a copy: the catalogues stay as they are."""
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed")
    copy = tmp_path_factory.mktemp("sources") / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*WITHOUT_STRINGS))
    command = [sys.executable, "manage.py", *EXTRACT, "--keep-pot"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    return [entry for entry in entries(copy / "locale" / "django.pot") if entry["msgid"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_our_strings_is_translated(language: str, extracted: list[Entry]) -> None:
    assert len(extracted) > 1900
    known = ours(language)
    assert [key(entry) for entry in extracted if key(entry) not in known] == []


def test_gettext_finds_each_string_that_is_marked(extracted: list[Entry]) -> None:
    """It knows the functions by their own names and `_` only, and looks into no f-string."""
    found = {entry["msgid"] for entry in extracted}
    sources = (path for folder in SOURCES for path in folder.rglob("*.py"))
    assert [(str(path), text) for path in sources for text in marked(path) if text not in found] == []


SOURCES = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == ROOT] + [
    ROOT / "look"
]


def marked(source: Path) -> Iterator[str]:
    nodes = list(ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    names = {
        alias.asname or alias.name for node in imports for alias in node.names if "gettext" in alias.name
    }
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in names:
                yield text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_plural_form_is_there(language: str) -> None:
    header = translated(catalogue(language))["", ""]["msgstr"]
    assert f"nplurals={PLURAL_FORMS[language]};" in header
    wanted = {True: PLURAL_FORMS[language], False: 1}
    assert [
        at for at, one in ours(language).items() if len(forms(one)) != wanted["msgid_plural" in one]
    ] == []


@pytest.mark.parametrize("source", [*map(catalogue, LANGUAGES), catalogue("kk", FRAMEWORK)])
def test_what_is_put_into_a_sentence_is_kept(source: Path) -> None:
    assert [at for at, entry in translated(source).items() if at[1] and list(lost(entry))] == []


def lost(entry: Entry) -> Iterator[str]:
    """Forms whose placeholders or tags are not those of the original. The form for one may use a word."""
    several = parts(entry.get("msgid_plural", entry["msgid"]))
    for number, form in enumerate(forms(entry)):
        one = number == 0 and len(forms(entry)) == PLURAL_FORMS["kk"]
        if parts(form) not in ([several, parts(entry["msgid"])] if one else [several]):
            yield form


def parts(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text)) + Counter(TAG.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_string_of_the_frameworks_is_translated(language: str) -> None:
    assert untranslated_of_frameworks(language) == []


def untranslated_of_frameworks(language: str) -> list[Key]:
    over = {**translated(catalogue(language, FRAMEWORK)), **ours(language)}
    missing: list[Key] = []
    for folder in framework_folders():
        known = {**translated(catalogue(language, folder)), **over}
        missing += [at for at in shown_by(folder) if at not in known and at not in missing]
    return missing


def framework_folders() -> list[Path]:
    """Django's own catalogue, and those of the installed apps: ours have none."""
    folders = [Path(django.__file__).parent / "conf" / "locale"]
    folders += [Path(app.path) / "locale" for app in apps.get_app_configs()]
    return [folder for folder in folders if catalogue("en", folder).exists()]


# What a framework has words for and this service never shows: languages that it does not speak, filters of
# numbers that it does not use, parts of Django and allauth that are not installed, ways to sign in that are
# switched off (telephone, code by mail, passkey), addresses that are not there, and the frame of mails.
NEVER_SHOWN = re.compile(
    r"conf/global_settings\.py|contrib/(sitemaps|syndication)/|views/(templates/|static\.py|generic/dates\.py)"
    r"|contrib/(humanize/templatetags|contenttypes/views)"
    r"|(templates/)?(headless|idp|socialaccount|usersessions)/|(templates/)?mfa/(\w+/)?webauthn"
    r"|templates/account/(\w+/)?\w*(phone|code|passkey)|templates/account/email/base_message"
)


def shown_by(folder: Path) -> Iterator[Key]:
    text = catalogue("en", folder).read_text(encoding="utf-8")
    places = dict(zip(map(key, entries(catalogue("en", folder))), places_of(text), strict=True))
    for at, files in places.items():
        if at[1] and any(map(may_be_shown, files)):
            yield at


def places_of(text: str) -> Iterator[list[str]]:
    """The files in which each string stands, by the comments of the catalogue; the header stands in none."""
    for block in re.split(r"\n\s*\n", text):
        if not re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE) and re.search("^msgid", block, re.MULTILINE):
            yield re.findall(r"(\S+):\d+", " ".join(re.findall(r"^#: (.*)", block, re.MULTILINE)))


def may_be_shown(file: str) -> bool:
    """A template that we have of our own stands before the framework's."""
    replaced = "templates/" in file and (ROOT / file[file.index("templates/") :]).exists()
    return not NEVER_SHOWN.match(file) and not replaced


REQUEST = re.compile(r"\brequests?\b", re.IGNORECASE)
# Of another kind: for a meeting, for time, of a browser.
OTHER_REQUESTS = re.compile(r"meeting|request for time|that request|by this request|answered or withdrawn")


def test_kazakh_has_one_word_for_a_firm_and_one_for_a_request_for_information() -> None:
    """The words of the rule books: “компания”, and “сұрату”."""
    told = [(text, form) for (_context, text), entry in ours("kk").items() for form in forms(entry)]
    books = [(path.name, path.read_text(encoding="utf-8")) for path in (ROOT / "regulators").rglob("*.toml")]
    assert len(books) > 5
    assert [at for at, text in told + books if "фирма" in text.lower()] == []
    asked = [(at, text) for at, text in told if REQUEST.search(at) and not OTHER_REQUESTS.search(at)]
    assert len(asked) > 50
    assert [at for at, text in asked if "сұрау" in text.lower()] == []


def test_the_frameworks_are_found() -> None:
    names = {folder.parent.name for folder in framework_folders()}
    assert names == {"conf", "admin", "auth", "contenttypes", "sessions", "humanize", "allauth"}


def test_a_lost_placeholder_or_tag_is_noticed() -> None:
    kept = {"msgid": "%(n)s day <b>left</b>", "msgid_plural": "%(n)s days <b>left</b>"}
    assert list(lost({**kept, "msgstr[0]": "%(n)s күн <b>қалды</b>", "msgstr[1]": "күн <b>қалды</b>"})) == [
        "күн <b>қалды</b>"
    ]
    assert list(lost({"msgid": "{name} of {firm}", "msgstr": "{firm}: {name}"})) == []
    assert list(lost({"msgid": "{name} of {firm}", "msgstr": "{firm}"})) == ["{firm}"]
    assert list(lost({"msgid": "<b>{name}</b>", "msgstr": "<b>{name}"})) == ["<b>{name}"]
    assert list(lost({"msgid": "50%% of %(all)s", "msgstr": "50% из %(all)s"})) == ["50% из %(all)s"]
