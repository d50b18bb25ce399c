"""Where our sign-in differs from allauth's."""

from allauth.account.adapter import DefaultAccountAdapter
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from accounts.models import Language, User


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """A person who signs up is an applicant: whatever the form sent, sign-up makes no staff."""
        user.full_name = form.cleaned_data["full_name"]
        user.language = language_of_page()
        user.is_staff = user.is_superuser = False
        return super().save_user(request, user, form, commit)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_for(request.user)


def language_of_page() -> str:
    language = (get_language() or Language.EN)[:2]
    return language if language in Language.values else Language.EN


def home_for(user: User) -> str:
    """The address of the wing a person works in: the desk for staff, else the portal."""
    names = ("admin:index",) if user.is_staff else ("portal:home", "home")
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    raise NoReverseMatch(f"None of these pages exists: {', '.join(names)}.")
