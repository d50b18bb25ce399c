"""The decision maker extends the period for the decision, where the rule book lets it be extended."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from applications.models import Application, ClockEntry
from applications.queries.extension import Extension, extension_now
from applications.runs import run_of
from applications.services import clocks, tell
from applications.services.guard import insist, locked_case, take_side
from audit.services import record
from look import words
from regulators.periods import footing
from workflow.acts import DECIDE


def extend_period(*, actor: Any, case: Application, until: date, reason: str) -> Application:
    """Once in a run of the period, to a day after its last and no later than the extension of the book lets
    it. No recomputation moves that day. The same day for the same reason is the same press.

    Effects in order: take the deciding side; the entry in the ledger and the new day of the period; mails to
    the firm; audit event. Raises NotAllowed or NotReady.
    """
    with transaction.atomic():
        case = locked_case(case.pk, actor=actor, permission="applications.extend_period")
        found = extension_now(case)
        if found.refusal and _is_the_same_press(found, until, reason):
            return case
        insist(not found.refusal, found.refusal)
        assert found.clock is not None
        assert found.deadline is not None
        assert found.latest is not None
        before = found.deadline.due_on
        assert before is not None
        insist(until > before, _("The new date must be later than the present one."))
        told = {"day": words.due_day(found.latest), "source": footing(found.clock)}
        insist(until <= found.latest, _("The new last day can be %(day)s at most (%(source)s).") % told)
        insist(reason.strip(), _("Write the reason."))
        take_side(case, actor=actor, side=DECIDE, act="extend_period")
        clocks.extend(case, found.deadline.code, until=until, reason=reason)
        basis = lazy(footing, str)(found.clock)  # each reader has it in their language
        tell.firm(
            case, "period_extended", key=f"extended:{found.deadline.code}:{until}", due=until, basis=basis
        )
        record(
            subject=case.audit_subject, kind="application.period_extended", actor=actor, reason=reason,
            data={"clock": found.deadline.code, "before": before.isoformat(), "until": until.isoformat()},
        )  # fmt: skip
    return case


def _is_the_same_press(found: Extension, until: date, reason: str) -> bool:
    """Whether this run of the period was extended so already."""
    if found.deadline is None:
        return False
    ledger = found.deadline.application.clock_entries.filter(clock=found.deadline.code, about="")
    extended = [entry for entry in ledger if entry.what == ClockEntry.EXTEND]
    return run_of(ledger).extended_to == until and extended[-1].reason == reason
