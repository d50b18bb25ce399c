"""Where our sign-in differs from allauth's."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts import mails, second_factor, security, services
from accounts.factors import factors_of
from accounts.models import User
from accounts.queries import account_of
from accounts.requests import SignedIn, language_of_page

log = logging.getLogger(__name__)
INVITED_TO, INVITED_AS = "invited_to", "invited_as"
LINKS = ("activate_url", "password_reset_url", "signup_url")


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """A person who signs up is an applicant, whatever the form sent."""
        super().save_user(request, user, form, commit=False)
        user.full_name = form.cleaned_data["full_name"]
        user.language = language_of_page()
        return services.register(user=user) if commit else user

    def get_login_redirect_url(self, request: SignedIn) -> str:
        """Who opened an invitation before goes back to it; an applicant goes on where they stopped."""
        request.session.pop(INVITED_AS, "")
        invited_to = str(request.session.pop(INVITED_TO, ""))
        if request.user.is_staff:
            return home_for(request.user)
        return invited_to or reverse("portal:resume")

    def login(self, request: HttpRequest, user: User) -> None:
        """The first sign-in of all is no news to its holder; one from a browser not seen before is."""
        is_new = user.last_login is not None and not security.is_known(request, user)
        with transaction.atomic():
            super().login(request, user)
            services.note_sign_in(user=user, is_new_browser=is_new)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A browser is known from now on; where it names no language yet, it shows the one of the account."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        security.remember(request, response, user)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.language)
        return response

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Staff with a second factor show that, and not the password: as strong as their sign-in."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not (user.is_authenticated and user.is_staff and factors_of(user).exists()):
            return found
        return [method for method in found if method["id"] != "reauthenticate"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Staff who signed in a moment ago and have no second factor yet go on to set one up."""
        request = context.request
        is_on_the_way = request.user.is_staff and second_factor.just_signed_in(request)
        if is_on_the_way and not factors_of(request.user).exists():
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            services.note(user=email_address.user, kind="account.confirm_email")
        return confirmed

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        services.note_new_password(user=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends at once and keeps nothing: these mails hold links that open an account. In the language
        of the account, or of the page where there is none.

        A mail server that is down adds a notice; the page stays the same for known and unknown accounts.
        """
        account = context.get("user") or account_of(email)
        words = mails.of_sign_in(
            template_prefix,
            context={**context, **links_at_base_url(context)},
            language=account.language if account else language_of_page(),
        )
        try:
            mails.send(words, email)
        except (OSError, SMTPException):
            log.exception("A mail of %s could not be sent", template_prefix)
            messages.error(self.request, _("The e-mail could not be sent. Try again in a few minutes."))


def links_at_base_url(context: dict[str, Any]) -> dict[str, str]:
    """Links in mails lead to our own address, whatever host the request named."""
    return {name: settings.BASE_URL + urlsplit(context[name]).path for name in LINKS if context.get(name)}


def remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )


def remember_invitation(request: HttpRequest, email: str) -> None:
    """For a visitor without an account whose link is good: sign-up knows the e-mail it was sent to, and after
    confirming it they come back to this page.
    """
    if not request.user.is_authenticated:
        request.session[INVITED_TO], request.session[INVITED_AS] = request.path, email


def home_for(user: User) -> str:
    """The address of the wing a person works in: the desk for staff, else the portal."""
    names = ("admin:index",) if user.is_staff else ("portal:home", "home")
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    raise NoReverseMatch(f"None of these pages exists: {', '.join(names)}.")
