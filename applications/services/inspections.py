"""Evidence inspected where it is kept: entered by one inspector, confirmed by the other."""

from collections.abc import Collection
from datetime import date
from typing import Any

import rules
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Inspection, InspectionConfirmed
from applications.presses import same_press
from applications.services import tell
from applications.services.guard import insist, locked_case, take_side
from applications.states import DECIDED
from audit.services import record
from regulators.rulebook import INSPECTED
from workflow.acts import EXAMINE
from workflow.errors import NotAllowed

INSPECT = "applications.assess_stage"


def record_inspection(
    *,
    actor: Any,
    case: Application,
    requirement: str,
    inspected_on: date,
    place: str,
    shown: str,
    found: str,
    second: Any,
    hashes: Collection[dict[str, str]] = (),
    corrects: Inspection | None = None,
    seen: int | None = None,
) -> Inspection:
    """Enter what the actor and ``second`` were shown of a requirement that is inspected on site. ``seen`` is
    the newest entry of when the page was made: a second press enters nothing again.

    Effects in order: take the examining side; the entry with its next number; a mail to the second inspector;
    audit event without its texts. Raises NotAllowed, and NotReady for a requirement of another kind, a day to
    come, a text that is missing, or a second inspector who is the same human or may not assess the case.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission=INSPECT)
        insist(case.state not in DECIDED, _("The application is decided."))
        rule = case.book.by_code.get(requirement)
        insist(rule is not None and INSPECTED in rule.evidence, _("This is not inspected on site."))
        insist(inspected_on <= timezone.localdate(), _("Give a day that has come."))
        for text in (place, shown, found):
            insist(text.strip(), _("Write the place, what was shown, and what you found."))
        insist(_is_another(actor, second, case), _("Choose somebody else who may assess this case."))
        insist(
            corrects is None or (corrects.application_id, corrects.requirement) == (case.pk, requirement),
            _("The entry is of another requirement."),
        )
        words = {
            "requirement": requirement, "inspected_on": inspected_on, "place": place.strip(), "shown": shown,
            "hashes": list(hashes), "found": found, "written_by": actor, "second": second,
            "corrects": corrects,
        }  # fmt: skip
        if before := same_press(case.inspections.all(), seen=seen, **words):
            return before
        take_side(case, actor=actor, side=EXAMINE, act="inspect")
        last = case.inspections.aggregate(last=Max("number"))["last"] or 0
        entry = Inspection.objects.create(application=case, number=last + 1, **words)
        tell.person(case, second, "internal_assigned", key=f"inspection:{entry.pk}")
        facts = {"number": entry.number, "requirement": requirement, "second": second.audit_name}
        corrected = corrects.number if corrects else 0
        record(
            subject=case.audit_subject,
            kind="application.inspection",
            actor=actor,
            data={**facts, "hashes": [one["sha256"] for one in hashes], "corrects": corrected},
        )
    return entry


def confirm_inspection(*, actor: Any, inspection: Inspection) -> InspectionConfirmed:
    """The second inspector says that it was so; a second press says nothing again.

    Effects in order: take the examining side; the confirmation; audit event. Raises NotAllowed for anybody
    else, NotReady where a further entry corrects this one or the case is decided.
    """
    with transaction.atomic():
        case = locked_case(inspection.application_id, actor=actor, permission=INSPECT)
        if inspection.second_id != actor.pk:
            raise NotAllowed([_("The second inspector confirms this.")])
        if before := InspectionConfirmed.objects.filter(inspection=inspection).first():
            return before
        insist(case.state not in DECIDED, _("The application is decided."))
        insist(not inspection.corrections.exists(), _("A further entry corrects this one: confirm that one."))
        take_side(case, actor=actor, side=EXAMINE, act="confirm_inspection")
        confirmed = InspectionConfirmed.objects.create(inspection=inspection, by=actor)
        facts = {"number": inspection.number, "requirement": inspection.requirement}
        record(subject=case.audit_subject, kind="application.inspection_confirmed", actor=actor, data=facts)
    return confirmed


def _is_another(actor: Any, second: Any, case: Application) -> bool:
    return second.human != actor.human and bool(rules.has_perm(INSPECT, second, case))
