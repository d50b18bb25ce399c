"""The notice centre of staff: what one of them was told as such."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from applications.models import Application
from applications.queries.told import Among, IsNamed
from applications.rules import in_conflict
from licences.models import Licence
from notifications.models import ACCOUNT, Message, Status
from regulators.queries import regulators_of


def staff_notices(user: Any) -> QuerySet[Message]:
    """Everything this person was told as staff or of the own account, newest first, in the words of the mail.
    Not what was withheld, nor what is about a case or a licence of a regulator that the person left, or about
    a case in which the person has a conflict of interest.
    """
    named = Application.objects.filter(IsNamed(F("pk"), OuterRef("about"))).order_by()
    regulators = regulators_of(user)
    elsewhere = named.exclude(licence_type__regulator__in=regulators)
    licences = Licence.objects.filter(Among(Concat(Value("licence:"), F("number")), OuterRef("about")))
    licences = licences.exclude(licence_type__regulator__in=regulators)
    told = Message.objects.filter(Q(internal=True) | Q(subject_ref=ACCOUNT), recipient=user)
    told = told.exclude(status=Status.WITHHELD).exclude(Exists(elsewhere)).exclude(Exists(licences))
    return told.exclude(Exists(in_conflict(named, user.human))).order_by("-pk")


def unread_of_staff(user: Any) -> int:
    return staff_notices(user).filter(read_at=None).count()
