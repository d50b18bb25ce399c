"""The number of a person's papers, shown to staff who ask for it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Application, Person
from applications.queries.submitted_people import read_facts
from applications.services.guard import locked_case
from audit.services import record
from workflow.errors import Gone


@dataclass(frozen=True, kw_only=True)
class Number:
    """As submitted; masked where the firm has put another one on record since."""

    name: str
    kind: str
    number: str
    is_whole: bool


def show_number(*, actor: Any, case: Application, person_id: Any) -> Number:
    """The number in clear, for somebody who works on a case that the person was submitted in. A submission
    keeps its keyed hash and its last characters, and the firm's record may have changed: another number than
    the submitted one is not shown.

    Effects: an audit event that names the person and not the number, committed before this returns. Raises
    NotAllowed, and Gone where the person is in no submission of the case.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.work_on_case")
        person = Person.objects.filter(pk=person_id, firm=case.firm_id).first()
        submitted = read_facts(case).get(str(person_id))
        if person is None or submitted is None:
            raise Gone
        record(
            subject=case.audit_subject,
            kind="application.number_shown",
            actor=actor,
            data={"person": str(person.pk)},
        )
    is_whole = submitted.get("human", person.human) == person.human
    return Number(
        name=submitted.get("name") or person.full_name,
        kind=person.get_identifier_kind_display() if is_whole else _("As submitted"),
        number=person.identifier if is_whole else submitted.get("number", ""),
        is_whole=is_whole,
    )
