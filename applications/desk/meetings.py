"""Meetings before an application, on the desk: asked for by firms, answered by a case officer."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import MeetingRequest
from applications.services.meetings import decline_meeting, offer_meeting
from look import words
from look.fields import DayMonthYearField
from regulators.admin import ReadOnlyAdmin, WithPages
from regulators.desk.base import DeskForm, Page, text
from regulators.models import Role


class OfferForm(DeskForm):
    meets_on = DayMonthYearField(label=gettext_lazy("Day of the meeting"))
    meets_at = text(
        gettext_lazy("Time and place, or how to join from afar"),
        most=300,
        rows=2,
    )
    answer = text(gettext_lazy("What else the firm should know"), most=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = False


class DeclineForm(DeskForm):
    answer = text(gettext_lazy("Why not, and what the firm can do instead"), most=4000, rows=5)


class OfAMeeting(Page):
    regulator = "licence_type.regulator"
    roles = frozenset({Role.CASE_OFFICER})
    refusal = gettext_lazy("Only a case officer of the regulator may do this.")

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return bool(row.status == MeetingRequest.ASKED)

    def facts(self) -> list[tuple[str, Any]]:
        row: MeetingRequest = self.row
        return [
            (_("Firm"), row.firm.name),
            (_("Licence type"), row.licence_type.title),
            (_("What it is about"), row.topics),
            (_("Days and times that suit the firm"), row.wished),
            (_("Language of the meeting"), row.get_language_display()),
            (_("Asked"), words.moment(row.asked_at)),
        ]


class OfferPage(OfAMeeting):
    name, label = "offer", gettext_lazy("Offer a meeting")
    title = gettext_lazy("Offer a meeting before the application")
    button, done = gettext_lazy("Offer the meeting"), gettext_lazy("The meeting is offered to the firm.")

    def form(self, data: Any = None) -> OfferForm:
        return OfferForm(data)

    def run(self, data: dict[str, Any]) -> MeetingRequest:
        return offer_meeting(actor=self.user, meeting=self.row, **data)


class DeclinePage(OfAMeeting):
    name, label = "decline", gettext_lazy("Decline")
    title = gettext_lazy("Decline a meeting before the application")
    button, done = gettext_lazy("Decline the meeting"), gettext_lazy("The firm is told that there is none.")

    def form(self, data: Any = None) -> DeclineForm:
        return DeclineForm(data)

    def run(self, data: dict[str, Any]) -> MeetingRequest:
        return decline_meeting(actor=self.user, meeting=self.row, **data)


@admin.register(MeetingRequest)
class MeetingAdmin(WithPages, ReadOnlyAdmin):
    pages = (OfferPage, DeclinePage)
    of_regulator = "licence_type__regulator"
    list_display = ("firm", "licence_type", "status", "asked_at", "language", "meets_on")
    list_filter = ("status",)
    list_select_related = ("firm", "licence_type__regulator")

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> MeetingRequest:
        found: MeetingRequest | None = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found
