"""Queries of the findings become the points of a request; answers that did not satisfy are asked again."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url
from applications.desk.picks import pick
from applications.desk.stage_list import Narrow, question_url
from applications.models import Application, Finding, InformationRequest, RequestPoint
from applications.presses import newest, posted_seen
from applications.queries.asking import OpenQuery, open_queries
from applications.queries.law import requirement_of
from applications.queries.submitted_people import as_submitted
from applications.request_texts import RequestText, texts_of
from applications.services import querying, requests
from regulators.last_day import LastDayField
from regulators.rulebook import say


class CollectForm(forms.Form):
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("What the request asks"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one")},
    )
    due_on = LastDayField(label=gettext_lazy("Last day for the answer"))


class CollectPage(Page):
    """From what is chosen a request is drafted; it is worded and sent from its own pages."""

    name, path = "request_collect", "requests/collect/"
    title, permission = gettext_lazy("Collect open queries into a request"), "write_request"
    button = gettext_lazy("Draft the request")
    done = gettext_lazy("The request is drafted. Word its points for the firm, then send it.")
    intro = gettext_lazy(
        "Each point begins with the note of its finding, or with the question as it was asked before. "
        "The firm sees nothing until the request is sent."
    )

    def load(self) -> None:
        self.queries = {_pick_of(query): query for query in open_queries(self.case)}

    def form(self, data: Any = None) -> CollectForm:
        form = CollectForm(data, initial={"chosen": list(self.queries)})
        field: Any = form.fields["chosen"]
        field.choices = [(key, self._words(query)) for key, query in self.queries.items()]
        return form

    def _words(self, query: OpenQuery) -> str:
        title = f"{query.requirement} {say(requirement_of(self.case, query.requirement).title)}"
        if query.person:
            title += f" ({query.person.called})"
        parts = [title, _("Asked so far: %(times)s") % {"times": query.times}, query.text]
        if query.follows:
            parts.insert(1, _("The answer was not satisfactory"))
        return ". ".join(parts)

    def run(self, data: dict[str, Any]) -> InformationRequest:
        chosen = [self.queries[key] for key in data["chosen"]]
        points = [
            {"requirement": q.requirement, "person": q.person, "question": q.text, "follows": q.follows}
            for q in chosen
        ]
        return requests.write_request(
            actor=self.user, case=self.case, due_on=data["due_on"], points=points,
            seen=posted_seen(self.request.POST),
        )  # fmt: skip

    def seen(self) -> int:
        return newest(self.case.requests.order_by("-pk")[:1])

    def done_url(self, result: InformationRequest) -> str:
        return page_url(self.case, "request_edit", result.number)

    def context(self) -> dict[str, Any]:
        none = _("No query is open: every one is asked already, or there is none.")
        why = requests.why_not_asked(self.case) or ("" if self.queries else none)
        return {"form": None, "intro": why} if why else {}


class PutForm(forms.Form):
    query = forms.ChoiceField(label=gettext_lazy("Which query"))
    text = forms.ChoiceField(label=gettext_lazy("Text to begin with"), required=False)


class PutPage(Page):
    """The page of a question posts here; opened by itself, or refused, it asks which query."""

    name, path = "request_put", "requests/put/"
    title, permission = gettext_lazy("Put a query into a request"), "write_request"
    button = gettext_lazy("Put it in")
    intro = gettext_lazy(
        "It becomes a point of the newest draft, or begins one. "
        "The firm sees nothing until the request is sent."
    )

    def load(self) -> None:
        queried = self.case.findings.filter(outcome=Finding.QUERY).select_related("person")
        findings = list(queried.order_by("stage", "requirement", "pk"))
        as_submitted(self.case, [one.person for one in findings])
        self.findings = {
            pick(one.requirement, str(one.person_id) if one.person_id else None): one for one in findings
        }
        self.texts = texts_of(self.case.licence_type.regulator.code)

    def form(self, data: Any = None) -> PutForm:
        form = PutForm(data)
        query, text = (form.fields[name] for name in ("query", "text"))
        query.choices = [(key, self._words(one)) for key, one in self.findings.items()]  # type: ignore[attr-defined]
        text.choices = text_choices(self.texts, self.case.language)  # type: ignore[attr-defined]
        return form

    def _words(self, finding: Finding) -> str:
        title = f"{finding.requirement} {say(requirement_of(self.case, finding.requirement).title)}"
        return f"{title} ({finding.person.called})" if finding.person else title

    def run(self, data: dict[str, Any]) -> Finding:
        finding = self.findings[data["query"]]
        text = next((one for one in self.texts if one.code == data["text"]), None)
        worded = text.text_in(self.case.language) if text else ""
        point = querying.put_query(actor=self.user, case=self.case, finding=finding, text=worded)
        self.done = _where(self.case, point)
        return finding

    def done_url(self, result: Finding) -> str:
        narrow, person = Narrow.of(self.request.GET), self.request.GET.get("person", "")
        url = question_url(self.case, result.stage, result.requirement, narrow, person=person)
        return f"{url}#q{result.pk}"

    def context(self) -> dict[str, Any]:
        why = requests.why_not_asked(self.case) or ("" if self.findings else _("No finding is a query."))
        return {"form": None, "intro": why} if why else {}


def text_choices(texts: Iterable[RequestText], language: str) -> list[tuple[str, str]]:
    return [("", _("The note alone")), *((one.code, one.title_in(language)) for one in texts)]


def _where(case: Application, point: RequestPoint) -> SafeString:
    """With a link: a draft is opened to be worded, what was sent to be read."""
    request = point.request
    is_draft = request.status == InformationRequest.DRAFT
    url = page_url(case, "request_edit" if is_draft else "request", request.number)
    words = _("request %(number)s, point %(point)s") % {"number": request.number, "point": point.number}
    link = format_html('<a href="{}">{}</a>', url, words)
    if is_draft:
        return format_html(
            _("The query is in {link}, a draft. The firm sees nothing until it is sent."), link=link
        )
    return format_html(_("The query was sent already, in {link}."), link=link)


def _pick_of(query: OpenQuery) -> str:
    return pick(query.requirement, str(query.person.pk) if query.person else None)
