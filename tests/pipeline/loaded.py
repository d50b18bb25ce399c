"""People with work in hand, for the pages of the load."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from applications.models import Application, Consultation, InformationRequest, Stage
from applications.services.standing import keep
from applications.states import StageState as S
from regulators.models import Role

LOAD, PERSON = "/pipeline/load/", "/pipeline/load/person/"


@pytest.fixture
def team(afsa: Any, staff_of: Any) -> SimpleNamespace:
    """Two case officers, a reviewer, a specialist and a decision maker."""
    return SimpleNamespace(
        ada=staff_of(afsa, Role.CASE_OFFICER, "Ada"),
        bek=staff_of(afsa, Role.CASE_OFFICER, "Bek"),
        rena=staff_of(afsa, Role.REVIEWER, "Rena"),
        saule=staff_of(afsa, Role.SPECIALIST, "Saule"),
        dana=staff_of(afsa, Role.DECISION_MAKER, "Dana"),
    )


def take(case: Application, code: str, who: Any) -> None:
    Stage.objects.filter(application=case, code=code).delete()
    order = 9
    Stage.objects.create(application=case, code=code, order=order, state=S.IN_REVIEW, taken_by=who)
    keep([case.pk])


def ask_view(case: Application, who: Any, stage: str = "") -> None:
    Consultation.objects.create(
        application=case, inside=True, specialist=who, body=who.full_name, question="?", stage=stage,
        asked_by=case.created_by,
    )  # fmt: skip


def answered(case: Application, by: Any) -> None:
    InformationRequest.objects.create(
        application=case,
        number=1,
        status=InformationRequest.ANSWERED,
        due_on=date(2026, 11, 23),
        written_by=by,
    )
    keep([case.pk])


def rows_of(browser: Any) -> dict[str, tuple[Any, ...]]:
    """What the page says of each person: the figures, and the points."""
    response = browser.get(LOAD)
    rows = [*response.context["figures"].rows, response.context["nobodys"]]
    return {row.name: (*(figure.count for figure in row.figures), row.points) for row in rows}


@pytest.fixture
def busy(afsa: Any, add_case: Any, team: Any) -> SimpleNamespace:
    """Something of everything that the page counts."""
    new = add_case(afsa, state="submitted", officer=team.ada)
    first = add_case(afsa, officer=team.ada)
    third = add_case(afsa, officer=team.ada, approved=2)
    back = add_case(afsa, officer=team.bek, state="returned")
    last = add_case(afsa, officer=team.bek, approved=5, state="recommended")
    nobodys = add_case(afsa, approved=4)
    add_case(afsa, officer=team.ada, approved=5, state="granted", decided=date(2026, 11, 9))
    take(first, "aml", team.rena)
    take(third, "aml", team.rena)
    take(third, "it_security", team.rena)
    ask_view(first, team.saule, "capital")
    ask_view(first, team.saule)
    answered(third, team.rena)
    return SimpleNamespace(new=new, first=first, third=third, back=back, last=last, nobodys=nobodys)
