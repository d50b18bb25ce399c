"""What the firm asks back about a request: a reply on a point, and more time granted or not."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url
from applications.models import ExtensionRequest, PointMessage, RequestPoint
from applications.presses import newest, posted_seen
from applications.queries.law import requirement_of
from applications.services import rounds
from look import words
from look.fields import long_text
from regulators.last_day import LastDayField
from regulators.rulebook import say

SEEN = gettext_lazy("The firm reads what you write here.")


class ReplyForm(forms.Form):
    text = long_text(gettext_lazy("Reply to the firm"))


class ReplyPage(Page):
    """Replies to what the firm asked about one point."""

    name, path = "request_reply", "requests/<int:number>/points/<int:point>/reply/"
    title, permission = gettext_lazy("Reply to a question"), "write_request"
    button, done = gettext_lazy("Send the reply"), gettext_lazy("The reply is sent.")
    intro = SEEN

    def load(self) -> None:
        points = RequestPoint.objects.filter(
            request__application=self.case, request__number=self.ids["number"], number=self.ids["point"]
        )
        found = points.select_related("request").prefetch_related("messages__by").first()
        if found is None or not found.messages.all():
            raise Http404
        self.point: RequestPoint = found

    def form(self, data: Any = None) -> ReplyForm:
        return ReplyForm(data)

    def run(self, data: dict[str, Any]) -> PointMessage:
        seen = posted_seen(self.request.POST)
        return rounds.reply_about_point(actor=self.user, point=self.point, text=data["text"], seen=seen)

    def seen(self) -> int:
        return newest(self.point.messages.all())

    def done_url(self, result: PointMessage) -> str:
        return page_url(self.case, "request", self.ids["number"])

    def context(self) -> dict[str, Any]:
        title = say(requirement_of(self.case, self.point.requirement).title)
        thread = [(f"{m.by.audit_name}, {words.moment(m.at)}", m.text) for m in self.point.messages.all()]
        return {"facts": [(title, self.point.question), *thread]}


class ExtensionForm(forms.Form):
    grant = forms.ChoiceField(
        label=gettext_lazy("More time"),
        choices=[("yes", gettext_lazy("Grant it")), ("no", gettext_lazy("Do not grant it"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether you grant more time")},
    )
    until = LastDayField(
        label=gettext_lazy("New last day for the answer"),
        required=False,
        help_text=gettext_lazy(
            "Only where you grant more time. It need not be the day that the firm wished."
        ),
    )
    answer = long_text(
        gettext_lazy("Reason, which the firm reads"),
        required=False,
        help_text=gettext_lazy("Needed where you do not grant it."),
    )

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if data.get("grant") == "yes" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Enter the new last day."))
        if data.get("grant") == "no" and not data.get("answer", "").strip():
            self.add_error("answer", _("Say why the last day stays as it is."))
        return data


class ExtensionPage(Page):
    """Grants or declines the more time that is asked for now."""

    name, path = "request_extension", "requests/<int:number>/extension/"
    title, permission = gettext_lazy("More time is asked for"), "write_request"
    button, done = gettext_lazy("Answer the firm"), gettext_lazy("The firm is told.")
    intro = SEEN

    def load(self) -> None:
        found = ExtensionRequest.objects.filter(
            request__application=self.case,
            request__number=self.ids["number"],
            request__status__in=("sent", "part_answered"),
            outcome=ExtensionRequest.OPEN,
        )
        extension = found.select_related("request", "asked_by").first()
        if extension is None:
            raise Http404
        self.extension: ExtensionRequest = extension

    def form(self, data: Any = None) -> ExtensionForm:
        return ExtensionForm(data, initial={"until": self.extension.until})

    def run(self, data: dict[str, Any]) -> ExtensionRequest:
        place: dict[str, Any] = {"actor": self.user, "extension": self.extension, "answer": data["answer"]}
        if data["grant"] == "yes":
            return rounds.grant_time(**place, until=data["until"])
        return rounds.decline_time(**place)

    def done_url(self, result: ExtensionRequest) -> str:
        return page_url(self.case, "request", self.ids["number"])

    def context(self) -> dict[str, Any]:
        asked = self.extension
        return {
            "facts": [
                (_("Last day now"), words.due_day(asked.request.due_on)),
                (_("Wished last day"), words.due_day(asked.until)),
                (_("Why"), asked.reason),
                (_("Asked by"), f"{asked.asked_by.audit_name}, {words.moment(asked.asked_at)}"),
            ]
        }
