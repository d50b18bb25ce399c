"""What must hold between the parts of a rule book, once each part is read."""

from collections.abc import Iterable, Mapping
from string import Formatter

from regulators import rulebook as rb
from regulators.toml_table import Table, one_of_words

# What the desk puts into a letter, from the record of the case.
LETTER_NAMES = frozenset(
    {"regulator", "day", "firm", "case", "licence_type", "points", "reason", "until", "licence", "officer"}
)


def condition(table: Table, requirement: rb.Requirement, by_code: dict[str, rb.Requirement]) -> None:
    when = requirement.applies_when
    if when is None:
        return
    other = by_code.get(when.requirement)
    if other is None or other is requirement or not other.choices:
        table.fail(
            "applies_when",
            f"points at {when.requirement!r}",
            "the code of another choice question",
        )
    codes = tuple(choice.code for choice in other.choices)
    if not when.choices or not set(when.choices) <= set(codes):
        table.fail("applies_when", f"names the choices {list(when.choices)}", one_of_words(codes))


def evidence(table: Table, requirement: rb.Requirement) -> None:
    """A kind that needs more than its name has it, and nothing is given that no kind uses."""
    kinds = requirement.evidence
    if not kinds:
        table.fail("evidence", "is empty", one_of_words(rb.EVIDENCE_KINDS))
    needs = (
        (rb.CHOICE, "choices", len(requirement.choices) > 1, "at least two choices"),
        (rb.MONEY, "currency", bool(requirement.currency), '"USD" or "KZT"'),
        (rb.DECLARATION, "declaration", requirement.declaration is not None, "the words that are declared"),
    )
    for kind, key, given, instead in needs:
        if kind in kinds and not given:
            table.fail(key, f"is missing for the evidence kind {kind!r}", instead)
        if kind not in kinds and key in table.data:
            table.fail(
                key,
                f"is given without the evidence kind {kind!r}",
                f'"{kind}" in evidence, or leave {key} out',
            )
    if rb.DOCUMENTS not in kinds and "slot" in table.data:
        table.fail(
            "slot",
            "is given for a question that takes no files",
            '"documents" in evidence, or leave slot out',
        )
    if requirement.functions and not requirement.per_person and rb.PEOPLE not in kinds:
        table.fail(
            "functions",
            "is given for a question not about people",
            "per_person = true, or leave functions out",
        )
    codes = [choice.code for choice in requirement.choices]
    if len(set(codes)) != len(codes):
        table.fail("choices", "names a code twice", "each code once")


def pause_cap(table: Table, clock: rb.Clock) -> None:
    """A cap is counted in the days of the period, of a clock that can be paused."""
    if clock.pause_cap is None:
        return
    if not clock.pausable:
        table.fail(
            "pause_cap", "is given for a clock without pauses", "pausable = true, or leave pause_cap out"
        )
    if not (clock.working_days or clock.calendar_days):
        instead = "working_days or calendar_days beside it, or leave pause_cap out"
        table.fail("pause_cap", "is given for a period that is not in days", instead)


def names_in_body(table: Table, letter: rb.Letter) -> None:
    """A letter has only names that the desk can fill, each by itself: "{firm}", and no "{firm.x}"."""
    for language, body in letter.body.items():
        try:
            found = {name for _text, name, _spec, _turn in Formatter().parse(body) if name is not None}
        except ValueError as error:
            table.fail("body", f"has a brace alone in {language!r}: {error}", "names in pairs of braces")
        if unknown := sorted(found - LETTER_NAMES):
            names = ", ".join(f"{{{name}}}" for name in sorted(LETTER_NAMES))
            table.fail("body", f"names {{{unknown[0]}}} in {language!r}", f"one of: {names}")


def unique(top: Table, key: str, codes: Iterable[str], what: str = "code") -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            top.fail(key, f"has the {what} {code!r} twice", f"a {what} of its own for each")
        seen.add(code)


def no_cycle(top: Table, key: str, after: Mapping[str, tuple[str, ...]]) -> None:
    approved: set[str] = set()
    while ready := {code for code in after if code not in approved and set(after[code]) <= approved}:
        approved |= ready
    waiting = sorted(set(after) - approved)
    if waiting:
        top.fail(
            key,
            f"wait for each other: {', '.join(waiting)}",
            "an order in which one of them comes first",
        )
