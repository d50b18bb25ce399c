"""The weekly report by mail: on or off, a pause, and how it would read today."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedIn
from applications.pipeline import queries
from applications.pipeline.filters import StrictForm
from applications.pipeline.reports import choosing, weekly
from applications.pipeline.reports.totals import told, totals
from applications.pipeline.views.guard import for_managers
from look.mail_frame import Words
from notifications import mails


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: SignedIn) -> HttpResponse:
    today, choice = timezone.localdate(), choosing.choice_of(request.user)
    stands = {"wanted": choice.wanted, "paused_until": choice.paused_until} if choice else {}
    data = request.POST if request.method == "POST" else None
    form = choosing.ReportForm(data, initial=stands, today=today)
    if form.is_valid():
        given = form.cleaned_data
        choosing.choose_report(user=request.user, wanted=given["wanted"], paused_until=given["paused_until"])
        messages.success(request, _("Your choice is saved."))
        return redirect("pipeline:report")
    address = StrictForm(request.GET)
    page = {
        "form": form,
        "address": address,
        "choice": choice,
        "today": today,
        "next_on": weekly.next_on(choice, timezone.now()) if choice else None,
        "preview": _preview(request, today),
    }
    status = 422 if form.is_bound else 200 if address.is_valid() else 400
    return render(request, "pipeline/report.html", page, status=status)


def _preview(request: SignedIn, today: object) -> Words:
    return mails.render(
        weekly.TEMPLATE,
        context=told(totals(queries.managed_by(request.user), timezone.localdate())),
        subject_ref="",
        language=translation.get_language()[:2],
        internal=True,
        url=settings.BASE_URL + reverse("pipeline:overview"),
        zone=request.user.zone,
    )
