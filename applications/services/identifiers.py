"""The number of a person's papers, shown to staff who ask for it."""

from typing import Any

from django.db import transaction

from applications.models import Application, Person
from applications.services.guard import locked_case
from audit.services import record
from workflow.errors import Gone


def show_number(*, actor: Any, case: Application, person_id: Any) -> Person:
    """The person with the number in clear, for somebody who works on a case that the person was submitted in.

    Effects: an audit event that names the person and not the number, committed before this returns. Raises
    NotAllowed, and Gone where the person is in no submission of the case.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.work_on_case")
        person = Person.objects.filter(pk=person_id, firm=case.firm_id).first()
        if person is None or not case.snapshots.filter(content__people__has_key=str(person_id)).exists():
            raise Gone
        record(
            subject=case.audit_subject,
            kind="application.number_shown",
            actor=actor,
            data={"person": str(person.pk)},
        )
    return person
