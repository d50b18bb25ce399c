"""What the columns of the worklist say of one case, from what its row keeps."""

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.addresses import NO_CASE
from applications.desk import standing
from applications.desk.words import STAGE_WORDS, STATE_TAGS, state_word
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from look import words as in_words
from regulators.rulebook import say

BAR = 100  # the width of the bar up to its limit, in units of the drawing
BAR_DRAWN = (
    '<svg viewBox="0 0 125 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    '<rect class="cn" width="125" height="8"/><rect class="{}" width="{}" height="8"/>'
    '<path class="axis" d="M100 0v8"/></svg>'
)


def reference_cell(case: Any) -> SafeString:
    url = _address().replace(str(NO_CASE), str(case.pk))
    return format_html('<a class="ref" href="{}">{}</a>', url, case)


@cache
def _address() -> str:
    return reverse("admin:applications_application_change", args=[NO_CASE])


def firm_cell(case: Any) -> SafeString:
    return format_html("{}<small>{}</small>", case.firm.name, say(case.book.licence_type_title))


def stage_cell(case: Any) -> SafeString:
    """The state of the case, and the first stage that is not approved with how it stands."""
    state = _tag(STATE_TAGS[A(case.state)], state_word(case))
    if case.state in DECIDED:
        return state
    if not case.stage_now:
        return format_html("{}<small>{}</small>", state, _("Every stage approved"))
    title = standing.stage_title(case, case.stage_now)
    if case.state == A.SUBMITTED or not case.stage_state_now:
        return format_html("{}<small>{}</small>", state, title)
    words = STAGE_WORDS[S(case.stage_state_now)]
    return format_html("{}<small>{}</small><small>{}</small>", state, title, words)


def waiting_cell(case: Any) -> SafeString:
    found = standing.waiting(case)
    mine = standing.is_mine(case, found, case.reader)
    who = _tag("act", _("Your turn")) if mine else found.who
    return format_html("{}<small>{}</small>{}", who, found.why, _asks(case))


def _asks(case: Any) -> SafeString:
    """What the firm has asked back and waits for; in words, each a tag of its own."""
    count = 0 if case.state in DECIDED else case.questions_now
    words = []
    if count:
        text = ngettext("%(n)s question of the firm", "%(n)s questions of the firm", count)
        words.append(text % {"n": count})
    if case.time_asked_now and case.state not in DECIDED:
        words.append(_("More time asked for"))
    return format_html_join("", "<small>{}</small>", ((_tag("act", word),) for word in words))


def age_cell(case: Any) -> SafeString:
    """Days in words, the day itself, and a bar that goes on past its limit when the case is late."""
    days, due = standing.age(case), standing.due(case)
    age = (
        ""
        if days is None
        else ngettext("%(n)s working day old", "%(n)s working days old", days) % {"n": days}
    )
    words = format_html("<small>{}</small>", age) if age else ""
    day = _due(due, case.paused_since) if due else _no_day(case)
    return format_html('<div class="age">{}{}</div>', day, words)


def _no_day(case: Any) -> SafeString | str:
    """A period runs whose end lies in a year that is not in the calendar."""
    return (
        format_html("<small>{}</small>", _("No day yet: its year is not in the calendar"))
        if case.due_code
        else ""
    )


def _due(due: standing.Due, paused_since: Any) -> SafeString:
    left = "" if due.left is None else due_in_words(due.left)
    late = mark_safe(' class="late"') if due.late else ""
    paused = ""
    if paused_since:
        since = _("Paused since %(date)s") % {"date": in_words.day(paused_since)}
        paused = format_html("<small>{}</small>", _tag("", since))
    day = format_html("<small>{}</small>", _("due %(date)s") % {"date": in_words.day(due.day)})
    forecast = format_html("<small>{}</small>", _("forecast calendar")) if due.forecast else ""
    footing = format_html("<small>{}</small>", due.footing) if due.footing else ""
    drawn = _drawing(due, paused=bool(paused_since))
    return format_html("<span{}>{}</span>\n{}\n{}{}{}{}", late, left, drawn, paused, day, footing, forecast)


def due_in_words(left: int) -> str:
    """In working days; below zero, how late."""
    if left < 0:
        return ngettext("%(n)s working day late", "%(n)s working days late", -left) % {"n": -left}
    if left == 0:
        return _("due today")
    return ngettext("due in %(n)s working day", "due in %(n)s working days", left) % {"n": left}


def _drawing(due: standing.Due, *, paused: bool) -> SafeString | str:
    width = _bar(due)
    shade = "cs" if paused else "c5" if due.late else "c1"
    return format_html(BAR_DRAWN, shade, width) if width else ""


def _bar(due: standing.Due) -> int | None:
    if due.left is None or due.total < 1:
        return None
    return max(1, min(125, round(BAR * (due.total - due.left) / due.total)))


def _tag(kind: str, words: Any) -> SafeString:
    return format_html('<span class="{}">{}</span>', f"tag tag--{kind}" if kind else "tag", words)


def active_cell(case: Any) -> SafeString | str:
    if case.active_at is None:
        return ""
    days = standing.days_between(timezone.localdate(case.active_at), timezone.localdate())
    if not days:
        words = _("today") if days == 0 else ""
    else:
        words = ngettext("%(n)s working day ago", "%(n)s working days ago", days) % {"n": days}
    return format_html("{}<small>{}</small>", in_words.day(case.active_at), words)
