"""The table of acts: for every state and act of every machine, exactly who may take it.

``tests/tables/acts.csv`` is read by people. A state or act that it does not have fails the build; so
does a row that is gone. A difference is printed as the row that would have to be reviewed.
"""

import csv
from pathlib import Path
from typing import Any

import pytest
import rules
from django.db import transaction
from django.utils import timezone

from applications.models import Application, Destruction, IndividualApproval, LegalHold, Stage
from licences.models import Licence
from regulators import services as regulators
from regulators.models import LicenceType
from regulators.queries import current_pin
from tests.machines.world import everybody
from tests.plugins import cases
from workflow.acts import acts_of

TABLE = Path(__file__).parent.parent / "tables" / "acts.csv"
MACHINES = {
    "application": Application,
    "stage": Stage,
    "individual": IndividualApproval,
    "licence": Licence,
    "legalhold": LegalHold,
    "destruction": Destruction,
}


def states_of(model: Any) -> list[str]:
    return [str(value) for value, _label in model._meta.get_field("state").choices]


def cells() -> list[tuple[str, str, str]]:
    return [
        (name, state, act)
        for name, model in MACHINES.items()
        for act in acts_of(model)
        for state in states_of(model)
    ]


def table() -> dict[tuple[str, str, str], list[str]]:
    with TABLE.open(newline="") as file:
        return {
            (row["machine"], row["state"], row["act"]): row["allowed"].split() for row in csv.DictReader(file)
        }


def test_the_table_has_every_state_and_act_and_no_other() -> None:
    assert sorted(table()) == sorted(cells())


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One firm, everybody, and one record in each state; rolled back when the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _world()
        transaction.set_rollback(True)


def _world() -> dict[str, Any]:
    regulators.load_rulebooks(actor=cases.SHELL)
    kind = LicenceType.objects.select_related("regulator").get(code="providing-custody")
    other = LicenceType.objects.select_related("regulator").get(code="national-custody")
    firm = cases.new_firm(cases.new_applicant())
    staff, others = cases.people_of_regulator(kind), cases.people_of_regulator(other)
    pinned = current_pin(kind)
    author = firm.memberships.first().user
    records: dict[tuple[str, str], Any] = {}
    for n, state in enumerate(states_of(Application)):
        records["application", state] = _case(firm, kind, pinned, author, state, n)
    under_review = records["application", "in_review"]
    for n, state in enumerate(states_of(Stage)):
        code = under_review.book.stage_codes[n % 5]
        case = under_review if n < 5 else records["application", "approved_in_principle"]
        records["stage", state] = Stage.objects.create(application=case, code=code, order=n, state=state)
    for state in states_of(IndividualApproval):
        records["individual", state] = IndividualApproval(
            application=under_review, function="seo", state=state
        )
    for name, model in (("legalhold", LegalHold), ("destruction", Destruction)):
        for state in states_of(model):
            records[name, state] = model(application=under_review, state=state)
    for state in states_of(Licence):
        records["licence", state] = Licence(
            number=f"T-{state}",
            firm=firm,
            licence_type=kind,
            regulator="AFSA",
            state=state,
            granted_at=timezone.now(),
        )
    return {"actors": everybody(firm=firm, licence_type=kind, staff=staff, others=others), "records": records}


def _case(firm: Any, kind: Any, pinned: Any, author: Any, state: str, n: int) -> Application:
    filed = state not in ("draft", "discarded")
    owner = firm if state == "in_review" or not filed else cases.new_firm(author, f"Firm of {state}")
    case = Application.objects.create(
        firm=owner,
        licence_type=kind,
        rulebook=pinned,
        state=state,
        created_by=author,
        reference=f"T-{n}" if filed else None,
        submitted_at=timezone.now() if filed else None,
    )
    case.firm = (
        firm  # who asks is a member of this firm; the rows differ only for the one-open-case constraint
    )
    return case


@pytest.mark.django_db
@pytest.mark.parametrize(("machine", "state", "act"), cells())
def test_exactly_these_may(world: dict[str, Any], machine: str, state: str, act: str) -> None:
    instance = world["records"][machine, state]
    declared = acts_of(MACHINES[machine])[act]
    allowed = [
        name
        for name, actor in world["actors"].items()
        if state in declared.sources and rules.has_perm(declared.permission, actor, instance)
    ]
    assert allowed == table()[machine, state, act]
