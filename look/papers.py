"""Papers that are drawn in each language of the service: the one that was chosen, and the links to all."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

IN_THEMSELVES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}


def language_of(request: HttpRequest) -> str:
    """The language that the reader chose for the paper, else the one of the page."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else (get_language() or "en")[:2]


def pdf_links(url: str) -> list[dict[str, str]]:
    """The PDF in each language, each named in itself."""
    return [
        {"url": f"{url}?language={code}", "code": code, "name": IN_THEMSELVES[code]}
        for code, _name in settings.LANGUAGES
    ]
