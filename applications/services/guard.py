"""What every service that is not a transition does first: lock the case, ask the rule, refuse in words."""

from typing import Any

import rules
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from applications.mandates import StageOf
from applications.models import Application
from applications.queries.consents import last_consent
from applications.queries.private import private_people
from applications.rules import OwnPart
from applications.states import DECIDED
from workflow import duties
from workflow.errors import Conflict, NotAllowed, NotReady
from workflow.services import lock


def locked_case(pk: Any, *, actor: Any, permission: str) -> Application:
    """The case, locked. Raises Gone, or NotAllowed where the rule says no."""
    case = lock(Application, pk)
    allow(actor, permission, case)
    return case


def allow(actor: Any, permission: str, obj: Any) -> None:
    if not getattr(actor, "is_active", False) or not rules.has_perm(permission, actor, obj):
        raise NotAllowed([_("You may not do this.")])


def allow_answer(actor: Any, case: Application, person_id: Any, *, stage: str = "") -> None:
    """Answers about an invited person are that person's to write; all others the firm's, and an adviser's in
    the stages of the mandate.
    """
    if person_id is not None and person_id in private_people(case):
        allow(actor, "applications.answer_own_part", OwnPart(case, person_id))
    elif stage:
        allow(actor, "applications.edit_stage", StageOf(case, stage))
    else:
        allow(actor, "applications.edit_application", case)


def insist_on_consent(case: Application, person: Any) -> None:
    """Raises NotReady where this person, if any, has withdrawn the consent."""
    last = last_consent(case, person) if person else None
    words = _("%(name)s has withdrawn the consent: nothing more is recorded about them.")
    insist(last is None or last.given, words % {"name": person.full_name if person else ""})


def insist_not_decided(case: Application) -> None:
    """Raises NotReady where the case is decided, withdrawn or discarded."""
    insist(case.state not in DECIDED, _("The case is decided: nothing in it changes any more."))


def same_version(record: Any, expected: int) -> None:
    """Raises Conflict where somebody else was faster."""
    if record.version != expected:
        raise Conflict([_("Somebody else has changed this while your page was open.")], current=record)


def same_notice(record: Any, *, shown: str, now: str) -> None:
    """Raises Conflict where the page showed an earlier notice than stands now."""
    if shown != now:
        words = _(
            "A newer notice has come in the place of the one that you answered. Read it before you send."
        )
        raise Conflict([words], current=record)


def insist(condition: object, text: str | Promise) -> None:
    """Raises NotReady with the text where the condition does not hold."""
    if not condition:
        raise NotReady([str(text)])


def take_side(case: Application, *, actor: Any, side: str, act: str) -> None:
    """The human behind the actor takes this side of the case. Raises NotAllowed on the other one."""
    duties.check(case=case.duty_case, actor=actor, side=side)
    duties.take(case=case.duty_case, actor=actor, side=side, act=act)
