"""A rule book as the rest of the house sees it: frozen data, loaded from one file by ``regulators.loader``.

Texts are dictionaries by language (``en`` always, ``ru`` and ``kk`` where translated); use ``say``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.translation import get_language

Text = dict[str, str]

RULE, GUIDANCE, POLICY, BENCHMARK = "rule", "guidance", "policy", "benchmark"
CITATION_KINDS = (RULE, GUIDANCE, POLICY, BENCHMARK)
ASKED = "asked"  # what stands on no rule and no guidance
READ_FULL, READ_PART, READ_TITLE, READ_SECONDHAND, READ_NOTHING = (
    "full",
    "part",
    "title",
    "secondhand",
    "nothing",
)
READ = (READ_FULL, READ_PART, READ_TITLE, READ_SECONDHAND, READ_NOTHING)

DECLARATION, TEXT, NUMBER, MONEY, PERCENTAGE, DATE, CHOICE = (
    "declaration", "text", "number", "money", "percentage", "date", "choice",
)  # fmt: skip
DOCUMENTS, INSPECTED, PEOPLE, OWNERSHIP, CAPITAL = "documents", "inspected", "people", "ownership", "capital"
TYPED_KINDS = frozenset({PEOPLE, OWNERSHIP, CAPITAL})
SIMPLE_KINDS = (DECLARATION, TEXT, NUMBER, MONEY, PERCENTAGE, DATE, CHOICE)
EVIDENCE_KINDS = (*SIMPLE_KINDS, DOCUMENTS, INSPECTED, PEOPLE, OWNERSHIP, CAPITAL)

GENERAL_RULES = "AIFC General Rules (GEN)"  # its part 2.2 makes the Controlled Functions
SUBMISSION, RECOMMENDATION, GRANT, AFTER_GRANT = "submission", "recommendation", "grant", "after_grant"
DUE = (SUBMISSION, RECOMMENDATION, GRANT, AFTER_GRANT)

ADD, DEDUCT, LIQUID, EXPENDITURE = "add", "deduct", "liquid", "expenditure"
CAPITAL_EFFECTS = (ADD, DEDUCT, LIQUID, EXPENDITURE)
MONEY_UNIT, PERCENT_UNIT, DAYS_UNIT, MONTHS_UNIT = "money", "percent", "days", "months"
UNITS = (MONEY_UNIT, PERCENT_UNIT, DAYS_UNIT, MONTHS_UNIT)

FILE_KINDS = ("pdf", "docx", "xlsx", "png", "jpg", "csv", "txt")
FILE_LANGUAGES = ("kk", "ru", "en")
SHEET = ("xlsx",)

RECEIPT, PAYMENT, ACCEPTANCE, NOTICE = "receipt", "payment", "acceptance", "notice"
STARTS = (RECEIPT, PAYMENT, ACCEPTANCE, NOTICE)  # of a clock; each is started by an act of the service

LICENCE, REGISTRATION, READINESS = "licence", "registration", "readiness"
OUTCOMES = (LICENCE, REGISTRATION, READINESS)


def say(text: Text) -> str:
    """The text in the reader's language, or in English where no translation is on record."""
    return text.get((get_language() or "en")[:2]) or text["en"]


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Where a requirement comes from, and the five facts that say how far it may be relied on."""

    act: str
    provision: str
    kind: str  # rule, guidance, policy, benchmark
    applies: bool | None  # to custody; None: not established
    read: str  # full, part, title, secondhand, nothing
    in_force: bool | None  # None: not established
    as_at: date | None  # the day of the text that was read
    checked_by: tuple[str, ...]  # names; two for amounts
    confidence: str  # the mark of the research: V, Vt, I, S, NF or H, M, L, NS; "own" for our policy
    url: str = ""
    note: str = ""

    @property
    def quotable(self) -> bool:
        """Binding, applicable, in force and fully read: may ground a refusal or stand in a letter."""
        return self.kind == RULE and self.applies is True and self.in_force is True and self.read == READ_FULL

    @property
    def stands(self) -> bool:
        """Somebody read it here, and nothing says that it is out of force or about something else."""
        return (
            self.in_force is not False
            and self.applies is not False
            and self.read not in (READ_NOTHING, READ_SECONDHAND)
        )


def standing(citations: Iterable[Citation]) -> str:
    """``rule``, ``guidance`` or ``asked``: what a reader may make of these sources together."""
    live = [citation.kind for citation in citations if citation.stands]
    return next((kind for kind in (RULE, GUIDANCE) if kind in live), ASKED)


@dataclass(frozen=True, kw_only=True)
class Choice:
    code: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Applies when the answer to another requirement is one of these choices."""

    requirement: str
    choices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Which files a question takes. Kinds, number, size and form are always our policy; so is the rest where
    no citation says otherwise.
    """

    kinds: tuple[str, ...] = FILE_KINDS
    most_files: int | None = None  # None: the limit of every question
    most_megabytes: int | None = None  # of each file; None: the limit of every file
    languages: tuple[str, ...] = ()  # in one of these, or translated into one; empty: nothing is asked
    certified: bool = False
    form: tuple[
        Text, ...
    ] = ()  # the headings in the first row of the sheet that is filled in; empty: no form
    citations: tuple[Citation, ...] = ()  # what asks for the language, or for the certified copy

    @property
    def source(self) -> str:
        return standing(self.citations)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    code: str
    stage: str
    section: str
    title: Text
    guidance: Text
    evidence: tuple[str, ...]  # one or more evidence kinds, answered together
    citations: tuple[Citation, ...]
    due: str = SUBMISSION
    per_person: bool = False
    functions: tuple[str, ...] = ()  # the people asked about hold one of these functions; empty: everyone
    choices: tuple[Choice, ...] = ()
    currency: str = ""
    declaration: Text | None = None
    applies_when: Condition | None = None
    adopted: str = ""  # how it was formally adopted as mandatory where no rule is quotable; empty: it was not
    slot: Slot = Slot()

    @property
    def mandatory(self) -> bool:
        return bool(self.adopted) or any(citation.quotable for citation in self.citations)

    @property
    def source(self) -> str:
        """``rule``, ``guidance`` or ``asked``: the word beside the question."""
        return standing(self.citations)


@dataclass(frozen=True, kw_only=True)
class Section:
    code: str
    stage: str
    title: Text


@dataclass(frozen=True, kw_only=True)
class StageRule:
    code: str
    title: Text
    after: tuple[str, ...]  # stages that must be approved before this one


@dataclass(frozen=True, kw_only=True)
class Function:
    """A post or controlled function that people are proposed for."""

    code: str
    title: Text
    required: bool
    citations: tuple[Citation, ...]

    @property
    def is_controlled(self) -> bool:
        """The regulator approves whoever holds it: a Controlled Function of the AIFC. Published versions have
        no mark for that, so the provisions that they cite say it: each of GEN 2.2 makes one.
        """
        return any(c.act == GENERAL_RULES and c.provision.startswith("2.2.") for c in self.citations)


@dataclass(frozen=True, kw_only=True)
class Clock:
    code: str
    title: Text
    working_days: int | None  # at most one of the three units; all None: not on record
    calendar_days: int | None
    months: int | None
    starts_on: str  # one of STARTS
    pausable: bool
    pause_cap: int | None = None  # the most that pauses move it, in days of its own unit; None: no cap
    silence: str  # "", "issue" or "refusal"
    policy: bool  # ours, not law
    citations: tuple[Citation, ...]

    @property
    def has_length(self) -> bool:
        """One is on record."""
        return bool(self.working_days or self.calendar_days or self.months)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A reason for which the book allows a refusal."""

    code: str
    title: Text
    citations: tuple[Citation, ...]

    @property
    def quotable(self) -> bool:
        return any(citation.quotable for citation in self.citations)


@dataclass(frozen=True, kw_only=True)
class Authority:
    body: Text
    role: str  # decides, registers, notified, consulted
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Value:
    """A figure that the law sets. Without an amount it is not on record: staff may enter it, two of them."""

    code: str
    title: Text
    unit: str  # money, percent, days, months
    currency: str  # of money, else ""
    amount: Decimal | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A share in the firm from which something follows; exactly the percentage is not above it."""

    code: str
    percent: Decimal
    title: Text
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class CapitalLine:
    code: str
    title: Text
    effect: str  # add, deduct, liquid, expenditure
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CapitalRules:
    """What is computed: resources against the highest required value, liquid assets against a share."""

    currency: str
    lines: tuple[CapitalLine, ...]
    required: tuple[str, ...] = ()  # codes of values
    liquid_share: str = ""  # code of a value in percent of a year's operating expenditure

    def codes(self, effect: str) -> tuple[str, ...]:
        return tuple(line.code for line in self.lines if line.effect == effect)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A text to the firm and the powers it needs: without each of them quotable it cannot be sent."""

    code: str
    title: Text
    body: Text  # with {firm}, {case}, {day} and the like, filled by the desk
    languages: tuple[str, ...]  # in which it must exist, the authoritative one first
    powers: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Translation:
    """Who compared the texts of one language with the authoritative ones; nobody yet where empty."""

    language: str
    checked_by: tuple[str, ...]
    checked_on: date | None


@dataclass(frozen=True, kw_only=True)
class Book:
    code: str  # "afsa-custody"
    version: str  # "2026.1"
    regulator: str  # "AFSA"
    regulator_name: Text
    licence_type: str  # "providing-custody"
    licence_type_title: Text
    title: Text
    effective_from: date
    transition: str  # stay, move, reassess
    reassess: tuple[str, ...]
    outcome: str  # licence, registration, readiness
    in_principle: bool
    incomplete: str  # "return" or "refile"
    fee_is_condition: bool
    lapse_allowed: bool
    panel_required: bool  # our policy for this track: a panel votes before a case is granted or refused
    notice: Text | None  # shown on every page of the track
    authoritative_language: str
    authorities: tuple[Authority, ...]
    stages: tuple[StageRule, ...]
    sections: tuple[Section, ...]
    functions: tuple[Function, ...]
    requirements: tuple[Requirement, ...]
    clocks: tuple[Clock, ...]
    grounds: tuple[Ground, ...]
    values: tuple[Value, ...]
    thresholds: tuple[Threshold, ...]
    capital: CapitalRules
    letters: tuple[Letter, ...]
    translations: tuple[Translation, ...]
    sha256: str

    @cached_property
    def by_code(self) -> dict[str, Requirement]:
        return {requirement.code: requirement for requirement in self.requirements}

    @cached_property
    def stage_codes(self) -> tuple[str, ...]:
        return tuple(stage.code for stage in self.stages)

    @cached_property
    def approved_functions(self) -> tuple[Function, ...]:
        """Those whose holders are approved one by one: the Controlled Functions; in a book that has none, the
        required ones, as a record of our own.
        """
        controlled = tuple(function for function in self.functions if function.is_controlled)
        return controlled or tuple(function for function in self.functions if function.required)

    def function(self, code: str) -> Function | None:
        return next((function for function in self.functions if function.code == code), None)

    def stage(self, code: str) -> StageRule:
        return next(stage for stage in self.stages if stage.code == code)

    def sections_of(self, stage: str) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.stage == stage)

    def requirements_of(self, stage: str) -> tuple[Requirement, ...]:
        return tuple(requirement for requirement in self.requirements if requirement.stage == stage)

    def clock(self, code: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.code == code), None)

    def value(self, code: str) -> Value | None:
        return next((value for value in self.values if value.code == code), None)

    def letter(self, code: str) -> Letter | None:
        return next((letter for letter in self.letters if letter.code == code), None)
