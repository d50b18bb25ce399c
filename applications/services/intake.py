"""The case officer's work: completeness, fee, acceptance or return."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, CompletenessCheck, CompletenessDraft, FeeEntry, Gap
from applications.presses import same_press
from applications.services import clocks
from applications.services.guard import insist, locked_case, same_version, take_side
from applications.states import OPEN
from applications.states import ApplicationState as A
from audit.services import record
from regulators.rulebook import PAYMENT
from workflow import services as workflow
from workflow.acts import EXAMINE
from workflow.errors import Conflict

MARKS = ("there", "gap")
NOT_INVOICED: dict[str, Any] = {
    FeeEntry.PAID: gettext_lazy(
        "The fee is paid already. Where that is wrong, record the invoice as a correction of that entry."
    ),
    FeeEntry.WAIVED: gettext_lazy(
        "The fee is waived already. Where that is wrong, record the invoice as a correction of that entry."
    ),
}


def save_marks(
    *, actor: Any, case: Application, marks: dict[str, dict[str, str]], expected_version: int
) -> CompletenessDraft:
    """Keep a check that is under way: by requirement, ``{"mark": "there" | "gap" | "", "text": what is
    missing}``. ``expected_version`` is that of the draft, -1 where there was none.

    Effects in order: take the examining side; write the marks. Raises NotAllowed, NotReady or Conflict.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.check_completeness")
        insist(case.state == A.SUBMITTED, _("Only a submitted application is checked for completeness."))
        snapshot = case.snapshots.defer("content").latest("number")
        _insist_on_known(case, marks)
        insist({one["mark"] for one in marks.values()} <= {"", *MARKS}, _("Each is there, or a gap."))
        draft = CompletenessDraft.objects.filter(application=case).first()
        same_marks(draft, expected_version)
        take_side(case, actor=actor, side=EXAMINE, act="check_completeness")
        draft = draft or CompletenessDraft(application=case, version=-1)
        draft.snapshot, draft.marks = snapshot, marks
        draft.saved_by, draft.saved_at = actor, timezone.now()
        draft.version += 1
        draft.save()
    return draft


def same_marks(draft: CompletenessDraft | None, expected: int) -> None:
    """Raises Conflict where somebody else has saved marks since the page was made."""
    if (draft.version if draft else -1) != expected:
        words = _("Somebody else has changed this while your page was open.")
        raise Conflict([words], current=draft)


def check_completeness(
    *, actor: Any, case: Application, gaps: dict[str, str], seen: int | None = None
) -> CompletenessCheck:
    """Record the check of the latest submission; ``gaps`` says by requirement what is missing, and is
    empty when nothing is. ``seen`` is the newest check of when the page was made: a second press records none
    again.

    Effects in order: take the examining side; write the check and its gaps; drop the marks that were kept;
    audit event.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.check_completeness")
        insist(case.state == A.SUBMITTED, _("Only a submitted application is checked for completeness."))
        _insist_on_known(case, gaps)
        insist(all(text.strip() for text in gaps.values()), _("Say for each gap what is missing."))
        before = same_press(case.completeness_checks.all(), seen=seen, checked_by=actor, passed=not gaps)
        if before and {gap.requirement: gap.text for gap in before.gaps.all()} == gaps:
            return before
        take_side(case, actor=actor, side=EXAMINE, act="check_completeness")
        snapshot = case.snapshots.latest("number")
        check = CompletenessCheck.objects.create(
            application=case, snapshot=snapshot, passed=not gaps, checked_by=actor
        )
        Gap.objects.bulk_create(
            [Gap(check_made=check, requirement=code, text=text) for code, text in gaps.items()]
        )
        CompletenessDraft.objects.filter(application=case).delete()
        record(
            subject=case.audit_subject,
            kind="application.completeness",
            actor=actor,
            data={"passed": check.passed, "gaps": sorted(gaps)},
        )
    return check


def _insist_on_known(case: Application, codes: Collection[str]) -> None:
    unknown = set(codes) - set(case.book.by_code)
    insist(not unknown, _("Unknown requirement: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})


def record_fee(
    *,
    actor: Any,
    case: Application,
    fee: str,
    reason: str = "",
    expected_version: int,
    number: str = "",
    amount: str = "",
    on: date | None = None,
    reference: str = "",
    corrects: FeeEntry | None = None,
) -> Application:
    """Write what became of the fee into its ledger: invoiced, paid, or waived with a reason. ``amount`` is
    kept as it stands on the paper: no amount is on record here. An entry that ``corrects`` an earlier one
    says why, and may take the fee back to “not recorded”. What is paid or waived is undone by a correction of
    that entry alone: no invoice follows it, and a correction of another entry leaves it.

    Effects in order: write the entry; the clocks that start with the payment; the state of the fee on the
    case; audit event. Raises NotAllowed, NotReady or Conflict.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.check_completeness")
        same_version(case, expected_version)
        recorded = (FeeEntry.INVOICED, FeeEntry.PAID, FeeEntry.WAIVED)
        insist(
            fee in recorded or (fee == FeeEntry.DUE and corrects), _("The fee is invoiced, paid or waived.")
        )
        insist(fee != FeeEntry.WAIVED or reason.strip(), _("Give the reason for the waiver."))
        insist(not corrects or reason.strip(), _("Say what was wrong with the entry."))
        insist(
            not corrects or case.fee_entries.filter(pk=corrects.pk).exists(),
            _("This entry is not one of the case."),
        )
        if fee == FeeEntry.INVOICED and not corrects:
            insist(case.fee not in NOT_INVOICED, NOT_INVOICED.get(case.fee, ""))
        stand = _entries_that_stand(case)
        day = on or timezone.localdate()
        insist(day <= timezone.localdate(), _("The day is not over yet: enter what has happened."))
        FeeEntry.objects.create(
            application=case, what=fee, number=number, amount=amount, on=day, reference=reference,
            reason=reason, corrects=corrects, by=actor, by_name=actor.audit_name,
        )  # fmt: skip
        if corrects is None or corrects.pk in stand:
            _time_payment(case, before=case.fee, now=fee, on=day, again=corrects is not None)
            case.fee = fee
        case.version += 1
        case.save(update_fields=["fee", "version"])
        told = {"number": number, "reference": reference, "corrects": corrects.what if corrects else ""}
        data = {"fee": fee, "on": day.isoformat()} | {name: text for name, text in told.items() if text}
        record(subject=case.audit_subject, kind="application.fee", actor=actor, reason=reason, data=data)
    return case


def _time_payment(case: Application, *, before: str, now: str, on: date, again: bool) -> None:
    """What starts with the payment starts on its day; a corrected entry moves that day, or takes it back."""
    was_paid, is_paid = before == FeeEntry.PAID, now == FeeEntry.PAID
    if was_paid and is_paid and again:
        clocks.correct_start(case, PAYMENT, on=on)
    elif was_paid and again:
        clocks.take_back(case, PAYMENT)
    if is_paid and (again or not was_paid) and case.state in OPEN:
        clocks.start(case, PAYMENT, on=on)


def _entries_that_stand(case: Application) -> set[int]:
    """The keys of the entries that say how the fee stands: the newest that was new, and its corrections."""
    stand: set[int] = set()
    for pk, corrects in case.fee_entries.values_list("pk", "corrects_id"):
        if corrects is None:
            stand = {pk}
        elif corrects in stand:
            stand.add(pk)
    return stand


def accept(*, actor: Any, case: Application, expected_version: int) -> Application:
    return _perform(case, "accept", actor, expected_version)


def return_incomplete(
    *, actor: Any, case: Application, expected_version: int, return_by: date
) -> Application:
    """Return the application with each gap named and a date; the stages with gaps are opened to the firm."""
    return _perform(case, "return_incomplete", actor, expected_version, return_by=return_by)


def refuse_to_consider(*, actor: Any, case: Application, expected_version: int, reason: str) -> Application:
    return _perform(case, "refuse_to_consider", actor, expected_version, reason=reason)


def _perform(case: Application, act: str, actor: Any, expected_version: int, **data: Any) -> Application:
    return workflow.perform(
        Application, case.pk, act, actor=actor, expected_version=expected_version, now=timezone.now(), **data
    )
