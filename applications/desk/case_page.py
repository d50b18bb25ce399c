"""What the case page shows. Read in a fixed number of queries, whatever the number of findings."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rules
from django.db.models import Count, Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk import retention, standing
from applications.desk.timeline import timeline_of
from applications.desk.words import (
    CONSULTATION_TAGS,
    REQUEST_TAGS,
    STAGE_TAGS,
    STAGE_WORDS,
    STATE_TAGS,
    act_word,
    outcome_word,
    state_word,
    to_grant_heading,
)
from applications.models import Application, Decision, Finding, Recommendation, Stage
from applications.queries import corrections, law
from applications.queries.consultations import silence_rests_on
from applications.queries.dates import REGULATOR, dates_of
from applications.queries.findings import standing_of_findings
from applications.queries.individuals import by_function
from applications.queries.meeting_log import log_of
from applications.queries.standing import parts_held
from applications.queries.submissions import submissions_of
from applications.remembered import remembered
from applications.rules import is_case_officer
from applications.services.consultations import is_late, is_overdue
from applications.services.panels import CONVENED_IN
from applications.services.requests import why_not_asked
from applications.services.safe_day import safe_day
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from notifications.queries import bounces_about, doubted_addresses
from regulators.periods import set_in_the_case
from regulators.queries import changes_announced
from regulators.rulebook import say
from workflow.acts import acts_of


@dataclass(frozen=True, kw_only=True)
class StageRow:
    stage: Stage
    title: str
    url: str
    settled: int
    affected: int
    total: int

    @property
    def kind(self) -> str:
        return STAGE_TAGS[S(self.stage.state)]

    @property
    def word(self) -> str:
        return str(STAGE_WORDS[S(self.stage.state)])


@dataclass(frozen=True, kw_only=True)
class Link:
    text: str
    url: str


def case_context(case: Any, user: Any) -> dict[str, Any]:
    beside = {"announced": changes_announced(case.licence_type), "doubted": bounces_about(case.audit_subject)}
    held = parts_held(case, (*PARTS, *BESIDE), **beside)
    prefetch_related_objects([case], "stages")
    _remember(case, held)
    waits = standing.waiting(case)
    due = standing.due_of_turn(case, waits)
    dates = dates_of(
        case, requests=case.requests.all(), notices=case.refusal_notices.all(),
        conditions=case.conditions.all(), consultations=case.consultations.all(),
    )  # fmt: skip
    snapshots = submissions_of(case)
    return {
        "case": case,
        "original": case,
        "title": f"{case.firm.name}, {case}",
        "notice": case.book.notice,
        "licence_title": say(case.book.licence_type_title),
        "state_kind": STATE_TAGS[A(case.state)],
        "state_word": state_word(case),
        "to_grant_heading": to_grant_heading(case),
        "waits": waits,
        "announced": law.announced(case),
        "doubted": doubted_addresses(case.audit_subject) if "doubted" in held else {},
        "mine": standing.is_mine(case, waits, user),
        "days_left": due.left if due else None,
        "due_day": due.day if due else None,
        "today": timezone.localdate(),
        "due_period": due.period if due else "",
        "footing": due.footing if due else "",
        "age": standing.age(case),
        "paused_since": case.paused_since,
        "stages": stage_rows(case),
        "snapshots": snapshots,
        "snapshot": snapshots[0] if snapshots else None,
        "requests": _requests(case),
        "dates": [(row, str(WHO_OF_DATES.get(row.who, row.who))) for row in dates.rows if not row.done_on],
        "dates_met": [(row, "") for row in dates.rows if row.done_on],
        "safe_day": safe_day(case, dates.deadlines),
        "set_in_the_case": set_in_the_case(),
        **{name: READ[name](case) if name in held else [] for name in PARTS},
        "timeline": timeline_of(case),
        "kept": retention.kept(case),
        "holds": retention.holds_of(case, user) if "holds" in held else [],
        "work": work_links(case, user, may_extend=not dates.extension.refusal),
        "taking": taking(case, user),
        "may": {name: rules.has_perm(f"applications.{name}", user, case) for name in LINKED},
    }


def _remember(case: Any, held: frozenset[str]) -> None:
    """What the acts ask about too is read once, and not at all where there is none of it."""
    if "announced" not in held:
        remembered(case, "announced", list)
    if "individuals" not in held:
        remembered(case, "individuals_not_gone", list)
    rows = {
        "consultations": case.consultations.select_related("specialist"),
        "change_notices": case.change_notices.all(),
        "conditions": case.conditions.all(),
        "refusal_notices": case.refusal_notices.all(),
        "requests": case.requests.prefetch_related("points"),
    }
    for name, found in rows.items():
        if name in held:
            prefetch_related_objects([case], Prefetch(name, found))
        else:
            case._prefetched_objects_cache[name] = found.none()


WHO_OF_DATES = {**standing.WHO, REGULATOR: gettext_lazy("The regulator")}
LINKED = (
    "verify_condition",
    "serve_notice",
    "answer_representation",
    "consult",
    "resolve_change",
    "correct_record",
    "log_meeting",
)


def stage_rows(case: Application) -> list[StageRow]:
    counted: dict[str, Counter[str]] = {}
    for row in standing_of_findings(case):
        counts = counted.setdefault(row.stage, Counter())
        counts["total"] += 1
        counts["settled"] += row.outcome in Finding.SETTLED and not row.affected
        counts["affected"] += row.affected
    return [
        StageRow(
            stage=stage,
            title=standing.stage_title(case, stage.code),
            url=reverse("admin:applications_application_stage", args=[case.pk, stage.code]),
            settled=counted.get(stage.code, Counter())["settled"],
            affected=counted.get(stage.code, Counter())["affected"],
            total=counted.get(stage.code, Counter())["total"],
        )
        for stage in sorted(case.stages.all(), key=lambda stage: stage.order)
    ]


def work_links(case: Application, user: Any, *, may_extend: bool) -> list[Link]:
    """The other pages that are of use now, for this person."""
    under_way = case.state not in DECIDED
    wanted = [
        ("completeness", _("Check completeness"), "check_completeness", case.state == A.SUBMITTED),
        ("fee", _("Record the fee"), "check_completeness", under_way),
        ("request_new", _("Ask the firm"), "write_request", not why_not_asked(case)),
        ("request_collect", _("Collect open queries"), "write_request", not why_not_asked(case)),
        ("version", _("Apply the newer rule book"), "apply_version", _waits_for_version(case)),
        ("letters", _("Letters"), "work_on_case", bool(case.book.letters)),
        ("told", _("E-mails and notices"), "work_on_case", True),
        ("consultation_new", _("Consult a specialist or another body"), "consult", under_way),
        ("extend_period", _("Extend the period for the decision"), "extend_period", under_way and may_extend),
        ("panel_new", _("Convene a panel"), "convene_panel", case.state in CONVENED_IN),
        ("assign", _("Name the case officer"), "assign_case", under_way),
        ("note_new", _("Write a note"), "write_note", True),
        ("individuals", _("People for functions"), "work_on_case", True),
        ("hold_new", _("Place a legal hold"), "place_hold", True),
        ("meeting_new", _("Enter a meeting or an interview"), "log_meeting", True),
        ("conflict_new", _("Declare a conflict of interest"), "declare_conflict", under_way),
    ]
    return [
        Link(text=text, url=_url(case, name))
        for name, text, permission, useful in wanted
        if useful and rules.has_perm(f"applications.{permission}", user, case)
    ]


def taking(case: Application, user: Any) -> Link | None:
    """What one press does: a case officer takes a case that is nobody's, and gives back their own. To take
    it from a colleague is to name the case officer.
    """
    if case.state in DECIDED or not rules.has_perm("applications.assign_case", user, case):
        return None
    if case.case_officer_id == user.pk:
        return Link(text=_("Give the case back"), url=_url(case, "release"))
    if case.case_officer_id is None and is_case_officer(user, case):
        return Link(text=_("Take the case"), url=_url(case, "take"))
    return None


def _url(case: Application, name: str) -> str:
    return reverse(f"admin:applications_application_{name}", args=[case.pk])


def _waits_for_version(case: Application) -> bool:
    return case.state == A.IN_REVIEW and law.has_to_be_assessed_anew(case)


def _requests(case: Application) -> list[dict[str, Any]]:
    found = sorted(case.requests.all(), key=lambda request: -request.number)
    return [
        {
            "request": request,
            "kind": REQUEST_TAGS[request.status],
            "url": reverse("admin:applications_application_request", args=[case.pk, request.number]),
            "points": len(request.points.all()),
            "answered": sum(point.sent_at is not None for point in request.points.all()),
            "judged": sum(bool(point.verdict) for point in request.points.all()),
            "round": max((point.round for point in request.points.all()), default=1),
        }
        for request in found
    ]


def _recommendations(case: Application) -> list[dict[str, Any]]:
    found: Any = Recommendation.objects.filter(application=case).select_related("by", "snapshot")
    return [
        {
            "made": made,
            "what": outcome_word(case, made.outcome),
            "grounds": ground_titles(case, made.grounds),
        }
        for made in found.order_by("-at")
    ]


def _decisions(case: Application) -> list[dict[str, Any]]:
    acts = acts_of(Application)
    found = Decision.objects.filter(application=case).select_related("by", "snapshot").order_by("-at")
    return [
        {
            "decision": decision,
            "what": act_word(case, acts[decision.kind]) if decision.kind in acts else decision.kind,
            "grounds": ground_titles(case, decision.grounds),
        }
        for decision in found
    ]


def ground_titles(case: Application, codes: list[str]) -> list[str]:
    titles = {ground.code: say(ground.title) for ground in case.book.grounds}
    return [titles.get(code, code) for code in codes]


def _consultations(case: Application) -> list[dict[str, Any]]:
    found = list(case.consultations.all())
    for one in found:
        one.application = case
    return [
        {
            "asked": one,
            "kind": CONSULTATION_TAGS[one.outcome],
            "about": ", ".join([standing.stage_title(case, one.stage)] if one.stage else [])
            or ", ".join(one.requirements),
            "rule": silence_rests_on(one),
            "waits": one.outcome == one.OPEN,
            "overdue": one.outcome == one.OPEN and is_overdue(one),
            "late": is_late(one),
            "to_give": one.outcome == one.OPEN and one.inside and one.specialist is None,
        }
        for one in found
    ]


def _conflicts(case: Application) -> list[dict[str, Any]]:
    """With how many findings the human made that still stand, for others to look at again."""
    made = Finding.objects.filter(application=case).exclude(outcome=Finding.OPEN).order_by()
    count = dict(made.values_list("assessed_by__human").annotate(count=Count("pk")))
    return [{"conflict": one, "findings": count.get(one.human, 0)} for one in case.conflicts.all()]


def _with(name: str, rows: Any) -> list[Any]:
    found = list(rows)
    prefetch_related_objects(found, name)
    return found


READ: dict[str, Callable[[Any], Any]] = {
    "completeness_checks": lambda case: case.completeness_checks.select_related(
        "snapshot", "checked_by"
    ).prefetch_related("gaps"),
    "conditions": lambda case: case.conditions.all(),
    "corrections": corrections.all_of,
    "panels": lambda case: case.panels.order_by("-number"),
    "refusal_notices": lambda case: _with("representations", case.refusal_notices.all()),
    "recommendations": _recommendations,
    "decisions": _decisions,
    "consultations": _consultations,
    "change_notices": lambda case: case.change_notices.all(),
    "individuals": by_function,
    "meetings": log_of,
    "notes": lambda case: case.notes.select_related("author"),
    "conflicts": _conflicts,
    "destructions": retention.destructions_of,
}
BESIDE = ("requests", "holds")
PARTS = tuple(READ)  # each is shown under its name; what a case has none of is not read
