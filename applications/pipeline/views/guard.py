"""Who may look at the pages of the pipeline."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.requests import SignedIn
from applications.pipeline import queries

View = Callable[..., HttpResponseBase]


def for_managers(view: View) -> View:
    """Whoever manages no regulator finds nothing here."""

    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not queries.managed_by(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))
