"""A person of ``draft_case`` who is invited and accepts: ``dana``, ``own_user``, ``part``."""

import io
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from applications import asked
from applications.models import Application, Person, PersonAccess
from applications.queries.drafts import load_draft
from applications.services import drafting, private
from applications.services.people import save_person
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant, passport

CANARY, CANARY_FILE = "Qanary-word-of-dana", "qanary-file-of-dana.pdf"


@pytest.fixture
def dana(draft_case: Application, firm_user: User) -> Person:
    return a_person(draft_case, firm_user, "Дана")


@pytest.fixture
def own_user(db: None) -> User:
    return new_applicant("Dana Qozhakhmetova")


@pytest.fixture
def part(draft_case: Application, firm_user: User, dana: Person, own_user: User) -> PersonAccess:
    return invited_and_accepted(draft_case, firm_user, dana, own_user)


def a_person(case: Application, actor: User, name: str, functions: Any = ()) -> Person:
    return save_person(
        actor=actor, case_id=case.pk, functions=functions or [case.book.functions[0].code],
        family_name="Қожахметова", given_names=name, patronymic="", born_on=date(1988, 7, 25),
        citizenship="IE", residence="KZ", identifier_kind="passport", identifier=passport(),
    )  # fmt: skip


def invited_and_accepted(case: Application, actor: User, person: Person, user: User) -> PersonAccess:
    _access, token = private.invite_person(
        actor=actor, case_id=case.pk, person=person, email=user.email, language="kk"
    )
    return private.accept_part(actor=fresh(user), token=token)


def question_with_text(case: Application) -> tuple[asked.Question, asked.Question]:
    """A question of each person that takes a text, and one that takes files."""
    of_each = [q for q in asked.questions(load_draft(case)) if q.person_id]
    texts = [q for q in of_each if not q.requirement.mandatory]
    return (texts or of_each)[0], next(q for q in of_each if "documents" in q.requirement.evidence)


def write_privately(
    case: Application, user: User, person: Person
) -> tuple[asked.Question, asked.Question, Any]:
    """The canary as an answer, and as the name of a file."""
    question, with_file = question_with_text(case)
    place: dict[str, Any] = {"actor": user, "case_id": case.pk, "person": person}
    drafting.save_answer(
        **place,
        requirement=question.requirement.code,
        value={"text": CANARY},
    )
    code = with_file.requirement.code
    file = drafting.attach(**place, requirement=code, upload=io.BytesIO(files.pdf()), name=CANARY_FILE)
    return question, with_file, file.document
