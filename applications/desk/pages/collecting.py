"""Queries of the findings become the points of a request; answers that did not satisfy are asked again."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url
from applications.desk.picks import pick
from applications.models import InformationRequest
from applications.presses import newest, posted_seen
from applications.queries.asking import OpenQuery, open_queries
from applications.queries.law import requirement_of
from applications.services import requests
from look.fields import DayMonthYearField
from regulators.rulebook import say


class CollectForm(forms.Form):
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("What the request asks"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one")},
    )
    due_on = DayMonthYearField(label=gettext_lazy("Last day for the answer"))


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
            title += f" ({query.person.full_name})"
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
        return {} if self.queries else {"form": None, "intro": none}


def _pick_of(query: OpenQuery) -> str:
    return pick(query.requirement, str(query.person.pk) if query.person else None)
