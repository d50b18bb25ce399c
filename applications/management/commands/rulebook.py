from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from applications.queries.versions import affected
from regulators import books, differences
from regulators.loader import RuleBookError, load
from regulators.models import RuleBookVersion
from regulators.reference import coverage as figures
from regulators.rulebook import say


class Command(BaseCommand):
    help = (
        "Rule books: check the files, compare versions, publish, what was read, and whom a version affects."
    )
    requires_system_checks = []  # a broken file would end them before all files are read

    def add_arguments(self, parser: Any) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser("check", help="read every file, or those named; 1 where one is wrong")
        check.add_argument("files", nargs="*", type=Path, metavar="FILE")
        diff = acts.add_parser("diff", help="what a version changes against another")
        diff.add_argument("code")
        diff.add_argument("old")
        diff.add_argument("new")
        acts.add_parser("publish", help="publish new versions: the same as load_rulebooks")
        coverage = acts.add_parser("coverage", help="how far the law was read: by stage, act and kind")
        coverage.add_argument("code")
        coverage.add_argument("version", nargs="?", default="")
        asked = acts.add_parser("affected", help="open cases under older versions, and what is asked of each")
        asked.add_argument("code")
        asked.add_argument("version")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = getattr(self, f"_{options['act']}")(options)
            for line in lines:
                self.stdout.write(line)
        except RuleBookError as error:
            raise CommandError(str(error), returncode=1) from error

    def _check(self, options: dict[str, Any]) -> Iterator[str]:
        files = options["files"]
        faults = _faults_of(files) if files else books.faults(books.FOLDER) or _changed()
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} to mend.", returncode=1)
        yield "Every file can be read, and published ones are as they were published."

    def _diff(self, options: dict[str, Any]) -> Iterator[str]:
        old, new = (books.get(options["code"], options[side]) for side in ("old", "new"))
        found = differences.between(old, new)
        yield f"{new.code} {old.version} to {new.version}, in effect from {new.effective_from:%d.%m.%Y}"
        yield from _facts(found.facts)
        yield from _items("question", found.added, found.removed, found.changed)
        for part in found.parts:
            yield from _items(part.label, part.added, part.removed, part.changed)
        for language, count in sorted(found.translated.items()):
            yield f"{language}: {count} questions translated"

    def _publish(self, options: dict[str, Any]) -> Iterator[str]:
        call_command("load_rulebooks", stdout=self.stdout, stderr=self.stderr)
        return iter(())

    def _coverage(self, options: dict[str, Any]) -> Iterator[str]:
        code, version = options["code"], options["version"]
        book = books.get(code, version) if version else books.latest(code)
        yield f"{book.code} {book.version}: {len(book.requirements)} requirements"
        for heading, rows in (
            ("By stage", figures.by_stage(book)),
            ("By act", figures.by_act(book)),
            ("By kind", figures.by_kind(book)),
        ):
            yield f"\n{heading}"
            for row in rows:
                counts = ", ".join(f"{name} {count}" for name, count in sorted(row.counts.items()))
                yield f"  {row.name}: {row.total} ({counts})"

    def _affected(self, options: dict[str, Any]) -> Iterator[str]:
        book = books.get(options["code"], options["version"])
        found = affected(book)
        yield f"{book.code} {book.version}: {len(found)} open cases under older versions"
        for one in found:
            case = one.case
            yield f"{case.reference or case.pk}\t{case.firm.name}\t{case.state}\t{case.rulebook}\t{one.words}"


def _faults_of(files: Iterable[Path]) -> list[str]:
    found = []
    for path in files:
        try:
            load(path)
        except (RuleBookError, OSError) as error:
            found.append(str(error))
    return found


def _changed() -> list[str]:
    """Published versions whose file is another one now, or gone."""
    found = []
    for pin in RuleBookVersion.objects.all():
        try:
            pin.book  # noqa: B018 - reading it compares the hashes
        except RuleBookError as error:
            found.append(str(error))
    return found


def _items(kind: str, added: Any, removed: Any, changed: Any) -> Iterator[str]:
    for item in added:
        yield f"+ {kind} {_name(item)}"
    for item in removed:
        yield f"- {kind} {_name(item)}"
    for one in changed:
        yield f"~ {kind} {_name(one.new)}"
        yield from _facts(one.facts)


def _facts(facts: Iterable[differences.Fact]) -> Iterator[str]:
    for fact in facts:
        yield f"    {fact.label}: {_one_line(fact.was)}"
        yield f"    {' ' * len(fact.label)}→ {_one_line(fact.now)}"


def _name(item: Any) -> str:
    return f"{item.code} {say(item.title)}" if hasattr(item, "code") else say(item.body)


def _one_line(text: str) -> str:
    return text.replace("\n", " | ")
