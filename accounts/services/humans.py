"""Which human the numbers of somebody's papers name."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.identifiers import human_hash
from accounts.models import Identifier
from workflow.errors import Refused


@transaction.atomic
def human_of(numbers: Sequence[str]) -> str:
    """The one human whom these numbers name, by papers that the caller has seen.

    Effects: each number that is new leads to that human from now on. Refused where the numbers lead to two
    humans: what each of them did stands in append-only records and cannot become one person's.
    """
    hashes = [human_hash(number) for number in numbers]
    known = _known(hashes)
    human = min(known) if known else hashes[0]
    new = [Identifier(hash=one, human=human) for one in sorted(hashes)]
    Identifier.objects.bulk_create(new, ignore_conflicts=True)
    known = _known(hashes)
    if len(known) > 1:
        raise Refused(
            [
                _(
                    "These numbers are of two people on record. Check both; give one of them if the other "
                    "was recorded for somebody else."
                )
            ]
        )
    return known.pop()


def _known(hashes: list[str]) -> set[str]:
    return set(Identifier.objects.filter(hash__in=hashes).values_list("human", flat=True))
