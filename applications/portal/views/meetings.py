"""Asking for a meeting before an application, and what came of it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.queries import firms_of
from accounts.requests import SignedIn
from applications.models import MeetingRequest
from applications.portal import typed
from applications.portal.access import page
from applications.portal.forms import PlainForm
from applications.services.meetings import ask_for_meeting, withdraw_meeting
from regulators import books
from regulators.models import LicenceType
from regulators.rulebook import say
from workflow.errors import NotAllowed, Refused, status_of

LATEST = 50


class LicenceTypeField(forms.ModelChoiceField):
    def label_from_instance(self, licence_type: Any) -> str:
        """As the list of what one can apply for names it."""
        return str(say(books.current(licence_type.code).title))


class MeetingForm(PlainForm):
    firm: Any = forms.ModelChoiceField(queryset=None, label=gettext_lazy("For which firm"))
    licence_type: Any = LicenceTypeField(
        queryset=None,
        label=gettext_lazy("About which licence or file"),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose what the meeting is about.")},
    )
    topics = forms.CharField(
        label=gettext_lazy("What do you want to talk about?"),
        help_text=gettext_lazy("The staff of the regulator read this. Leave out secrets and personal data."),
        widget=forms.Textarea({"rows": 6}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Say what the meeting is to be about.")},
    )
    wished = forms.CharField(
        label=gettext_lazy("Which days and times suit you?"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say which days and times suit you.")},
    )
    spoken = forms.ChoiceField(label=gettext_lazy("Language of the meeting"), choices=settings.LANGUAGES)

    def __init__(self, firms: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["firm"].queryset = firms
        fields["licence_type"].queryset = LicenceType.objects.select_related("regulator").order_by("title")
        if len(firms) == 1:
            fields["firm"].initial, fields["firm"].empty_label = firms[0], None


@page("GET", "POST")
def meetings(request: SignedIn) -> HttpResponse:
    """What was asked for and answered, and a form to ask."""
    firms = firms_of(request.user)
    if not firms:
        raise Http404
    kept = typed.Page(request)
    language = {"spoken": (get_language() or "en")[:2]}
    form = kept.form(request, lambda data, files: MeetingForm(firms, data, initial=dict(language)))
    refusal = None
    if form.is_valid():
        wanted = {**form.cleaned_data}
        try:
            ask_for_meeting(actor=request.user, language=wanted.pop("spoken"), **wanted)
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("The meeting is asked for. You get an e-mail when it is answered."))
            return redirect("portal:meetings")
    asked = MeetingRequest.objects.filter(firm__in=firms).select_related("firm", "licence_type", "asked_by")
    context = {
        "form": form, "meetings": asked[:LATEST], "reasons": refusal.reasons if refusal else [],
        "typed_page": kept,
    }  # fmt: skip
    status = 422 if form.errors else status_of(refusal)
    return render(request, "portal/meetings.html", context, status=status)


@page("POST")
def meeting_withdraw(request: SignedIn, meeting: int) -> HttpResponse:
    found = MeetingRequest.objects.filter(firm__in=firms_of(request.user), pk=meeting).first()
    if found is None:
        raise Http404
    try:
        withdraw_meeting(actor=request.user, meeting=found)
    except NotAllowed:
        raise
    except Refused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason.text)
    else:
        messages.success(request, _("The request for a meeting is withdrawn."))
    return redirect("portal:meetings")
