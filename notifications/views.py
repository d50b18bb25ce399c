"""What we write to a person, and what of it they want by e-mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedIn
from accounts.services import choose_zone
from notifications.choices import choose_mails
from notifications.forms import MailsForm
from notifications.kinds import kinds_for
from notifications.returned import words_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: SignedIn) -> HttpResponse:
    form = MailsForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        with transaction.atomic():
            choose_zone(user=request.user, zone=form.cleaned_data["zone"])
            choose_mails(user=request.user, wanted=form.cleaned_data.get("wanted", []))
        messages.success(request, _("Your choice is saved."))
        return redirect("notifications:mails")
    kinds = kinds_for(is_staff=request.user.is_staff)
    page = {
        "form": form,
        "returned": words_for(request.user),
        "fixed": [kind for kind in kinds if not kind.courtesy],
    }
    return render(request, "notifications/mails.html", page, status=422 if form.is_bound else 200)
