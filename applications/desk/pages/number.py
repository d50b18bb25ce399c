"""The number of a person's papers in clear, for one answer alone."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page
from applications.services.identifiers import show_number
from workflow.errors import Gone


class NumberPage(Page):
    """Asked for by a press that says it is recorded; kept in no cache and in no address."""

    name, path = "number", "people/<uuid:person>/number/"
    methods = ("POST",)
    title, permission = gettext_lazy("Number of the papers"), "work_on_case"

    def post(self) -> HttpResponse:
        try:
            shown = show_number(actor=self.user, case=self.case, person_id=self.ids["person"])
        except Gone as refusal:
            raise Http404 from refusal
        facts: list[tuple[Any, str]] = [(_("Person"), shown.name), (shown.kind, shown.number)]
        intro = [_("That you looked is on record.")]
        if not shown.is_whole:
            intro.append(
                _("The firm has changed its record since; a submission keeps the last characters alone.")
            )
        return self.render(None, facts=facts, intro=" ".join(intro))
