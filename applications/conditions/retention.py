"""What stands in the way of destroying the documents of a case."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.queries import retention as queries
from look import words
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Destruction

Data = dict[str, Any]
Reasons = list[Reason]


def is_due(destruction: "Destruction", data: Data) -> Reasons:
    """The case has ended, and the last day of the regulator's period is over."""
    until = queries.kept_until(destruction.application)
    if until is None:
        return [Reason(_("The documents of this case are kept: no day is set on which their time ends."))]
    if timezone.localdate() <= until:
        return [Reason(_("The documents of this case are kept until %(day)s.") % {"day": words.day(until)})]
    return []


def is_not_held(destruction: "Destruction", data: Data) -> Reasons:
    if queries.is_held(destruction.application):
        return [Reason(_("A legal hold stands on the case: nothing of it is destroyed."))]
    return []


def has_documents_to_destroy(destruction: "Destruction", data: Data) -> Reasons:
    if queries.free_of(destruction.application):
        return []
    return [Reason(_("Every document of this case is also in a case whose documents are kept."))]
