"""The worklist: what its columns say, and its filters."""

from typing import Any

from django.contrib.admin import ChoicesFieldListFilter, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.desk import standing
from applications.desk.words import STAGE_WORDS, STATE_TAGS
from applications.models import InformationRequest
from applications.queries.consultations import answers_late, silence_raised, to_name_anew, view_asked
from applications.queries.standing import to_answer
from applications.queries.tracks import notices_of
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


class Worklist(ChangeList):
    """Fetches what the columns read, for all rows at once, and tells each row who reads it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        standing.read_standing(self.result_list)
        for case in self.result_list:
            case.reader = request.user
        self.notices = notices_of(self.result_list)


CHIPS = "admin/applications/filter.html"


class FiledState(ChoicesFieldListFilter):
    """The states that a filed case can be in."""

    template = CHIPS
    parameter_name = "state"

    def choices(self, changelist: Any) -> Any:
        unfiled = {A.DRAFT.label, A.DISCARDED.label}
        return (choice for choice in super().choices(changelist) if choice["display"] not in unfiled)


class Standing(SimpleListFilter):
    """Open cases are what a worklist is for: they show unless a state, a search or a choice asks for more."""

    title = gettext_lazy("cases")
    template = CHIPS
    parameter_name = "cases"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("open", _("Open")), ("decided", _("Decided")), ("all", _("All"))]

    def value(self) -> str:
        return super().value() or self.default

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        asked = {"state__exact", SEARCH_VAR} & {key for key, text in request.GET.items() if text}
        self.default = "all" if asked else "open"
        super().__init__(request, params, model, model_admin)

    def choices(self, changelist: Any) -> Any:
        for value, words in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.exclude(state__in=DECIDED)
        return queryset.filter(state__in=DECIDED) if self.value() == "decided" else queryset


class Whose(SimpleListFilter):
    title = gettext_lazy("case officer")
    template = CHIPS
    parameter_name = "officer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("me", _("Mine")), ("nobody", _("Nobody yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "me":
            return queryset.filter(case_officer=request.user)
        return queryset.filter(case_officer=None) if self.value() == "nobody" else queryset


class Attention(SimpleListFilter):
    title = gettext_lazy("what it needs")
    template = CHIPS
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("late", _("Past a date due")),
            ("firm", _("Waits on an answer of the firm")),
            ("answered", _("Answers to read")),
            ("asked", _("The firm asks something")),
            ("untaken", _("A stage to take")),
            ("notice", _("A notice to serve")),
            ("my_view", _("My view is asked")),
            ("silent", _("A consultation past its day")),
            ("raised", _("A silence that is raised to the lead")),
            ("conflict", _("Somebody to name after a conflict of interest")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "my_view":
            return view_asked(queryset, request.user)
        return NEEDS[self.value()](queryset) if self.value() in NEEDS else queryset  # type: ignore[index]


def late(cases: QuerySet[Any]) -> QuerySet[Any]:
    return cases.filter(next_due__lt=timezone.now())


def with_firm(cases: QuerySet[Any]) -> QuerySet[Any]:
    return _with_request(cases, InformationRequest.WITH_FIRM)


def answered(cases: QuerySet[Any]) -> QuerySet[Any]:
    return _with_request(cases, (InformationRequest.ANSWERED,))


def untaken(cases: QuerySet[Any]) -> QuerySet[Any]:
    stages = cases.model.stages.rel.related_model.objects.filter(state=S.COMPLETE)
    return cases.filter(state=A.IN_REVIEW, pk__in=stages.values("application"))


def to_serve(cases: QuerySet[Any]) -> QuerySet[Any]:
    notices = cases.model.refusal_notices.rel.related_model.objects.filter(served_on=None)
    return cases.filter(state=A.REFUSAL_PROPOSED, pk__in=notices.values("application"))


def _with_request(cases: QuerySet[Any], statuses: tuple[str, ...]) -> QuerySet[Any]:
    requests = InformationRequest.objects.filter(status__in=statuses)
    return cases.filter(pk__in=requests.values("application"))


NEEDS = {
    "late": late, "firm": with_firm, "answered": answered, "asked": to_answer, "untaken": untaken,
    "notice": to_serve, "silent": answers_late, "raised": silence_raised, "conflict": to_name_anew,
}  # fmt: skip


# --- cells


def reference_cell(case: Any) -> SafeString:
    url = reverse("admin:applications_application_change", args=[case.pk])
    return format_html('<a class="ref" href="{}">{}</a>', url, case)


def firm_cell(case: Any) -> SafeString:
    return format_html("{}<small>{}</small>", case.firm.name, say(case.book.licence_type_title))


def stage_cell(case: Any) -> str | SafeString:
    stage = None if case.state in DECIDED else standing.stage_now(case)
    if stage is None:
        return "" if case.state in DECIDED else _("Every stage approved")
    words = standing.stage_title(case, stage.code)
    if case.state == A.SUBMITTED:
        return words
    return format_html("{}<small>{}</small>", words, STAGE_WORDS[S(stage.state)])


def state_cell(case: Any) -> SafeString:
    return _tag(STATE_TAGS[A(case.state)], A(case.state).label)


def waiting_cell(case: Any) -> SafeString:
    found = standing.waiting(case)
    mine = standing.is_mine(case, found, case.reader)
    who = _tag("act", _("Your turn")) if mine else found.who
    return format_html("{}<small>{}</small>{}", who, found.why, _asks(case))


def _asks(case: Any) -> SafeString:
    """What the firm has asked back and waits for; in words, each a tag of its own."""
    count = 0 if case.state in DECIDED else case.questions_open or 0
    words = []
    if count:
        text = ngettext("%(n)s question of the firm", "%(n)s questions of the firm", count)
        words.append(text % {"n": count})
    if case.time_asked and case.state not in DECIDED:
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
    return format_html('<div class="age">{}{}</div>', _due(due, case.paused_since) if due else "", words)


def _due(due: standing.Due, paused_since: Any) -> SafeString:
    left = "" if due.left is None else in_words.working_days(due.left)
    paused = format_html(", {}", _("paused")) if paused_since else ""
    late = mark_safe(' class="late"') if due.late else ""
    day = format_html("<small>{}</small>", _("due %(date)s") % {"date": in_words.day(due.day)})
    forecast = format_html("<small>{}</small>", _("forecast calendar")) if due.forecast else ""
    footing = format_html("<small>{}</small>", due.footing) if due.footing else ""
    return format_html(
        "<span{}>{}{}</span>\n{}\n{}{}{}", late, left, paused, _drawing(due), day, footing, forecast
    )


def _drawing(due: standing.Due) -> SafeString | str:
    width = _bar(due)
    return format_html(BAR_DRAWN, "c5" if due.late else "c1", width) if width else ""


def _bar(due: standing.Due) -> int | None:
    if due.left is None or due.total < 1:
        return None
    return max(1, min(125, round(BAR * (due.total - due.left) / due.total)))


def _tag(kind: str, words: Any) -> SafeString:
    return format_html('<span class="{}">{}</span>', f"tag tag--{kind}" if kind else "tag", words)
