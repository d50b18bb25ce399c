"""Building a complete application the way a firm would: through the same services, one answer at a time."""

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Firm
from applications import asked
from applications.models import Application, Person
from applications.queries.drafts import load_draft
from applications.samples import files
from applications.samples.answers import value_of
from applications.samples.people import HOLDING_COMPANY, HOLDINGS, sample_people
from applications.services import consents, drafting, people
from applications.services import files as described
from documents.models import Document
from documents.services import scan
from regulators import rulebook as rb
from regulators.models import LicenceType
from regulators.sheets import sheet_of

KINDS = ("pdf", "docx", "docx", "xlsx", "docx")
FORM_ROW = (
    "Client hot wallets",
    "Head of key operations",
    "In hardware, by three people",
    "In two places",
    "In hardware",
)
Folders = dict[str, Any]  # the id of a document by what it is of: the section, and the rules for its files
CAPITAL = {
    "now": ("1450000.00", "398400.00", "960000.00"),
    "grant": ("1450000.00", "405000.00", "960000.00"),
    "year1": ("1510000.00", "432000.00", "1010000.00"),
    "year2": ("1640000.00", "471000.00", "1080000.00"),
    "year3": ("1820000.00", "529000.00", "1150000.00"),
    "stressed": ("1260000.00", "301000.00", "1040000.00"),
}


def build_application(
    *, actor: Any, firm: Firm, licence_type: LicenceType, serial: int = 1000, complete: bool = True,
    together: bool = False,
) -> Application:  # fmt: skip
    """A draft with nine people, holdings, capital, an answer to every requirement, and real files; where they
    are kept ``together``, one file answers all questions of a section that take it.

    With ``complete`` each stage is marked as complete where its files may pass already; a file that
    waits for its virus check leaves the stage in progress. Returns the draft, to be submitted by a
    signatory.
    """
    case = drafting.start_application(actor=actor, firm=firm, licence_type=licence_type)
    entered = _enter_people(case, actor, serial)
    _enter_holdings(case, actor, entered)
    _enter_capital(case, actor)
    answer_rest(case, actor, together=together)
    if complete:
        complete_stages(case, actor)
    return Application.objects.with_case().get(pk=case.pk)


def answer_rest(case: Application, actor: Any, *, together: bool = False) -> None:
    """Record the consents, and answer every question that nobody has answered or declined yet. Files as in
    ``build_application``.
    """
    record_consents(case, actor)
    folders: Folders | None = {} if together else None
    given = load_draft(case).given
    for question in _all_questions(case):
        if question.key not in given:
            _answer(case, actor, question, folders)


def record_consents(case: Application, actor: Any) -> None:
    """Each person of the case who has not been asked yet has signed the notice on paper."""
    asked_for = case.consents.values("person")
    for person in Person.objects.filter(posts__application=case).exclude(pk__in=asked_for).distinct():
        consents.record_consent(
            actor=actor, case_id=case.pk, person=person, language="kk", reference="Personnel files, room 3"
        )


def complete_stages(case: Application, actor: Any) -> None:
    """Mark every stage as complete that is in progress; raises NotReady with what is missing."""
    for stage in case.stages.select_related("application").filter(state="in_progress"):
        drafting.complete_stage(actor=actor, stage=stage, expected_version=stage.version)


def _enter_people(case: Application, actor: Any, serial: int) -> dict[str, Person]:
    entered = {}
    known = {function.code for function in case.book.functions}
    for sample in sample_people(serial):
        posts = [code for code in sample.posts if code in known]
        if not posts:
            continue
        entered[sample.key] = people.save_person(
            actor=actor,
            case_id=case.pk,
            functions=posts,
            family_name=sample.family_name,
            given_names=sample.given_names,
            patronymic=sample.patronymic,
            latin_family_name=sample.latin_family_name,
            latin_given_names=sample.latin_given_names,
            born_on=sample.born_on,
            citizenship=sample.citizenship,
            residence="KZ",
            identifier_kind=sample.identifier_kind,
            identifier=sample.identifier,
        )
    return entered


def _enter_holdings(case: Application, actor: Any, entered: dict[str, Person]) -> None:
    points = {
        "firm": case.entities.get(is_applicant=True),
        "company": people.save_entity(
            actor=actor, case_id=case.pk, name=HOLDING_COMPANY, country="KZ", registration="AIFC 100200300"
        ),
        "founder": people.save_entity(actor=actor, case_id=case.pk, name="", person=entered["founder"]),
        "partner": people.save_entity(actor=actor, case_id=case.pk, name="", person=entered["partner"]),
    }
    for owner, owned, economic, voting in HOLDINGS:
        people.save_holding(
            actor=actor,
            case_id=case.pk,
            owner=points[owner],
            owned=points[owned],
            economic=economic,
            voting=voting,
        )


def _enter_capital(case: Application, actor: Any) -> None:
    if not any(rb.CAPITAL in requirement.evidence for requirement in case.book.requirements):
        return
    rules = case.book.capital
    asked_for = {line.code for line in rules.lines}
    for period, (resources, liquid, expenditure) in CAPITAL.items():
        amounts: dict[str, Decimal | None] = {
            "paid_up_shares": Decimal(resources),
            "intangibles": Decimal("40000.00"),
            "liquid_assets": Decimal(liquid),
            "annual_operating_expenditure": Decimal(expenditure),
        }
        known = {line: amount for line, amount in amounts.items() if line in asked_for}
        people.save_capital(
            actor=actor, case_id=case.pk, period=period, currency=rules.currency, amounts=known
        )
    if rules.currency != "KZT":
        people.save_rate(
            actor=actor,
            case_id=case.pk,
            currency="KZT",
            rate=Decimal("520.25"),
            day=timezone.localdate(),
            source="An invented rate of the samples",
        )


def _all_questions(case: Application) -> Iterator[asked.Question]:
    """Every question that applies, also those that an earlier answer switches on."""
    seen: set[asked.Key] = set()
    while True:
        fresh = [q for q in asked.questions(load_draft(case)) if q.key not in seen]
        if not fresh:
            return
        for question in fresh:
            seen.add(question.key)
            yield question


def _answer(case: Application, actor: Any, question: asked.Question, folders: Folders | None) -> None:
    requirement = question.requirement
    person = Person.objects.get(pk=question.person_id) if question.person_id else None
    place = {"actor": actor, "case_id": case.pk, "requirement": requirement.code, "person": person}
    drafting.save_answer(**place, value=value_of(requirement))
    if rb.DOCUMENTS in requirement.evidence:
        _give_file(case, question, place, folders)


def _give_file(
    case: Application, question: asked.Question, place: dict[str, Any], folders: Folders | None
) -> None:
    """One of its own, or that of its folder: ``folders`` has the files that answer several questions."""
    requirement = question.requirement
    is_alone = folders is None or requirement.per_person or bool(requirement.slot.form)
    folder = "" if is_alone else f"{requirement.section} {requirement.slot}"
    if folders and folder in folders:
        described.pick(**place, document_id=folders[folder])
        return
    name, content = _file_for(case, question, is_alone=is_alone)
    given = drafting.attach(**place, upload=io.BytesIO(content), name=name)
    describe_as_asked(given.document, requirement, place)
    if folders is not None and folder:
        check_now(given.document_id)  # only what is checked answers a second question
        folders[folder] = given.document_id


def check_now(document_id: Any) -> None:
    """Have a file that waits scanned, as the worker would."""
    if Document.objects.filter(pk=document_id, status="waiting").exists():
        scan(document_id=document_id)


def describe_as_asked(document: Any, requirement: rb.Requirement, place: dict[str, Any]) -> None:
    """What the question asks to be said of its files."""
    slot = requirement.slot
    if slot.languages or slot.certified:
        said: dict[str, Any] = {"language": slot.languages[-1]} if slot.languages else {}
        said |= {"certification": "firm"} if slot.certified else {}
        described.describe(**place, document=document, expected_version=0, **said)


def _file_for(case: Application, question: asked.Question, *, is_alone: bool) -> tuple[str, bytes]:
    slot, code, title = question.requirement.slot, question.requirement.code, question.requirement.title["en"]
    if slot.form:
        return f"{code} {title}.xlsx", sheet_of(question.requirement, (FORM_ROW,))
    if not is_alone:
        code, title = f"{code} and others", _section(case, question)
    who = f" of {question.person_name}" if question.person_name else ""
    position = case.book.requirements.index(question.requirement)
    paragraphs = [
        f"{title}{who}. Prepared by {case.firm.name} for its application.",
        question.requirement.guidance.get("en", ""),
        "Owner: the board of directors. Reviewed once a year and after each material change. "
        "Құжат директорлар кеңесімен бекітілген. Документ утверждён советом директоров.",
        f"Requirement {code} of {case.book.code} {case.book.version}.",
    ]
    kinds = [kind for kind in KINDS if kind in slot.kinds]
    return files.sample_file(
        kinds[position % len(kinds)], title=f"{code} {title}{who}", firm=case.firm.name,
        paragraphs=tuple(text for text in paragraphs if text),
    )  # fmt: skip


def _section(case: Application, question: asked.Question) -> str:
    sections = {section.code: section for section in case.book.sections}
    return sections[question.requirement.section].title["en"]
