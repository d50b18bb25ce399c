"""A clerical correction: proposed by one person, confirmed or declined by another. Nothing is edited."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Correction, CorrectionAnswer
from applications.presses import same_press
from applications.queries.corrections import text_of
from applications.services import tell
from applications.services.guard import insist, locked_case
from applications.states import TOLD_DECISIONS
from audit.services import record as write_down
from workflow.errors import Gone, NotAllowed

MOST = 300  # characters: a slip is short; what is longer is another text


@transaction.atomic
def propose_correction(
    *,
    actor: Any,
    case: Application,
    record: str,
    pk: int,
    old: str,
    new: str,
    reason: str,
    seen: int | None = None,
) -> Correction:
    """Say which words of a decision, recommendation, letter or condition are a slip. ``old`` stands in the
    text once; ``seen`` is the newest correction when the page was made: a second press makes none again.

    Effects in order: lock the case; the correction, which does not count yet; audit event. Raises Gone where
    there is no such record, NotAllowed or NotReady.
    """
    case = locked_case(case.pk, actor=actor, permission="applications.correct_record")
    if not actor.human:
        raise NotAllowed([_("This account has no identity on record, so it cannot be one of two people.")])
    text = text_of(case, record, pk)
    if text is None:
        raise Gone
    words = {"record": record, "record_pk": pk, "old": old, "new": new, "reason": reason}
    if before := same_press(case.corrections.all(), seen=seen, proposed_by=actor, **words):
        return before
    written = old.strip() and new.strip() and old != new
    insist(written, _("Write the words as they stand and as they should be."))
    insist(reason.strip(), _("Say why it is a slip."))
    short = _("A slip is short: %(most)s characters at most.")
    insist(max(len(old), len(new)) <= MOST, short % {"most": MOST})
    times = text.count(old)
    once = _("These words stand %(times)s times in the text: give words that stand once.")
    insist(times == 1, once % {"times": times})
    made = Correction.objects.create(
        application=case, proposed_by=actor, proposed_human=actor.human, proposed_at=timezone.now(), **words
    )
    write_down(
        subject=case.audit_subject,
        kind="application.correction_proposed",
        actor=actor,
        reason=reason,
        data={"correction": made.pk, "record": record, "pk": pk},
    )
    return made


@transaction.atomic
def answer_correction(*, actor: Any, correction: Correction, confirmed: bool) -> CorrectionAnswer:
    """Another person confirms the correction, which then stands beside the text for ever, or declines it.

    Effects in order: lock the case; the answer; where it is confirmed and the firm has read the text, one
    mail for each person of the firm; audit event with the words before and after. Raises NotAllowed for the
    human who proposed it, from whatever account; NotReady where it has its answer.
    """
    case = locked_case(correction.application_id, actor=actor, permission="applications.correct_record")
    correction = Correction.objects.get(pk=correction.pk)
    answered = CorrectionAnswer.objects.filter(correction=correction).exists()
    insist(not answered, _("This correction is answered already."))
    if not actor.human or actor.human == correction.proposed_human:
        raise NotAllowed([_("You proposed this; another person has to confirm it.")])
    answer = CorrectionAnswer.objects.create(
        correction=correction,
        confirmed=confirmed,
        by=actor,
        human=actor.human,
        proposed_human=correction.proposed_human,
        at=timezone.now(),
    )
    told = confirmed and _is_read_by_the_firm(case, correction)
    if told:
        tell.firm(case, "corrected", key=f"correction:{correction.pk}", url=_address(case, correction))
    write_down(
        subject=case.audit_subject,
        kind="application.correction_confirmed" if confirmed else "application.correction_declined",
        actor=actor,
        reason=correction.reason,
        data={
            "correction": correction.pk,
            "record": correction.record,
            "pk": correction.record_pk,
            "old": correction.old,
            "new": correction.new,
            "told": told,
        },
    )
    return answer


def _is_read_by_the_firm(case: Application, correction: Correction) -> bool:
    """Not a recommendation, nor the reasons among staff for proposing a refusal or for remitting."""
    if correction.record == Correction.DECISION:
        return case.decisions.filter(pk=correction.record_pk, kind__in=TOLD_DECISIONS).exists()
    return correction.record in (Correction.LETTER, Correction.CONDITION)


def _address(case: Application, correction: Correction) -> str:
    if correction.record == Correction.LETTER:
        return settings.BASE_URL + reverse("portal:letter", args=[case.pk, correction.record_pk])
    return settings.BASE_URL + reverse("portal:decision", args=[case.pk])
