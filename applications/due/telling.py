"""Telling what is due: each date once, and all of one person's in one mail, in few queries for many."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from accounts.models import User
from accounts.queries import members_of
from applications.due.batches import batches
from applications.due.found import Due
from applications.due.spared import alone
from applications.queries.conflicts import conflicts_of
from applications.services.tell import case_url, name_for
from notifications.choices import off_among
from notifications.mails import MAILS
from notifications.models import Reminder
from notifications.reminding import key_of, new_reminders, tell_of_each
from notifications.writing import Letter
from regulators.queries import at_work, holders

logger = logging.getLogger(__name__)
FIRMS = 100  # told in one transaction
DATES = 500  # of staff, told in one transaction
LINES = 100  # of a mail; a person with more gets more mails

Readers = Callable[[Sequence[Due]], list[list[User]]]
Teller = Callable[[Iterable[Letter]], None]


class Dated(NamedTuple):
    due: Due
    reminder: Reminder


def remind_firms(found: Iterable[Due]) -> int:
    """Tell each person of a firm once of each date; several dates of one firm go in one mail. ``found`` has
    those of one firm together. Returns how many dates were new. While a firm has nobody to tell, none of its
    dates counts as told.

    Effects in order, in one transaction for many firms: write a reminder for each new date; write the
    messages of each person; wake the sender after commit. Where that fails, the same for each firm by itself,
    then for each date and each of its people. Who cannot be written to is logged while the others are told;
    a date of which nobody could be told is logged and left to the next run.
    """
    by_firm = (list(due) for _firm, due in groupby(found, key=lambda due: due.case.firm_id))
    return sum(_all_or_each(batch, _people_of_firms) for batch in batches(by_firm, FIRMS))


def remind_staff(found: Iterable[Due]) -> int:
    """The same for staff of the regulators, in one transaction for many dates."""
    single = ([due] for due in found)
    return sum(_all_or_each(batch, _staff) for batch in batches(single, DATES))


def _all_or_each(groups: list[list[Due]], readers: Readers) -> int:
    if len(groups) > 1:
        try:
            with transaction.atomic():
                return _remind([due for group in groups for due in group], readers, tell=tell_of_each)
        except Exception as error:
            logger.info("Reminders are written one by one: %s", type(error).__name__)
    return sum(_group(group, readers) for group in groups)


def _group(group: list[Due], readers: Readers) -> int:
    told = 0
    first = group[0]
    with alone(first.subject if first.internal else f"firm:{first.case.firm_id}"):
        return _remind(group, readers, tell=tell_of_each)
    for one in group:
        with alone(one.subject):
            told += _remind([one], readers, tell=_tell_whom_it_can)
    return told


def _tell_whom_it_can(told: Iterable[Letter]) -> None:
    """Who cannot be written to is logged, and the others are told; where that is nobody it is the fault of
    the date.
    """
    faults: dict[int, Exception] = {}
    letters = list(told)
    for one in letters:
        try:
            with transaction.atomic():
                tell_of_each([one])
        except Exception as error:
            assert isinstance(one.to, User)
            faults[one.to.pk] = error
    if faults and len(faults) == len(letters):
        raise next(iter(faults.values()))
    for person, fault in faults.items():
        logger.error("user:%s could not be reminded", person, exc_info=fault)


def _remind(dates: list[Due], readers: Readers, *, tell: Teller) -> int:
    told = [(due, people) for due, people in zip(dates, readers(dates), strict=True) if people]
    new = new_reminders([due.key for due, _people in told])
    letters: dict[tuple[Any, User], list[Dated]] = defaultdict(list)
    for due, people in told:
        if due.key in new:
            for user in people:
                letters[None if due.internal else due.case.firm_id, user].append(Dated(due, new[due.key]))
    kinds = {due.kind for due, _people in told if due.key in new}
    off = off_among({user.pk for _firm, user in letters}, kinds)
    tell(one for (_firm, user), theirs in letters.items() for one in letters_to(user, theirs, off))
    return len(new)


def letters_to(
    user: User, dates: list[Dated], off: frozenset[tuple[int, str]] = frozenset()
) -> Iterator[Letter]:
    """What the person wants no e-mail of goes into no mail with others: it is a notice by itself."""
    unwanted = [one for one in dates if (user.pk, one.due.kind) in off]
    for one in unwanted:
        yield _letter(user, [one], off=True)
    wanted = [one for one in dates if (user.pk, one.due.kind) not in off]
    for some in batches(sorted(wanted, key=lambda one: one.due.due_on), LINES):
        yield _letter(user, some, off=False)


def _letter(user: User, dates: list[Dated], *, off: bool) -> Letter:
    """A date by itself has its own mail, where there is one; else it is a line of the mail of several."""
    first, reminder = dates[0]
    if len(dates) == 1 and first.kind in MAILS:
        template, context, url = first.kind, {"due": first.due_on, **first.context}, first.url
    else:
        rows = [_row(user, *one) for one in dates]
        template = "internal_digest" if first.internal else "digest"
        context, url = {"items": len(rows), "rows": rows}, _url_of_all(dates)
    return Letter(
        key=key_of(reminder, user), reminder=reminder, to=user, template=template, context=context, url=url,
        off=off, subject_ref=name_for(user, first.case), is_draft=not first.case.reference,
        about=first.case.audit_subject, internal=first.internal,
        firm=None if first.internal else first.case.firm,
    )  # fmt: skip


def _url_of_all(dates: list[Dated]) -> str:
    cases = {one.due.case.pk: one.due.case for one in dates}
    internal = dates[0].due.internal
    if len(cases) > 1:
        return reverse("admin:index" if internal else "portal:home")
    [case] = cases.values()
    return case_url(case, internal=internal)


def _row(user: User, due: Due, reminder: Reminder) -> dict[str, Any]:
    """One line of the mail. It knows its reminder: what stands no more when the mail goes is left out."""
    with translation.override(user.language):
        context = {name: _said(value) for name, value in due.context.items()}
    return {
        "ref": name_for(user, due.case), "about": due.case.audit_subject, "kind": due.kind,
        "due": due.due_on, **context,
        "reminder": reminder.pk, "url": due.url, "is_draft": not due.case.reference,
    }  # fmt: skip


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value


def _people_of_firms(dates: Sequence[Due]) -> list[list[User]]:
    members = members_of({due.case.firm_id for due in dates})
    return [members[due.case.firm_id] for due in dates]


def _staff(dates: Sequence[Due]) -> list[list[User]]:
    regulators = {due.case.regulator_id for due in dates}
    people = at_work(regulators, {pk for due in dates for pk in due.people})
    roles = {role for due in dates for role in (*due.roles, *due.raised_to)}
    holding = holders(regulators, roles)
    declared = conflicts_of({due.case.pk for due in dates})

    def without_conflict(due: Due, users: Iterable[User]) -> list[User]:
        return [user for user in users if (due.case.pk, user.human) not in declared]

    def named(due: Due) -> list[User]:
        ours = ((due.case.regulator_id, pk) for pk in due.people)
        return without_conflict(due, (people[one] for one in ours if one in people))

    def with_one_of(due: Due, roles: tuple[str, ...]) -> list[User]:
        held = (user for role in roles for user in holding[due.case.regulator_id, role])
        return without_conflict(due, held)

    return [
        _once([*(named(due) or with_one_of(due, due.roles)), *with_one_of(due, due.raised_to)])
        for due in dates
    ]


def _once(users: Iterable[User]) -> list[User]:
    return list({user.pk: user for user in users}.values())
