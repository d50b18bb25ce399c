from functools import cache, partial

from django.conf import settings
from django.http import HttpRequest

from accounts.sessions import left
from notifications.queries import unread_count


def site(request: HttpRequest) -> dict[str, object]:
    """What every page of the three wings may show. ``unread`` is asked for once, where the page says it and
    does not bring it along.
    """
    has_session = hasattr(request, "session") and hasattr(request, "user")
    user = request.user if has_session else None
    signed_in = user.is_authenticated if user else False
    return {
        "session_left": left(request) if signed_in else None,
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "unread": cache(partial(unread_count, user)) if user and user.is_authenticated else None,
        "base_url": settings.BASE_URL,
        "languages": settings.LANGUAGES,
        "contact_email": settings.CONTACT_EMAIL,
    }
