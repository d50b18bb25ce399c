"""What a panel and a recommendation ask of a decision: to wait while it sits, reasons for departing."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.conditions import FORM, Data, Reasons, page
from applications.queries.panels import open_panel, vote_of_panel
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def no_panel_sits(case: "Application", data: Data) -> Reasons:
    panel = open_panel(case)
    if panel is None:
        return []
    words = _("Panel %(number)s sits: its chair closes it first.")
    return [Reason(words % {"number": panel.number}, page(case, "panel", panel.number), by="close_panel")]


def panel_has_voted(case: "Application", data: Data) -> Reasons:
    """Only where the rule book says that a panel votes."""
    if not case.book.panel_required or vote_of_panel(case):
        return []
    words = _("By this rule book a panel votes first, and comes to a decision.")
    return [Reason(words, page(case, "panel_new"), by="convene_panel")]


def grant_gives_reasons(case: "Application", data: Data) -> Reasons:
    return _reasons(case, "grant", data)


def refusal_gives_reasons(case: "Application", data: Data) -> Reasons:
    return _reasons(case, "refuse", data)


def departures(case: "Application", outcome: str) -> list[str]:
    """What a decision to ``grant`` or ``refuse`` departs from, in words: the recommendation, the panel."""
    found = []
    if case.recommended and case.recommended != outcome:
        found.append(_("the recommendation"))
    voted = vote_of_panel(case)
    if voted and voted != outcome:
        found.append(_("the vote of the panel"))
    return found


def _reasons(case: "Application", outcome: str, data: Data) -> Reasons:
    if str(data.get("departs") or "").strip():
        return []
    words = _("This departs from %(what)s: say why.")
    return [Reason(words % {"what": what}, by=FORM) for what in departures(case, outcome)]


TO_GRANT = (no_panel_sits, panel_has_voted, grant_gives_reasons)
TO_REFUSE = (no_panel_sits, panel_has_voted, refusal_gives_reasons)
