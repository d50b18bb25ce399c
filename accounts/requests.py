from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.models import Language, User


class SignedIn(HttpRequest):
    """The request of a view behind ``login_required``: its user is a person."""

    user: User


def language_of_page() -> str:
    language = (get_language() or Language.EN)[:2]
    return language if language in Language.values else Language.EN
