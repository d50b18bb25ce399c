from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """The request of a view behind ``login_required``: its user is a person."""

    user: User
