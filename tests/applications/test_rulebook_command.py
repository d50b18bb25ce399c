"""``manage.py rulebook``: what it prints, and how it ends."""

import dataclasses
import shutil

import pytest
from django.core.management import CommandError, call_command

from regulators import books, services
from regulators.models import RuleBookVersion
from tests.plugins.cases import SHELL
from tests.plugins.versions import following


def said(capsys, *words):
    call_command("rulebook", *words)
    return capsys.readouterr().out.splitlines()


def refused(capsys, *words):
    """The lines of a run that ends with 1, and what it ends with."""
    with pytest.raises(CommandError) as error:
        call_command("rulebook", *words)
    assert error.value.returncode == 1
    return capsys.readouterr().err.splitlines(), str(error.value)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped files, to be spoilt."""
    for path in books.FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(books, "FOLDER", tmp_path)
    return tmp_path


def spoil(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_check_passes_over_what_is_shipped(rulebooks, capsys):
    words = "Every file can be read, and published ones are as they were published."
    assert said(capsys, "check") == [words]


def test_check_names_the_fault_of_every_file_with_line_key_and_cure(rulebooks, folder, capsys):
    spoil(folder / "afm-custody-2026.1.toml", 'transition = "stay"', 'transition = "later"')
    spoil(folder / "nbk-exchange-2026.1.toml", 'outcome = "readiness"', 'outcome = "permit"')
    lines, end = refused(capsys, "check")
    assert lines == [
        "afm-custody-2026.1.toml, line 12: transition is 'later'. "
        'Write one of: "stay", "move", "reassess".',
        "nbk-exchange-2026.1.toml, line 22: outcome is 'permit'. "
        'Write one of: "licence", "registration", "readiness".',
    ]
    assert end == "2 to mend."


def test_check_reads_the_files_that_are_named_and_no_others(db, folder, capsys):
    spoil(folder / "afm-custody-2026.1.toml", 'transition = "stay"', 'transition = "later"')
    good, bad = (str(folder / f"afm-custody-2026.{number}.toml") for number in (2, 1))
    assert len(said(capsys, "check", good)) == 1
    assert len(refused(capsys, "check", good, bad)[0]) == 1


def test_check_finds_a_published_file_that_was_changed(db, capsys):
    first, *others = books.all_books()
    services.load_rulebooks(actor=SHELL, found=[dataclasses.replace(first, sha256="0" * 64), *others])
    lines, _end = refused(capsys, "check")
    assert len(lines) == 1
    assert lines[0].startswith(
        f"{first.code}-{first.version}.toml: the file was changed after it was published"
    )


def test_check_compares_the_files_with_each_other(rulebooks, folder, capsys):
    spoil(folder / "afm-custody-2026.2.toml", "effective_from = 2026-11-22", "effective_from = 2026-01-01")
    lines, _end = refused(capsys, "check")
    assert lines == [
        "afm-custody-2026.2.toml: effective_from is 2026-01-01, as in afm-custody-2026.1.toml. "
        "Write another day."
    ]


def test_versions_for_one_licence_have_the_same_stages():
    first, *others = books.all_books()
    fewer = dataclasses.replace(first, stages=first.stages[:-1])
    with pytest.raises(books.RuleBookError, match=r"afm-custody-2026\.2\.toml: stages are not those of afm"):
        books.check_together((fewer, *others))


def test_diff_says_what_came_went_and_changed(db, capsys):
    lines = said(capsys, "diff", "afm-custody", "2026.1", "2026.2")
    old, new = books.get("afm-custody", "2026.1"), books.get("afm-custody", "2026.2")
    assert lines[0] == "afm-custody 2026.1 to 2026.2, in effect from 22.11.2026"
    came = [line.split()[2] for line in lines if line.startswith("+ question")]
    assert came == [code for code in new.by_code if code not in old.by_code]
    assert "- Lines of the capital computation share_premium Share premium" in lines
    at = lines.index("~ question N-BP-08 Business plan for three years")
    assert [line.strip() for line in lines[at + 1 : at + 3]] == [
        "Title: Three-year plan",
        "→ Business plan for three years",
    ]
    assert lines[-2:] == ["kk: 38 questions translated", "ru: 38 questions translated"]


def test_a_version_that_is_not_there_is_refused(db, capsys):
    assert (
        "2031.1: there is no such rule book" in refused(capsys, "diff", "afm-custody", "2026.1", "2031.1")[1]
    )


def test_publish_does_what_load_rulebooks_does(db, capsys):
    lines = said(capsys, "publish")
    assert [line.split(": published")[0] for line in lines if "requirements" in line] == [
        f"{book.code} {book.version}" for book in books.all_books()
    ]
    assert RuleBookVersion.objects.count() == len(books.all_books())


def test_coverage_counts_by_stage_act_and_kind(db, capsys):
    lines = said(capsys, "coverage", "nbk-exchange")
    book = books.latest("nbk-exchange")
    assert lines[0] == f"nbk-exchange {book.version}: {len(book.requirements)} requirements"
    assert [line for line in lines if line.startswith("By")] == ["By stage", "By act", "By kind"]
    stages = lines[lines.index("By stage") + 1 : lines.index("By act") - 1]
    assert [line.split(":")[0].strip() for line in stages] == [stage.title["en"] for stage in book.stages]
    assert said(capsys, "coverage", "afm-custody", "2026.1")[0] == "afm-custody 2026.1: 38 requirements"


def test_affected_names_each_open_case_and_what_is_asked_of_it(afm_draft_case, shelf, capsys):
    base = afm_draft_case.book
    day = base.effective_from
    shelf(following(base, "2026.4", transition="move", effective_from=day.replace(year=day.year + 1)))
    firm = afm_draft_case.firm.name
    assert said(capsys, "affected", "afm-custody", "2026.4") == [
        "afm-custody 2026.4: 1 open cases under older versions",
        f"{afm_draft_case.pk}\t{firm}\tdraft\tafm-custody {base.version}\tmove before it is submitted",
    ]
    assert said(capsys, "affected", "afm-custody", base.version) == [
        f"afm-custody {base.version}: 0 open cases under older versions"
    ]
