"""What must be so before an act: each function lists what is missing, in words, with where to mend it.

They take the case or the stage, and the data of the act; ``{}`` when a page only asks what stands in the way.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import asked
from applications.queries import copying, drafts, law
from applications.queries.consents import last_consents
from applications.states import ASSESSABLE, DECIDED, OPEN, WITH_THE_FIRM
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators import rulebook as rb
from regulators.queries import confirmed_basis
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application, Stage

FIRM = AnonymousUser()  # the reasons are read by everybody of the firm: nothing private is in them
Data = dict[str, Any]
Reasons = list[Reason]


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None


# --- submission


def on_the_version_in_force(case: "Application", data: Data) -> Reasons:
    return law.has_to_move(case)


def stages_complete(case: "Application", data: Data) -> Reasons:
    found = []
    for stage in case.stages.all():
        if stage.state not in (S.COMPLETE, S.IN_REVIEW, S.APPROVED):
            title = say(case.book.stage(stage.code).title)
            url = reverse("portal:stage", args=[case.pk, stage.code])
            found.append(Reason(_("Complete the stage “%(stage)s”.") % {"stage": title}, url))
    return found


def asked_is_answered(case: "Application", data: Data) -> Reasons:
    return _unanswered(case, drafts.load_draft(case, reader=FIRM), None)


def files_usable(case: "Application", data: Data) -> Reasons:
    return _unusable(case, drafts.load_draft(case, reader=FIRM), None)


def consents_given(case: "Application", data: Data) -> Reasons:
    """Ours, not a rule on record: nobody's data go to the regulator without their consent."""
    last = last_consents(case)
    people = {
        post.person_id: post.person for post in case.posts.select_related("person").order_by(*drafts.BY_NAME)
    }
    found = []
    for pk, person in people.items():
        if pk in last and last[pk].given:
            continue
        words = _("%(name)s: the consent is withdrawn. Take the person out, or record a new consent.")
        if pk not in last:
            words = _("%(name)s: record the consent of this person.")
        url = reverse("portal:person_consent", args=[case.pk, pk])
        found.append(Reason(words % {"name": person.full_name}, url))
    return found


def no_other_open_case(case: "Application", data: Data) -> Reasons:
    same = type(case)._default_manager.filter(firm=case.firm_id, licence_type=case.licence_type_id)
    other = same.filter(state__in=OPEN).exclude(pk=case.pk).first()
    if other is None:
        return []
    words = _("The firm has an open case for this licence already: %(reference)s.")
    return [Reason(words % {"reference": other.reference})]


def _unanswered(case: "Application", draft: asked.Draft, stage: str | None) -> Reasons:
    questions = {q.key: q for q in asked.questions(draft, stage)}
    found = []
    for key, texts in asked.missing(draft, questions.values()).items():
        question = questions[key]
        url = reverse("portal:stage", args=[case.pk, question.requirement.stage])
        found += [Reason(f"{question.title}: {text}", f"{url}#{question.requirement.code}") for text in texts]
    return found


def _unusable(case: "Application", draft: asked.Draft, stage: str | None) -> Reasons:
    found = []
    for question in asked.questions(draft, stage):
        given = draft.answer(question.key)
        names = [f"{d.name} — {d.get_status_display()}" for d in given.documents if not d.usable]
        if given.private in (asked.WAITING, asked.REJECTED):
            names.append(_("a file of the invited person is not ready"))
        url = reverse("portal:stage", args=[case.pk, question.requirement.stage])
        for name in names:
            found.append(Reason(f"{question.title}: {name}", f"{url}#{question.requirement.code}"))
    return found


# --- intake


def completeness_passed(case: "Application", data: Data) -> Reasons:
    check = case.completeness_checks.order_by("-checked_at").first()
    snapshot = case.snapshots.order_by("-number").values_list("pk", flat=True).first()
    if check is None or check.snapshot_id != snapshot:
        return [Reason(_("Record the completeness check of this submission."))]
    return [] if check.passed else [Reason(_("The completeness check found gaps: return the application."))]


def fee_settled(case: "Application", data: Data) -> Reasons:
    if not case.book.fee_is_condition or case.fee in ("paid", "waived"):
        return []
    return [Reason(_("The fee is a condition of filing: record it as paid or waived."))]


def gaps_named(case: "Application", data: Data) -> Reasons:
    check = case.completeness_checks.order_by("-checked_at").first()
    snapshot = case.snapshots.order_by("-number").values_list("pk", flat=True).first()
    if check and check.snapshot_id == snapshot and not check.passed and check.gaps.exists():
        return []
    return [Reason(_("Record a completeness check that names each gap."))]


def book_returns(case: "Application", data: Data) -> Reasons:
    if case.book.incomplete == "return":
        return []
    return [
        Reason(_("Under this rule book an incomplete application is refused consideration and filed again."))
    ]


def book_refiles(case: "Application", data: Data) -> Reasons:
    if case.book.incomplete == "refile":
        return []
    return [Reason(_("Under this rule book an incomplete application is returned, not refused."))]


# --- recommendation


def recommendation_is_ready(case: "Application", data: Data) -> Reasons:
    outcome = data.get("outcome", "grant")
    if outcome == "refuse":
        return grounds_from_book(case, data)
    if outcome != "grant":
        return [Reason(_("Recommend either to grant or to refuse."))]
    waiting = list(case.stages.exclude(state=S.APPROVED).values_list("code", flat=True))
    return [
        *_stages_to_approve(case, waiting),
        *_findings_left(case, (rb.SUBMISSION, rb.RECOMMENDATION), without=waiting),
        *_asked_is_back(case),
    ]


def _stages_to_approve(case: "Application", waiting: list[str]) -> Reasons:
    return [
        Reason(
            _("The stage “%(stage)s” is not approved.") % {"stage": say(case.book.stage(code).title)},
            reverse("admin:applications_application_stage", args=[case.pk, code]),
        )
        for code in waiting
    ]


def _stages_with_the_firm(case: "Application") -> Reasons:
    codes = case.stages.filter(state__in=(S.IN_PROGRESS, S.CHANGES_REQUESTED)).values_list("code", flat=True)
    return [
        Reason(
            _("The stage “%(stage)s” is with the firm.") % {"stage": say(case.book.stage(code).title)},
            reverse("admin:applications_application_stage", args=[case.pk, code]),
        )
        for code in codes
    ]


def _findings_left(case: "Application", due: tuple[str, ...], *, without: list[str] | None = None) -> Reasons:
    """Findings not settled, or whose answer has changed since; ``without`` leaves out whole stages."""
    found = case.findings.filter(due__in=due).exclude(stage__in=without or [])
    left = found.filter(~Q(outcome__in=_settled(case)) | Q(affected=True)).order_by()
    return [
        Reason(
            _("%(code)s is not settled.") % {"code": code},
            reverse("admin:applications_application_stage", args=[case.pk, stage]) + f"#{code}",
        )
        for stage, code in sorted(set(left.values_list("stage", "requirement")))
    ]


def _settled(case: "Application") -> tuple[str, ...]:
    settled: tuple[str, ...] = case.findings.model.SETTLED
    return settled


def _asked_is_back(case: "Application") -> Reasons:
    requests = case.requests.exclude(status="closed")
    consultations = case.consultations.filter(finished_at=None)
    return [
        *[Reason(_("Request %(number)s is not closed.") % {"number": r.number}) for r in requests],
        *[
            Reason(_("The consultation of %(body)s is not finished.") % {"body": c.body})
            for c in consultations
        ],
    ]


def law_is_settled(case: "Application", data: Data) -> Reasons:
    return law.unsettled(case)


def changes_resolved(case: "Application", data: Data) -> Reasons:
    if case.change_notices.filter(resolved_at=None).exists():
        return [Reason(_("The firm has reported a change that is not resolved."))]
    return []


# --- decision


def recommended_to_grant(case: "Application", data: Data) -> Reasons:
    return [] if case.recommended == "grant" else [Reason(_("The recommendation is not to grant."))]


def book_has_in_principle(case: "Application", data: Data) -> Reasons:
    return [] if case.book.in_principle else [Reason(_("This rule book has no approval in principle."))]


def nothing_outstanding(case: "Application", data: Data) -> Reasons:
    """From recommended: nothing may be left to meet. From in principle: every condition is verified."""
    open_conditions = case.conditions.filter(verified_at=None)
    return [
        *[Reason(_("Condition %(number)s is not verified.") % {"number": c.number}) for c in open_conditions],
        *_stages_with_the_firm(case),
        *_asked_is_back(case),
        *_findings_left(case, (rb.SUBMISSION, rb.RECOMMENDATION, rb.GRANT)),
    ]


def outcome_has_basis(case: "Application", data: Data) -> Reasons:
    if case.book.outcome == rb.READINESS or confirmed_basis(case.licence_type_id, timezone.localdate()):
        return []
    return [Reason(_("No confirmed authority basis is on record for this licence, so none can be granted."))]


def return_date_is_ahead(case: "Application", data: Data) -> Reasons:
    return _ahead(data.get("return_by"))


def expiry_is_ahead(case: "Application", data: Data) -> Reasons:
    return _ahead(data.get("expires_on"))


def _ahead(value: Any) -> Reasons:
    day = _as_date(value)
    return [] if day is None or day > timezone.localdate() else [Reason(_("The date must be after today."))]


def extends_expiry(case: "Application", data: Data) -> Reasons:
    until = _as_date(data.get("expires_on"))
    if until is None or (case.expires_on and until > case.expires_on):
        return []
    return [Reason(_("The new date must be later than the present one."))]


def representations_accepted(case: "Application", data: Data) -> Reasons:
    if case.state != A.REFUSAL_PROPOSED or law.has_to_be_assessed_anew(case):
        return []
    notice = case.refusal_notices.last()
    if notice and notice.representations.filter(accepted=True).exists():
        return []
    return [Reason(_("Record which representations are accepted, at least in part."))]


def grounds_from_book(case: "Application", data: Data) -> Reasons:
    known = {ground.code: ground for ground in case.book.grounds}
    grounds = data.get("grounds") or []
    if not grounds:
        return [Reason(_("Name at least one ground of the rule book."))]
    found = []
    for code in grounds:
        if code not in known:
            found.append(Reason(_("“%(code)s” is not a ground of the rule book.") % {"code": code}))
        elif not known[code].quotable:
            words = _(
                "The rule behind “%(ground)s” is not fully read and in force, so it cannot ground a refusal."
            )
            found.append(Reason(words % {"ground": say(known[code].title)}))
    return found


def grounds_were_noticed(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    noticed = set(notice.grounds) if notice else set()
    fresh = [code for code in data.get("grounds") or [] if code not in noticed]
    return [Reason(_("“%(code)s” was not in the preliminary notice.") % {"code": code}) for code in fresh]


def period_is_over(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    until = notice.representations_until if notice else None
    if until is None:
        return [Reason(_("Record when the preliminary notice was served."))]
    if timezone.localdate() <= until:
        words = _("The firm may make representations until %(date)s.")
        return [Reason(words % {"date": until.strftime("%d.%m.%Y")})]
    return []


def representations_answered(case: "Application", data: Data) -> Reasons:
    notice = case.refusal_notices.last()
    if notice and notice.representations.filter(answered_at=None).exists():
        return [Reason(_("Record our answer to each representation."))]
    return []


def book_lets_lapse(case: "Application", data: Data) -> Reasons:
    return [] if case.book.lapse_allowed else [Reason(_("This rule book does not let an application lapse."))]


def deadline_passed(case: "Application", data: Data) -> Reasons:
    due = case.return_by if case.state == A.RETURNED else case.expires_on
    if due and timezone.localdate() > due:
        return []
    return [Reason(_("The deadline has not passed."))]


def silence_has_run_out(case: "Application", data: Data) -> Reasons:
    silent = [clock.code for clock in case.book.clocks if clock.silence == "issue"]
    if case.deadlines.filter(code__in=silent, met_at=None, due_at__lt=timezone.now()).exists():
        return []
    return [Reason(_("No silence rule of the rule book has run out."))]


# --- stages


def stage_is_with_the_firm(stage: "Stage", data: Data) -> Reasons:
    state = stage.application.state
    if state == A.DRAFT or (stage.state == S.CHANGES_REQUESTED and state not in DECIDED):
        return []
    return [Reason(_("The stage is with the regulator."))]


def case_is_undecided(stage: "Stage", data: Data) -> Reasons:
    return [Reason(_("The case is decided."))] if stage.application.state in DECIDED else []


def stage_is_answered(stage: "Stage", data: Data) -> Reasons:
    draft = drafts.load_draft(stage.application, stages=[stage.code], reader=FIRM)
    return _unanswered(stage.application, draft, stage.code)


def stage_files_usable(stage: "Stage", data: Data) -> Reasons:
    draft = drafts.load_draft(stage.application, stages=[stage.code], reader=FIRM)
    return _unusable(stage.application, draft, stage.code)


def copied_is_checked(stage: "Stage", data: Data) -> Reasons:
    words = _("It was copied. Check it and save it again: %(title)s.")
    waiting = copying.waiting_in(stage.application, stage.code)
    return [Reason(words % {"title": one.title}, one.url) for one in waiting]


def case_is_a_draft(stage: "Stage", data: Data) -> Reasons:
    return [] if stage.application.state == A.DRAFT else [Reason(_("The application has been submitted."))]


def case_is_with_the_firm(stage: "Stage", data: Data) -> Reasons:
    if stage.application.state in WITH_THE_FIRM:
        return []
    return [Reason(_("The application is with the regulator."))]


def case_was_moved_since(stage: "Stage", data: Data) -> Reasons:
    """The stage was completed under the version before."""
    moved = stage.application.moved_at
    if moved and (stage.changed_at is None or stage.changed_at < moved):
        return []
    return [Reason(_("The stage was completed under this version of the rule book."))]


def case_is_in_review(stage: "Stage", data: Data) -> Reasons:
    return [] if stage.application.state == A.IN_REVIEW else [Reason(_("The application is not in review."))]


def case_lets_change(stage: "Stage", data: Data) -> Reasons:
    """Changes are requested while a case is assessed, or with its return as incomplete."""
    state = stage.application.state
    if state in ASSESSABLE or state == A.RETURNED:
        return []
    return [Reason(_("The application is neither in review nor returned."))]


def findings_settled(stage: "Stage", data: Data) -> Reasons:
    case = stage.application
    open_ones = ~Q(outcome__in=_settled(case)) | Q(affected=True)
    due = case.findings.filter(open_ones, stage=stage.code, due=rb.SUBMISSION).order_by()
    codes = sorted(set(due.values_list("requirement", flat=True)))
    url = reverse("admin:applications_application_stage", args=[case.pk, stage.code])
    return [Reason(_("%(code)s is not settled.") % {"code": code}, f"{url}#{code}") for code in codes]


def stages_before_approved(stage: "Stage", data: Data) -> Reasons:
    before = stage.rule.after
    if not before:
        return []
    waiting = stage.application.stages.filter(code__in=before).exclude(state=S.APPROVED).order_by("order")
    book = stage.application.book
    return [
        Reason(_("“%(stage)s” has to be approved first.") % {"stage": say(book.stage(other.code).title)})
        for other in waiting
    ]
