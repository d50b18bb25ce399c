"""Whom the news of a licence goes to, and under which key, so that nothing is told twice."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.queries import people_of
from licences.models import Licence
from notifications.services import tell


def firm(licence: Licence, template: str, *, key: str, **context: Any) -> None:
    """One message for each person who acts for the firm today; it leads to the licence in the portal."""
    url = settings.BASE_URL + reverse("portal:licence", args=[licence.number])
    for membership in {m.user_id: m for m in people_of(licence.firm)}.values():
        tell(
            to=membership.user,
            template=template,
            context=context,
            subject_ref=licence.number,
            key=f"licence:{licence.number}:{key}:{membership.user_id}",
            url=url,
            firm=licence.firm,
            about=f"licence:{licence.number}",
        )
