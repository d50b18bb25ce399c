"""What happens to an account is told to its holder."""

import uuid
from typing import Any

from django.urls import reverse

from accounts.security import Happening
from notifications.models import ACCOUNT
from notifications.services import tell


def on_account(news: Happening) -> None:
    """Effects: one message to the holder; of a changed e-mail one to the old address too, in case that it was
    not the holder who changed it.
    """
    key = f"account:{news.user.pk}:{news.what}:{uuid.uuid4()}"
    if news.what != "email":
        _tell(news, key, **({"factor": news.factor} if news.factor else {}))
        return
    _tell(news, f"{key}:new", is_old=False)
    if news.old_email:
        _tell(news, f"{key}:old", to=news.old_email, is_old=True)


def _tell(news: Happening, key: str, *, to: str = "", **more: Any) -> None:
    context = {"at": news.at, "network": news.network, "browser": news.browser, **more}
    tell(
        to=to or news.user,
        template=f"security_{news.what}",
        context=context,
        subject_ref=ACCOUNT,
        key=key,
        url=reverse("mfa_index"),
        language=news.user.language,
        zone=news.user.zone,
    )
