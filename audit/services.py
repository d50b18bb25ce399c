"""Writing to the record."""

from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from audit.canonical import hash_of
from audit.models import START, Event
from audit.request import current_request_id

LOCK_HEAD = """
    INSERT INTO audit_chain (subject, length, head) VALUES (%s, 0, %s)
    ON CONFLICT (subject) DO UPDATE SET length = audit_chain.length
    RETURNING length, head
"""
APPEND = """
    WITH moved AS (UPDATE audit_chain SET length = %s, head = %s WHERE subject = %s)
    INSERT INTO audit_event ({}) VALUES ({}) RETURNING id
"""


class Actor(Protocol):
    """Whoever acts: a user, or the system under a name."""

    @property
    def pk(self) -> Any: ...
    @property
    def audit_name(self) -> str: ...


def record(
    *,
    subject: str,
    kind: str,
    actor: Actor,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Append one event to the subject's chain.

    Effects in order: call each of ``settings.AUDIT_HANDLERS``, as ``handler(subject=, kind=, actor=, at=)``,
    before the chain is locked, so that whatever they lock comes before it; lock the chain's head (made if
    there is none), insert the event, move the head. Call it last in the transaction that it belongs to;
    ``data`` is plain JSON without personal data.

    Raises RuntimeError outside a transaction: an act and its event commit together or not at all. Raises
    TypeError for data that would not come back from the database as it went in.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The audit event {kind} must be written inside the transaction of its act.")
    at = timezone.now()
    for path in settings.AUDIT_HANDLERS:
        import_string(path)(subject=subject, kind=kind, actor=actor, at=at)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_HEAD, [subject, START])
        length, head = cursor.fetchone()
    event = Event(
        subject=subject,
        number=length + 1,
        kind=kind,
        actor_id="" if actor.pk is None else str(actor.pk),
        actor_name=actor.audit_name,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        data=plain(data or {}),
        request_id=current_request_id(),
        at=at,
        previous_hash=head,
    )
    event.hash = hash_of(event)
    _append(event)
    return event


def _append(event: Event) -> None:
    """Insert the event and move the head of its chain, in one statement."""
    fields = [field for field in Event._meta.local_concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields]
    columns = ", ".join(str(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(APPEND.format(columns, places), [event.number, event.hash, event.subject, *values])
        (event.pk,) = cursor.fetchone()
    event._state.adding = False


def plain(value: Any) -> Any:
    """The value, if JSON in PostgreSQL gives it back unchanged: text, whole numbers, true, false, none,
    lists, objects.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: plain(item) for key, item in value.items()}
    raise TypeError(f"An audit event cannot hold {value!r}; write it as text.")
