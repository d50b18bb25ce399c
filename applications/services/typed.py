"""Typed text that is not saved yet: kept on the server for the person who typed it."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import rules
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import firms_of
from applications.mandates import mandates_of
from applications.models import Application, Person, PersonAccess, TypedText
from workflow.errors import Gone, Refused

KEPT_FOR = timedelta(days=30)  # our own policy
LONGEST = 200_000  # characters of all fields of a page together
MOST_FIELDS = 1000
A_NAME = re.compile(r"[\w-]{1,100}")


class TooMuch(Refused):
    """More than is kept for one page."""


def keep_typed(*, actor: User, case_id: Any, path: str, fields: Mapping[str, Sequence[str]]) -> TypedText:
    """Keep what was typed on a page in place of what was kept there before. ``case_id`` is None for a page
    about a firm alone.

    ``fields`` are those of the form, by name. Effects: write the row. No answer changes, no version, no
    audit event. Raises Gone where the actor neither acts for the firm of the case nor advises it nor has a
    part of the case nor works on it as staff (any more), or acts for no firm at all where there is no case;
    and TooMuch.
    """
    if not actor.is_active or not _may_keep(actor, case_id):
        raise Gone
    if len(fields) > MOST_FIELDS or not all(A_NAME.fullmatch(name) for name in fields):
        raise TooMuch([_("This page has more fields than can be kept.")])
    plain = {name: [text.replace("\0", "") for text in texts] for name, texts in fields.items()}
    if len(json.dumps(plain, ensure_ascii=False)) > LONGEST:
        raise TooMuch([_("This is too long to be kept while you type. Save the page now.")])
    row, _made = TypedText.objects.update_or_create(
        user=actor,
        path=path,
        defaults={"application_id": case_id, "fields": plain, "at": timezone.now()},
    )
    return row


def _may_keep(actor: User, case_id: Any) -> bool:
    if case_id is None:
        return firms_of(actor).exists()
    if actor.is_staff:
        case = Application.objects.filter(pk=case_id).first()
        return case is not None and bool(rules.has_perm("applications.work_on_case", actor, case))
    advised = [one.firm_id for one in mandates_of(actor).values()]
    of_the_firm = Q(firm__in=firms_of(actor)) | Q(firm__in=advised)
    own_part = Q(pk__in=PersonAccess.objects.filter(user=actor, ended_at=None).values("application"))
    return Application.objects.filter(of_the_firm | own_part, pk=case_id).exists()


def throw_away(*, actor: User, path: str) -> None:
    """Forget what the actor typed on this page: it is saved, or not wanted."""
    TypedText.objects.filter(user=actor, path=path).delete()


def forget_typed_of(*, case: Application) -> None:
    """Forget what anybody typed on the pages of a case."""
    with transaction.atomic():
        TypedText.objects.filter(application=case).delete()


def forget_typed_about(*, case: Application, person: Person, given_by: Any = None) -> None:
    """Forget what was typed about a person of a case, on their own part of it too: all, or by one account."""
    of_case = TypedText.objects.filter(application=case)
    if given_by is not None:
        of_case = of_case.filter(user=given_by)
    parts = PersonAccess.objects.filter(application=case, person=person).values_list("pk", flat=True)
    for key in (person.pk, *parts):
        of_case.filter(path__contains=str(key)).delete()


def sweep_typed() -> int:
    """Forget what is older than KEPT_FOR; how many rows that were."""
    gone, _by_model = TypedText.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    return gone
