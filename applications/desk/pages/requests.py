"""Asking the firm for information, and reading what it answered."""

from collections.abc import Iterable, Sequence
from typing import Any

import rules
from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url, posted_version
from applications.desk.picks import Picked, pick, question_choices
from applications.desk.words import REQUEST_TAGS, VERDICT_TAGS
from applications.models import Application, InformationRequest, Person, RequestPoint
from applications.portal import files
from applications.presses import newest, posted_seen
from applications.queries.law import requirement_of
from applications.queries.submitted_people import as_submitted
from applications.request_texts import RequestText, texts_of
from applications.services import requests
from applications.states import DECIDED
from look.fields import long_text
from regulators.last_day import LastDayField
from regulators.periods import in_words
from regulators.rulebook import say


class RequestForm(Picked):
    TEXT = gettext_lazy("Question to the firm")

    due_on = LastDayField(label=gettext_lazy("Last day for the answer"))

    def __init__(self, *args: Any, texts: Sequence[RequestText], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = [(text.code, text.title_in(language)) for text in texts]

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

    def form(self, data: Any = None, *, more: bool = False) -> RequestForm:
        return RequestForm(
            data, choices=question_choices(self.case, people=True), initial=self.initial(), more=more,
            texts=self.texts, language=self.case.language,
        )  # fmt: skip

    @property
    def texts(self) -> tuple[RequestText, ...]:
        return texts_of(self.case.licence_type.regulator.code)

    def initial(self) -> dict[str, Any]:
        return {"pick_1": self.request.GET.get("about", "")}

    def post(self) -> HttpResponse:
        """More rows, or a text put into one: without scripts, and nothing is saved by it."""
        posted = self.request.POST
        if "more" not in posted and "insert" not in posted:
            return super().post()
        data = posted.copy()
        row = posted.get("insert", "")
        text = next((one for one in self.texts if one.code == posted.get(f"template_{row}")), None)
        if text:
            name = f"text_{row}"
            data[name] = "\n\n".join(
                part for part in (data.get(name, "").strip(), self._worded(text)) if part
            )
        return self.render(self.form(data, more="more" in posted).as_typed())

    def _worded(self, text: RequestText) -> str:
        return text.text_in(self.case.language)

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
        if closed := requests.why_not_asked(self.case):
            return {"form": None, "intro": closed}
        period = self.case.book.clock("information_reply")
        return {"facts": [(_("Usual time for an answer"), in_words(period))]}


def points_of(
    rows: list[tuple[str, str | None, str]], held: Iterable[RequestPoint] = ()
) -> list[dict[str, Any]]:
    """The rows of the form as the services take them. A point that asks again goes on doing so while its
    question of the rule book stays.
    """
    people = Person.objects.in_bulk([person for _code, person, _text in rows if person])
    by_id = {str(pk): person for pk, person in people.items()}
    follows = {
        (point.requirement, str(point.person_id or "")): point.follows for point in held if point.follows_id
    }
    return [
        {
            "requirement": code,
            "question": text,
            "person": by_id.get(person or ""),
            "follows": follows.pop((code, person or ""), None),
        }
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

    def initial(self) -> dict[str, Any]:
        held: dict[str, Any] = {"due_on": self.asked.due_on}
        for point in self.asked.points.all():
            person = str(point.person_id) if point.person_id else None
            held[f"pick_{point.number}"] = pick(point.requirement, person)
            held[f"text_{point.number}"] = point.question
        return held

    def run(self, data: dict[str, Any]) -> InformationRequest:
        held = self.asked.points.select_related("follows__request")
        return requests.rewrite_request(
            actor=self.user, request=self.asked, expected_version=posted_version(self.request.POST),
            due_on=data["due_on"], points=points_of(data["rows"], held),
        )  # fmt: skip


class CloseForm(forms.Form):
    note = long_text(
        gettext_lazy("Note, not visible to the firm"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Where a point has no verdict, say why you close the request all the same."),
    )


def earlier_of(case: Application) -> list[RequestPoint]:
    """Every point that was sent in this case, in order; one query."""
    sent = RequestPoint.objects.filter(request__application=case, request__sent_at__isnull=False)
    return list(sent.select_related("request").order_by("request__number", "number"))


class RequestPage(Page):
    """One request: its points with the answers; from here it is sent, and closed."""

    name, path = "request", "requests/<int:number>/"
    title, permission = gettext_lazy("Request"), "work_on_case"
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
            self.done = _("The request is sent to the firm.")
            return requests.send_request(actor=self.user, request=self.asked, expected_version=version)
        self.done = _("The request is closed.")
        return requests.close_request(
            actor=self.user, request=self.asked, expected_version=version, note=data["note"]
        )

    def done_url(self, result: InformationRequest) -> str:
        return page_url(self.case, "request", result.number)

    def context(self) -> dict[str, Any]:
        points = self.asked.points.select_related("person", "answered_by", "verdict_by").prefetch_related(
            "files__document__facts", "messages__by"
        )
        as_submitted(self.case, [point.person for point in points])
        sent = earlier_of(self.case)
        may_close = rules.has_perm("applications.write_request", self.user, self.case)
        may_write = may_close and self.case.state not in DECIDED
        return {
            "not_asked": requests.why_not_asked(self.case),
            "extensions": self.asked.extensions.select_related("asked_by", "decided_by"),
            "with_firm": self.asked.status in InformationRequest.WITH_FIRM,
            "may_write": may_write,
            "may_close": may_close,
            "may_judge": may_write and self.asked.status not in ("draft", "closed"),
            "asked": self.asked,
            "kind": REQUEST_TAGS[self.asked.status],
            "points": [
                {
                    "point": point,
                    "title": say(requirement_of(self.case, point.requirement).title),
                    "files": files.rows(point.documents) if point.sent_at else [],
                    "messages": list(point.messages.all()),
                    "kind": VERDICT_TAGS[point.verdict],
                    "times": self._times(point, sent),
                    "thread": thread_of(point, sent),
                }
                for point in points
            ],
        }

    def _times(self, point: RequestPoint, sent: list[RequestPoint]) -> int:
        """The how many-th time the requirement is asked here, of the same person."""
        before = [one for one in sent if one.request.number < self.asked.number]
        return 1 + sum(one.asks_as(point) for one in before)


def thread_of(point: RequestPoint, sent: list[RequestPoint]) -> list[RequestPoint]:
    """The points that this one asks again, oldest first."""
    by_pk = {one.pk: one for one in sent}
    found: list[RequestPoint] = []
    before = by_pk.get(point.follows_id or 0)
    while before is not None:
        found.insert(0, before)
        before = by_pk.get(before.follows_id or 0)
    return found
