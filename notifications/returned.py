"""What a person is told whose mail comes back: here, since it does not reach them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from look import words
from notifications.queries import came_back_at


def words_for(user: User) -> str:
    """Empty where nothing came back of late."""
    at = came_back_at(user.email)
    if at is None:
        return ""
    said = _(
        "A mail that we sent to %(email)s came back on %(day)s. Check that this is your e-mail address, "
        "and that it takes mail."
    ) % {"email": user.email, "day": words.day(at)}
    return format_html('{} <a href="{}">{}</a>', said, reverse("account_email"), _("Change your e-mail"))


def say(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """At each sign-in, on the page that comes next."""
    if told := words_for(user):
        messages.warning(request, told, fail_silently=True)
