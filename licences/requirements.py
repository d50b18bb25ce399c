"""What an act on a licence waits for."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.errors import Reason


def expiry_has_come(licence: Any, data: dict[str, Any]) -> list[Reason]:
    if licence.valid_until is None:
        return [Reason(_("This licence has no last day, so it cannot expire."))]
    if timezone.localdate() <= licence.valid_until:
        last_day = licence.valid_until.strftime("%d.%m.%Y")
        return [Reason(_("The licence is valid to the end of %(day)s.") % {"day": last_day})]
    return []
