"""Keeping with a case where it stands, and by which words it is found."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.db.models.sql import UpdateQuery

from accounts.models import Firm
from applications.conditions.opened import OPENINGS
from applications.models import Application, SearchText
from applications.queries.retention import kept_since
from applications.queries.search import SEPARATOR, words_of_firm, words_of_people
from applications.queries.standing import computed
from applications.subjects import case_in
from audit.services import Actor

LICENCE = "licence:"
KEY, AT = uuid.UUID(int=0), datetime(1, 1, 1, tzinfo=UTC)  # stand for those of an event


def on_event(*, subject: str, kind: str, actor: Actor, at: datetime) -> None:
    """At the end of an act on a case, in its transaction: keep where the case stands now; at the end of one
    on a licence, since when the documents of its case are kept. One query.
    """
    if subject.startswith(LICENCE):
        of_licence = Application.objects.filter(licence__number=subject.removeprefix(LICENCE))
        of_licence.update(kept_since=kept_since())
        return
    key = case_in(subject)
    if not key or kind in OPENINGS:
        return
    sql, values = _statement(a_person=actor.pk is not None)
    true: dict[Any, Any] = {KEY: uuid.UUID(key), AT: at}
    with connection.cursor() as cursor:
        cursor.execute(sql, [true.get(value, value) for value in values])


@cache
def _statement(*, a_person: bool) -> tuple[str, tuple[Any, ...]]:
    """Made once in a process: Django takes longer to make it than PostgreSQL to run it."""
    now = computed()
    del now["active_at"]
    if a_person:
        now["active_at"] = Greatest(F("active_at"), Value(AT))
    query = Application.objects.filter(pk=KEY).query.chain(UpdateQuery)
    query.add_update_values(now)  # type: ignore[attr-defined]
    sql, values = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, tuple(values)


def keep(cases: Collection[Any]) -> int:
    """Keep anew where these cases stand (their keys), for rows that were written past the services. Returns
    how many there were.
    """
    return Application.objects.filter(pk__in=cases).update(**computed())


@transaction.atomic
def keep_words(case: Application) -> None:
    """By what the case is found from now on, when something is submitted: its firm and its people. The firm
    is locked, so that a correction of its data comes before or after.
    """
    case.firm = Firm.objects.select_for_update(no_key=True).get(pk=case.firm_id)
    text = SEPARATOR.join([words_of_firm(case), words_of_people(case)])
    SearchText.objects.update_or_create(application=case, defaults={"text": text})


def keep_words_of_firm(firm: Firm) -> None:
    """The same where the firm is corrected. The people stay those that were submitted, also in this moment:
    the rows are locked before they are read.
    """
    kept = SearchText.objects.filter(application__firm=firm).select_related("application")
    kept = kept.select_for_update(of=("self",))
    for row in kept.order_by("pk"):
        row.application.firm = firm
        people = row.text.partition(SEPARATOR)[2]
        row.text = SEPARATOR.join([words_of_firm(row.application), people])
        row.save(update_fields=["text"])
