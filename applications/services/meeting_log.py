"""The log of meetings and interviews on a case: written once, corrected by a further entry."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Meeting, Person
from applications.presses import same_press
from applications.queries.meeting_log import people_on
from applications.services.guard import insist, locked_case
from audit.services import record


def log_meeting(
    *,
    actor: Any,
    case: Application,
    kind: str,
    held_on: date,
    place: str,
    subject: str,
    minutes: str,
    actions: str = "",
    staff: Collection[Any] = (),
    people: Collection[Any] = (),
    others: str = "",
    person: Person | None = None,
    corrects: Meeting | None = None,
    seen: int | None = None,
) -> Meeting:
    """Enter what was held. ``staff`` are accounts, ``people`` keys of persons of the case, ``others`` names.

    ``seen`` is the newest entry of when the page was made: a second press enters nothing again. No side of
    the case is taken by it, as by a note. Effects in order: the entry with its next number; audit event
    without its text. Raises NotReady for a day to come, nobody who took part, or a person of no case.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.log_meeting")
        insist(kind in dict(Meeting.KINDS), _("Choose what it was."))
        insist(held_on <= timezone.localdate(), _("The log is of what was held: give a day that has come."))
        for text in (place, subject, minutes):
            insist(text.strip(), _("Write the place, the subject and the minutes."))
        insist(staff or people or others.strip(), _("Say who took part."))
        here = {str(one.pk) for one in people_on(case)}
        wanted = {str(key) for key in people} | ({str(person.pk)} if person else set())
        insist(wanted <= here, _("Choose people of this application."))
        insist(
            corrects is None or corrects.application_id == case.pk, _("The entry is of another application.")
        )
        words = {
            "kind": kind, "held_on": held_on, "place": place.strip(), "subject": subject.strip(),
            "minutes": minutes, "actions": actions, "staff": sorted(user.full_name for user in staff),
            "people": sorted(str(key) for key in people), "others": others.strip(), "person": person,
            "corrects": corrects, "written_by": actor,
        }  # fmt: skip
        if before := same_press(case.meetings.all(), seen=seen, **words):
            return before
        last = case.meetings.aggregate(last=Max("number"))["last"] or 0
        entry = Meeting.objects.create(application=case, number=last + 1, **words)
        facts = {"number": entry.number, "kind": kind, "corrects": corrects.number if corrects else 0}
        record(subject=case.audit_subject, kind="application.meeting", actor=actor, data=facts)
    return entry
