"""Turns one rule book file into a ``Book``, or says what is wrong with it (``RuleBookError``)."""

from pathlib import Path

from regulators import loader_checks as checks
from regulators import loader_figures as figures
from regulators import loader_slots as slots
from regulators import rulebook as rb
from regulators.loader_words import ACT_FACTS, LANGUAGES, acts_by_key, choice, condition, page, words
from regulators.toml_table import RuleBookError, Table, one_of_words, read_toml

TRANSITIONS = ("stay", "move", "reassess")
INCOMPLETE = ("return", "refile")
SILENCE = ("", "issue", "refusal")
AUTHORITY_ROLES = ("decides", "registers", "notified", "consulted")
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

__all__ = ["RuleBookError", "load"]


def load(path: Path) -> rb.Book:
    source, data, sha256 = read_toml(path)
    book = _Reader(Table(source, (), data)).book(sha256)
    if path.name != f"{book.code}-{book.version}.toml":
        raise RuleBookError(f"{path.name}: the file holds {book.code} {book.version}. "
                            f"Name it {book.code}-{book.version}.toml.")  # fmt: skip
    return book


class _Reader:
    def __init__(self, top: Table) -> None:
        self.top = top
        self.acts = acts_by_key(top.table("acts"))
        self.pages = {key: page(top.table("pages"), key) for key in top.table("pages").data}

    def book(self, sha256: str) -> rb.Book:
        top = self.top
        stages, sections = self.stages()
        functions = tuple(self.function(table) for table in top.tables("functions"))
        section_stages = {section.code: section.stage for section in sections}
        requirements = self.requirements(section_stages, tuple(function.code for function in functions))
        regulator, licence_type = top.table("regulator"), top.table("licence_type")
        values = figures.values(top, self.citations)
        book = rb.Book(
            code=top.name(),
            version=top.name("version"),
            regulator=regulator.name(),
            regulator_name=words(regulator, "name"),
            licence_type=licence_type.name(),
            licence_type_title=words(licence_type, "title"),
            title=words(top, "title"),
            effective_from=top.day("effective_from"),
            transition=top.one_of("transition", TRANSITIONS),
            reassess=top.some_of("reassess", tuple(requirement.code for requirement in requirements)),
            outcome=top.one_of("outcome", rb.OUTCOMES),
            in_principle=top.flag("in_principle"),
            incomplete=top.one_of("incomplete", INCOMPLETE),
            fee_is_condition=top.flag("fee_is_condition"),
            lapse_allowed=top.flag("lapse_allowed"),
            panel_required=top.flag("panel_required", False),
            notice=words(top, "notice", LANGUAGES) if "notice" in top.data else None,
            authoritative_language=top.one_of("authoritative_language", LANGUAGES),
            authorities=tuple(self.authority(table) for table in top.tables("authorities")),
            stages=stages,
            sections=sections,
            functions=functions,
            requirements=requirements,
            clocks=tuple(self.clock(table) for table in top.tables("clocks")),
            grounds=tuple(self.ground(table) for table in top.tables("grounds")),
            values=values,
            thresholds=figures.thresholds(top, self.citations),
            capital=figures.capital(top, values, self.citations),
            letters=tuple(self.letter(table) for table in top.tables("letters", [])),
            translations=figures.translations(top),
            sha256=sha256,
        )
        for name in ("functions", "clocks", "grounds", "values", "thresholds", "letters"):
            checks.unique(top, name, (item.code for item in getattr(book, name)))
        checks.unique(top, "capital", (line.code for line in book.capital.lines))
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
                rb.StageRule(code=code, title=words(table, "title"), after=table.some_of("after", codes))
            )
            for inner in table.tables("sections"):
                sections.append(rb.Section(code=inner.name(), stage=code, title=words(inner, "title")))
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
            title=words(table, "title"),
            guidance=words(table, "guidance"),
            evidence=table.some_of("evidence", rb.EVIDENCE_KINDS),
            citations=self.citations(table),
            due=table.one_of("due", rb.DUE, rb.SUBMISSION),
            per_person=table.flag("per_person", False),
            functions=table.some_of("functions", functions, []),
            choices=tuple(choice(inner) for inner in table.tables("choices", [])),
            currency=table.one_of("currency", ("USD", "KZT", ""), ""),
            declaration=words(table, "declaration") if "declaration" in table.data else None,
            applies_when=condition(table),
            adopted=table.text("adopted", ""),
            slot=slots.slot(table, self.citations),
        )
        table.done()
        checks.evidence(table, requirement)
        return requirement

    def function(self, table: Table) -> rb.Function:
        function = rb.Function(
            code=table.name(),
            title=words(table, "title"),
            required=table.flag("required"),
            citations=self.citations(table),
        )
        table.done()
        return function

    def clock(self, table: Table) -> rb.Clock:
        clock = rb.Clock(
            code=table.name(),
            title=words(table, "title"),
            working_days=table.count("working_days"),
            calendar_days=table.count("calendar_days"),
            months=table.count("months"),
            starts_on=table.one_of("starts_on", rb.STARTS),
            pausable=table.flag("pausable"),
            pause_cap=table.count("pause_cap"),
            silence=table.one_of("silence", SILENCE),
            policy=table.flag("policy"),
            citations=self.citations(table),
        )
        table.done()
        if sum(unit is not None for unit in (clock.working_days, clock.calendar_days, clock.months)) > 1:
            table.fail("code", "has its period in two units", "one of working_days, calendar_days, months")
        checks.pause_cap(table, clock)
        return clock

    def ground(self, table: Table) -> rb.Ground:
        ground = rb.Ground(code=table.name(), title=words(table, "title"), citations=self.citations(table))
        table.done()
        return ground

    def authority(self, table: Table) -> rb.Authority:
        authority = rb.Authority(
            body=words(table, "body"),
            role=table.one_of("role", AUTHORITY_ROLES),
            citations=self.citations(table),
        )
        table.done()
        return authority

    def letter(self, table: Table) -> rb.Letter:
        languages = table.some_of("languages", LANGUAGES)
        if not languages:
            table.fail("languages", "is empty", one_of_words(LANGUAGES))
        letter = rb.Letter(
            code=table.name(),
            title=words(table, "title", (*languages, "en")),
            body=words(table, "body", (*languages, "en")),
            languages=languages,
            powers=tuple(self.citation(inner) for inner in table.tables("powers")),
        )
        table.done()
        checks.names_in_body(table, letter)
        return letter

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
        seen_at = table.one_of("page", (*self.pages, ""), "")
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
            url=self.pages.get(seen_at, ""),
            note=table.text("note", ""),
        )
        table.done()
        allowed = READ_BY_CONFIDENCE[citation.confidence]
        if citation.read not in allowed:
            table.fail(
                "read", f"is {citation.read!r} with confidence {citation.confidence!r}", one_of_words(allowed)
            )
        return citation
