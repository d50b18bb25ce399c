"""Whether a mail of the pipeline may still go to its reader: asked when the mail goes, maybe hours later."""

from django.utils import timezone

from applications.models import ReportChoice
from applications.pipeline import queries
from applications.pipeline.reports.weekly import TEMPLATE
from applications.queries.passages import ZONE
from notifications.models import Message
from notifications.reasons import MANAGES_NO_MORE, NOT_WANTED

EXPORTS = ("internal_export_ready", "internal_export_failed")


def why_not(message: Message) -> str:
    """The reason for which it is withheld, or nothing: the reader manages no regulator any more, or not all
    of those that the report counts; or does not want the report.
    """
    if message.template not in (TEMPLATE, *EXPORTS) or message.recipient is None:
        return ""
    managed = queries.managed_by(message.recipient)
    if message.template in EXPORTS:
        return "" if managed else MANAGES_NO_MORE
    counted = set(message.context["regulators"].split(", "))
    if not managed or not counted <= queries.codes_managed_by(message.recipient):
        return MANAGES_NO_MORE
    return "" if _wants(message) else NOT_WANTED


def _wants(message: Message) -> bool:
    choice = ReportChoice.objects.filter(user=message.recipient, wanted=True).first()
    if choice is None:
        return False
    return choice.paused_until is None or choice.paused_until < timezone.localdate(timezone=ZONE)
