"""The page that leads a member of staff to a second factor. Setting one up is allauth's."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.factors import factors_of
from accounts.requests import SignedIn


@never_cache
@login_required
@require_safe
def second_factor(request: SignedIn) -> HttpResponse:
    if not request.user.is_staff:
        raise Http404
    if factors_of(request.user).exists():
        return redirect("mfa_index")
    return render(request, "accounts/second_factor.html")
