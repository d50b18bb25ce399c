"""Asking the firm for information, and reading what it answered."""

from typing import Any

import rules
from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.act_forms import long_text
from applications.desk.pages.base import Page, page_url, posted_version
from applications.desk.picks import Picked, pick, question_choices
from applications.desk.words import REQUEST_TAGS
from applications.models import InformationRequest, Person
from applications.portal import files
from applications.presses import newest, posted_seen
from applications.queries.law import requirement_of
from applications.services import requests
from look.fields import DayMonthYearField
from regulators.periods import in_words
from regulators.rulebook import say


class RequestForm(Picked):
    ROWS = 8
    TEXT = gettext_lazy("Question to the firm")

    due_on = DayMonthYearField(label=gettext_lazy("Last day for the answer"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data["rows"] and not self.errors:
            self.add_error("pick_1", _("Write at least one point."))
        return data


class NewRequestPage(Page):
    """Writes a request; it goes to the firm from its own page."""

    name, path = "request_new", "requests/new/"
    title, permission = gettext_lazy("Ask the firm"), "write_request"
    button, done = (
        gettext_lazy("Save the request"),
        gettext_lazy("The request is written. It is not sent yet."),
    )
    intro = gettext_lazy("The firm reads the questions as you write them, after you send the request.")

    def form(self, data: Any = None) -> RequestForm:
        about = self.request.GET.get("about", "")
        choices = question_choices(self.case, people=True)
        known = {key for _title, group in choices if isinstance(group, list) for key, _words in group}
        return RequestForm(data, choices=choices, initial={"pick_1": about if about in known else ""})

    def run(self, data: dict[str, Any]) -> InformationRequest:
        seen = posted_seen(self.request.POST)
        return requests.write_request(
            actor=self.user, case=self.case, due_on=data["due_on"], points=points_of(data["rows"]), seen=seen
        )

    def seen(self) -> int | None:
        return newest(self.case.requests.order_by("-pk")[:1])

    def done_url(self, result: InformationRequest) -> str:
        return page_url(self.case, "request", result.number)

    def context(self) -> dict[str, Any]:
        period = self.case.book.clock("information_reply")
        return {"facts": [(_("Usual time for an answer"), in_words(period))]}


def points_of(rows: list[tuple[str, str | None, str]]) -> list[dict[str, Any]]:
    """The rows of the form as the services take them."""
    people = Person.objects.in_bulk([person for _code, person, _text in rows if person])
    by_id = {str(pk): person for pk, person in people.items()}
    return [
        {"requirement": code, "question": text, "person": by_id.get(person or "")}
        for code, person, text in rows
    ]


class EditRequestPage(NewRequestPage):
    """Changes a request that was not sent yet."""

    name, path = "request_edit", "requests/<int:number>/edit/"
    title = gettext_lazy("Change the request")

    def load(self) -> None:
        found = self.case.requests.filter(number=self.ids["number"], status=InformationRequest.DRAFT).first()
        if found is None:
            raise Http404
        self.asked: InformationRequest = found

    def version(self) -> int:
        return self.asked.version

    def seen(self) -> int | None:
        return None

    def form(self, data: Any = None) -> RequestForm:
        held: dict[str, Any] = {"due_on": self.asked.due_on}
        for point in self.asked.points.all():
            person = str(point.person_id) if point.person_id else None
            held[f"pick_{point.number}"] = pick(point.requirement, person)
            held[f"text_{point.number}"] = point.question
        return RequestForm(data, choices=question_choices(self.case, people=True), initial=held)

    def run(self, data: dict[str, Any]) -> InformationRequest:
        return requests.rewrite_request(
            actor=self.user, request=self.asked, expected_version=posted_version(self.request.POST),
            due_on=data["due_on"], points=points_of(data["rows"]),
        )  # fmt: skip


class CloseForm(forms.Form):
    note = long_text(
        gettext_lazy("Note, not visible to the firm"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Where a point has no answer, say why you close the request all the same."),
    )


class RequestPage(Page):
    """One request: its points with the answers; from here it is sent, and closed."""

    name, path = "request", "requests/<int:number>/"
    title, permission = gettext_lazy("Request"), "work_on_case"
    done = gettext_lazy("Done.")
    template = "admin/applications/request.html"

    def load(self) -> None:
        found = self.case.requests.select_related("written_by").filter(number=self.ids["number"]).first()
        if found is None:
            raise Http404
        self.asked = found

    def heading(self) -> str:
        return _("Request %(number)s") % {"number": self.asked.number}

    def version(self) -> int:
        return self.asked.version

    def form(self, data: Any = None) -> CloseForm:
        return CloseForm(data)

    def run(self, data: dict[str, Any]) -> InformationRequest:
        version = posted_version(self.request.POST)
        if "send" in self.request.POST:
            return requests.send_request(actor=self.user, request=self.asked, expected_version=version)
        return requests.close_request(
            actor=self.user, request=self.asked, expected_version=version, note=data["note"]
        )

    def done_url(self, result: InformationRequest) -> str:
        return page_url(self.case, "request", result.number)

    def context(self) -> dict[str, Any]:
        points = self.asked.points.select_related("person", "answered_by").prefetch_related(
            "files__document__facts", "messages__by"
        )
        return {
            "extensions": self.asked.extensions.select_related("asked_by", "decided_by"),
            "with_firm": self.asked.status in InformationRequest.WITH_FIRM,
            "may_write": rules.has_perm("applications.write_request", self.user, self.case),
            "asked": self.asked,
            "kind": REQUEST_TAGS[self.asked.status],
            "points": [
                {
                    "point": point,
                    "title": say(requirement_of(self.case, point.requirement).title),
                    "files": files.rows(point.documents) if point.sent_at else [],
                    "messages": list(point.messages.all()),
                    "about": pick(point.requirement, str(point.person_id) if point.person_id else None),
                }
                for point in points
            ],
        }
