from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page of the three wings may show."""
    return {
        "base_url": settings.BASE_URL,
        "languages": settings.LANGUAGES,
        "contact_email": settings.CONTACT_EMAIL,
    }
