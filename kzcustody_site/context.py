from django.conf import settings
from django.http import HttpRequest

from accounts.sessions import left


def site(request: HttpRequest) -> dict[str, object]:
    """What every page of the three wings may show."""
    has_session = hasattr(request, "session") and hasattr(request, "user")
    signed_in = request.user.is_authenticated if has_session else False
    return {
        "session_left": left(request) if signed_in else None,
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "base_url": settings.BASE_URL,
        "languages": settings.LANGUAGES,
        "contact_email": settings.CONTACT_EMAIL,
    }
