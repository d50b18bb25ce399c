"""Turns one rule book file into a ``Book``, or says what is wrong with it (``RuleBookError``)."""

import hashlib
import tomllib
from pathlib import Path

from regulators import loader_checks as checks
from regulators import rulebook as rb
from regulators.toml_table import RuleBookError, Source, Table, one_of_words

TRANSITIONS = ("stay", "move", "reassess")
INCOMPLETE = ("return", "refile")
STARTS = ("receipt", "payment", "acceptance", "notice")
SILENCE = ("", "issue", "refusal")
AUTHORITY_ROLES = ("decides", "registers", "notified", "consulted")
LANGUAGES = ("en", "ru", "kk")
# The marks of the research behind the books, and what each lets us say of how far a text was read.
READ_BY_CONFIDENCE = {
    "V": (rb.READ_FULL, rb.READ_PART),
    "Vt": (rb.READ_TITLE,),
    "I": (rb.READ_SECONDHAND,),
    "S": (rb.READ_SECONDHAND,),
    "NF": (rb.READ_NOTHING,),
    "H": (rb.READ_FULL, rb.READ_PART),
    "M": (rb.READ_PART, rb.READ_SECONDHAND),
    "L": (rb.READ_SECONDHAND,),
    "NS": (rb.READ_NOTHING,),
    "own": (rb.READ_FULL,),
}
ACT_FACTS = ("kind", "applies", "in_force", "as_at", "checked_by", "note")

__all__ = ["RuleBookError", "load"]


def load(path: Path) -> rb.Book:
    content = path.read_bytes()
    try:
        text = content.decode()
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleBookError(f"{path.name}: this is not a TOML file in UTF-8. {error}.") from error
    book = _Reader(Table(Source(path.name, text), (), data)).book(hashlib.sha256(content).hexdigest())
    if path.name != f"{book.code}-{book.version}.toml":
        raise RuleBookError(f"{path.name}: the file holds {book.code} {book.version}. "
                            f"Name it {book.code}-{book.version}.toml.")  # fmt: skip
    return book


class _Reader:
    def __init__(self, top: Table) -> None:
        self.top = top
        self.acts = _by_key(top.table("acts"))
        self.pages = {key: _page(top.table("pages"), key) for key in top.table("pages").data}

    def book(self, sha256: str) -> rb.Book:
        top = self.top
        stages, sections = self.stages()
        functions = tuple(self.function(table) for table in top.tables("functions"))
        section_stages = {section.code: section.stage for section in sections}
        requirements = self.requirements(section_stages, tuple(function.code for function in functions))
        regulator, licence_type = top.table("regulator"), top.table("licence_type")
        book = rb.Book(
            code=top.name(),
            version=top.name("version"),
            regulator=regulator.name(),
            regulator_name=_words(regulator, "name"),
            licence_type=licence_type.name(),
            licence_type_title=_words(licence_type, "title"),
            title=_words(top, "title"),
            effective_from=top.day("effective_from"),
            transition=top.one_of("transition", TRANSITIONS),
            reassess=top.some_of("reassess", tuple(requirement.code for requirement in requirements)),
            outcome=top.one_of("outcome", rb.OUTCOMES),
            in_principle=top.flag("in_principle"),
            incomplete=top.one_of("incomplete", INCOMPLETE),
            fee_is_condition=top.flag("fee_is_condition"),
            lapse_allowed=top.flag("lapse_allowed"),
            notice=_words(top, "notice", LANGUAGES) if "notice" in top.data else None,
            authoritative_language=top.one_of("authoritative_language", LANGUAGES),
            authorities=tuple(self.authority(table) for table in top.tables("authorities")),
            stages=stages,
            sections=sections,
            functions=functions,
            requirements=requirements,
            clocks=tuple(self.clock(table) for table in top.tables("clocks")),
            grounds=tuple(self.ground(table) for table in top.tables("grounds")),
            sha256=sha256,
        )
        for name, items in (("functions", functions), ("clocks", book.clocks), ("grounds", book.grounds)):
            checks.unique(top, name, (item.code for item in items))
        for table in (regulator, licence_type, top):
            table.done()
        return book

    # --- parts

    def stages(self) -> tuple[tuple[rb.StageRule, ...], tuple[rb.Section, ...]]:
        tables = self.top.tables("stages")
        codes = tuple(table.name() for table in tables)
        checks.unique(self.top, "stages", codes)
        stages, sections = [], []
        for table in tables:
            code = table.name()
            stages.append(
                rb.StageRule(code=code, title=_words(table, "title"), after=table.some_of("after", codes))
            )
            for inner in table.tables("sections"):
                sections.append(rb.Section(code=inner.name(), stage=code, title=_words(inner, "title")))
                inner.done()
            table.done()
        checks.unique(self.top, "stages", (section.code for section in sections), what="section")
        checks.no_cycle(self.top, "stages", {stage.code: stage.after for stage in stages})
        return tuple(stages), tuple(sections)

    def requirements(
        self, section_stages: dict[str, str], functions: tuple[str, ...]
    ) -> tuple[rb.Requirement, ...]:
        tables = self.top.tables("requirements")
        checks.unique(self.top, "requirements", (table.name() for table in tables))
        found = tuple(self.requirement(table, section_stages, functions) for table in tables)
        by_code = {requirement.code: requirement for requirement in found}
        for table, requirement in zip(tables, found, strict=True):
            checks.condition(table, requirement, by_code)
        asked_after = {one.code: (one.applies_when.requirement,) if one.applies_when else () for one in found}
        checks.no_cycle(self.top, "requirements", asked_after)
        return found

    def requirement(
        self, table: Table, section_stages: dict[str, str], functions: tuple[str, ...]
    ) -> rb.Requirement:
        section = table.one_of("section", tuple(section_stages))
        requirement = rb.Requirement(
            code=table.name(),
            stage=section_stages[section],
            section=section,
            title=_words(table, "title"),
            guidance=_words(table, "guidance"),
            evidence=table.some_of("evidence", rb.EVIDENCE_KINDS),
            citations=self.citations(table),
            due=table.one_of("due", rb.DUE, rb.SUBMISSION),
            per_person=table.flag("per_person", False),
            functions=table.some_of("functions", functions, []),
            choices=tuple(_choice(inner) for inner in table.tables("choices", [])),
            currency=table.one_of("currency", ("USD", "KZT", ""), ""),
            declaration=_words(table, "declaration") if "declaration" in table.data else None,
            applies_when=_condition(table),
            adopted=table.text("adopted", ""),
        )
        table.done()
        checks.evidence(table, requirement)
        return requirement

    def function(self, table: Table) -> rb.Function:
        function = rb.Function(
            code=table.name(),
            title=_words(table, "title"),
            required=table.flag("required"),
            citations=self.citations(table),
        )
        table.done()
        return function

    def clock(self, table: Table) -> rb.Clock:
        clock = rb.Clock(
            code=table.name(),
            title=_words(table, "title"),
            working_days=table.count("working_days"),
            calendar_days=table.count("calendar_days"),
            months=table.count("months"),
            starts_on=table.one_of("starts_on", STARTS),
            pausable=table.flag("pausable"),
            silence=table.one_of("silence", SILENCE),
            policy=table.flag("policy"),
            citations=self.citations(table),
        )
        table.done()
        if sum(unit is not None for unit in (clock.working_days, clock.calendar_days, clock.months)) > 1:
            table.fail("code", "has its period in two units", "one of working_days, calendar_days, months")
        return clock

    def ground(self, table: Table) -> rb.Ground:
        ground = rb.Ground(code=table.name(), title=_words(table, "title"), citations=self.citations(table))
        table.done()
        return ground

    def authority(self, table: Table) -> rb.Authority:
        authority = rb.Authority(
            body=_words(table, "body"),
            role=table.one_of("role", AUTHORITY_ROLES),
            citations=self.citations(table),
        )
        table.done()
        return authority

    # --- citations

    def citations(self, table: Table) -> tuple[rb.Citation, ...]:
        tables = table.tables("citations")
        if not tables:
            table.fail("citations", "is empty", "at least one; where no rule was found, one that says so")
        return tuple(self.citation(inner) for inner in tables)

    def citation(self, table: Table) -> rb.Citation:
        """The citation's own facts, over those that hold for its whole act."""
        act = table.one_of("act", tuple(self.acts))
        inherited = {key: value for key, value in self.acts[act].items() if key in ACT_FACTS}
        table.data = {**inherited, **table.data}
        page = table.one_of("page", (*self.pages, ""), "")
        citation = rb.Citation(
            act=self.acts[act]["title"],
            provision=table.text("provision"),
            kind=table.one_of("kind", rb.CITATION_KINDS),
            applies=table.fact("applies"),
            read=table.one_of("read", rb.READ),
            in_force=table.fact("in_force"),
            as_at=table.day_or_unknown("as_at"),
            checked_by=table.texts("checked_by"),
            confidence=table.one_of("confidence", tuple(READ_BY_CONFIDENCE)),
            url=self.pages.get(page, ""),
            note=table.text("note", ""),
        )
        table.done()
        allowed = READ_BY_CONFIDENCE[citation.confidence]
        if citation.read not in allowed:
            table.fail(
                "read", f"is {citation.read!r} with confidence {citation.confidence!r}", one_of_words(allowed)
            )
        return citation


def _by_key(acts: Table) -> dict[str, dict]:
    """The acts, each a table with a title and facts; the facts are read with each citation."""
    for key in acts.data:
        act = acts.table(key)
        act.text("title")
        act.asked.update(ACT_FACTS)
        act.done()
    return acts.data


def _page(pages: Table, key: str) -> str:
    url = pages.text(key)
    if not url.startswith(("https://", "http://")):
        pages.fail(key, f"is {url!r}", "an address that starts with https:// or http://")
    return url


def _words(table: Table, key: str, needed: tuple[str, ...] = ("en",)) -> rb.Text:
    """A text by language: English always, the others where translated."""
    inner = table.table(key)
    words = {
        language: inner.text(language)
        for language in LANGUAGES
        if language in inner.data or language in needed
    }
    inner.asked.update(LANGUAGES)
    inner.done()
    for language, text in words.items():
        if not text.strip():
            inner.fail(language, "is empty", "the text, or leave the language out")
    return words


def _choice(table: Table) -> rb.Choice:
    label = {
        language: table.text(language) for language in LANGUAGES if language == "en" or language in table.data
    }
    choice = rb.Choice(code=table.name(), label=label)
    table.done()
    return choice


def _condition(table: Table) -> rb.Condition | None:
    if "applies_when" not in table.data:
        return None
    inner = table.table("applies_when")
    condition = rb.Condition(requirement=inner.text("requirement"), choices=inner.texts("choices"))
    inner.done()
    return condition
