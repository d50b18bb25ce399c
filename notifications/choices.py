"""Which courtesies a person wants by e-mail. The notice centre keeps them all the same."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.people import subject_of
from audit.services import record
from notifications.kinds import COURTESY_OF, kinds_for
from notifications.models import SwitchedOff
from workflow.errors import Refused


def switched_off(user: User) -> frozenset[str]:
    """The kinds that this person wants no e-mail of."""
    return frozenset(SwitchedOff.objects.filter(user=user).values_list("kind", flat=True))


def is_off(user: User, mail: str) -> bool:
    """Whether this mail is not to be sent to this person. One query for a courtesy, none for any other."""
    kind = COURTESY_OF.get(mail)
    return kind is not None and kind in switched_off(user)


def off_for(person: str, mail: str) -> Exists | Value:
    """The same in the query that reads the people to be told: ``person`` is the field with their key."""
    kind = COURTESY_OF.get(mail)
    if kind is None:
        return Value(False)
    return Exists(SwitchedOff.objects.filter(user=OuterRef(person), kind=kind))


def off_among(people: Collection[int], mails: Iterable[str]) -> frozenset[tuple[int, str]]:
    """The person and the mail, of each of these mails that one of these people has switched off. One query
    where a courtesy is among them.
    """
    kinds = {mail: COURTESY_OF[mail] for mail in mails if mail in COURTESY_OF}
    if not kinds:
        return frozenset()
    off = set(SwitchedOff.objects.filter(user__in=people).values_list("user_id", "kind"))
    return frozenset((pk, mail) for pk in people for mail, kind in kinds.items() if (pk, kind) in off)


@transaction.atomic
def choose_mails(*, user: User, wanted: Iterable[str]) -> frozenset[str]:
    """A person says which courtesies to send; all others of theirs are off from now on.

    Effects in order: lock the account; write what is off; append the audit event. Nothing where nothing
    changed. What waits to be sent is left. Raises Refused for what is no courtesy of theirs.
    """
    courtesies = {kind.code for kind in kinds_for(is_staff=user.is_staff) if kind.courtesy}
    chosen = set(wanted)
    if not chosen <= courtesies:
        raise Refused([_("One of these cannot be chosen any more. Look at the list again, then save.")])
    User.objects.select_for_update().get(pk=user.pk)
    before, off = switched_off(user), frozenset(courtesies - chosen)
    if off == before:
        return off
    SwitchedOff.objects.filter(user=user).exclude(kind__in=off).delete()
    SwitchedOff.objects.bulk_create(SwitchedOff(user=user, kind=kind) for kind in sorted(off - before))
    record(subject=subject_of(user), kind="account.choose_mails", actor=user, data={"off": sorted(off)})
    return off
