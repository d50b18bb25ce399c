"""The verdict on one point of a request."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url, posted_version
from applications.models import InformationRequest, RequestPoint
from applications.queries.law import requirement_of
from applications.services import verdicts
from look.fields import long_text
from regulators.rulebook import say

CLOSED_OR_DRAFT = (InformationRequest.DRAFT, InformationRequest.CLOSED)


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        choices=[
            (RequestPoint.SATISFACTORY, gettext_lazy("Answered satisfactorily")),
            (RequestPoint.UNSATISFACTORY, gettext_lazy("Not satisfactory: to be asked again")),
            (RequestPoint.WITHDRAWN, gettext_lazy("Withdrawn: no answer is needed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a verdict")},
    )
    note = long_text(
        gettext_lazy("Note, not visible to the firm"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Needed where the answer is not satisfactory, or the point is withdrawn."),
    )


class VerdictPage(Page):
    name, path = "request_verdict", "requests/<int:number>/points/<int:point>/verdict/"
    title, permission = gettext_lazy("Verdict on a point"), "write_request"
    button, done = gettext_lazy("Record the verdict"), gettext_lazy("The verdict is recorded.")
    intro = gettext_lazy(
        "The firm reads that a point is withdrawn, and, once the request is closed, that it is accepted or "
        "asked again."
    )

    def load(self) -> None:
        points = RequestPoint.objects.filter(
            request__application=self.case, request__number=self.ids["number"], number=self.ids["point"]
        )  # fmt: skip
        found = points.exclude(request__status__in=CLOSED_OR_DRAFT).select_related("request").first()
        if found is None:
            raise Http404
        self.point: RequestPoint = found

    def form(self, data: Any = None) -> VerdictForm:
        return VerdictForm(data, initial={"verdict": self.point.verdict, "note": self.point.verdict_note})

    def run(self, data: dict[str, Any]) -> RequestPoint:
        version = posted_version(self.request.POST)
        return verdicts.judge_point(actor=self.user, point=self.point, expected_version=version, **data)

    def version(self) -> int:
        return self.point.version

    def done_url(self, result: RequestPoint) -> str:
        return page_url(self.case, "request", self.ids["number"]) + f"#p{self.point.number}"

    def context(self) -> dict[str, Any]:
        point = self.point
        title = f"{point.requirement} {say(requirement_of(self.case, point.requirement).title)}"
        answer = point.answer if point.sent_at else _("No answer yet")
        return {"facts": [(title, point.question), (_("Answer"), answer)]}
