"""Consent of a person to the use of their data in one application: given, and withdrawn."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Application, Consent, Person
from applications.privacy import notice_for
from applications.queries.consents import last_consent
from applications.rules import OwnPart
from applications.services.drafting import note_saved
from applications.services.evidence import taken_in
from applications.services.guard import allow, insist
from applications.states import DECIDED
from audit.services import record
from workflow.services import lock


def give_consent(*, actor: Any, case_id: Any, person: Person, language: str) -> Consent:
    """The person agrees by themselves, in the language that they read it in: on the page of their own part,
    or where they act for the firm too and their account has the number of the person on record.

    Effects in order: the consent with the exact text; audit event. Raises NotAllowed for anybody else.
    """
    with transaction.atomic():
        case = _case(case_id, actor, person, Consent.SELF)
        return _write(case, person, actor, given=True, how=Consent.SELF, language=language)


def record_consent(
    *,
    actor: Any,
    case_id: Any,
    person: Person,
    language: str,
    reference: str = "",
    upload: Any = None,
) -> Consent:
    """An editor records that the person signed the text on paper, with the paper or where it is kept.

    Effects in order: receive the paper; the consent with the exact text; audit event. Raises NotReady without
    either, and documents.errors.Rejected.
    """
    insist(upload or reference.strip(), _("Add the signed paper, or say where it is kept."))
    if upload is None:
        with transaction.atomic():
            return _on_paper(actor, case_id, person, language, reference, None)
    allow(actor, "applications.record_consent", Application.objects.get(pk=case_id))
    with taken_in(actor=actor, upload=upload, name=upload.name) as paper:
        return _on_paper(actor, case_id, person, language, reference, paper)


def withdraw_consent(*, actor: Any, case_id: Any, person: Person, how: str, reference: str = "") -> Consent:
    """The person withdraws by themselves, or an editor records the letter by which they did.

    Effects in order: the withdrawal; audit event. From now on nothing more is recorded about the person in
    this case, and it cannot be submitted with them.
    """
    with transaction.atomic():
        case = _case(case_id, actor, person, how)
        last = last_consent(case, person)
        insist(last and last.given, _("There is no consent to withdraw."))
        assert last is not None
        if how == Consent.PAPER:
            insist(reference.strip(), _("Say where the letter is kept."))
        return _write(case, person, actor, given=False, how=how, language=last.language, reference=reference)


def _on_paper(actor: Any, case_id: Any, person: Person, language: str, reference: str, paper: Any) -> Consent:
    case = _case(case_id, actor, person, Consent.PAPER)
    return _write(
        case, person, actor, given=True, how=Consent.PAPER, language=language, reference=reference,
        paper=paper )  # fmt: skip


def _case(case_id: Any, actor: Any, person: Person, how: str) -> Application:
    case = lock(Application, case_id)
    if how == Consent.SELF:
        allow(actor, "applications.consent_oneself", OwnPart(case, person.pk))
    else:
        allow(actor, "applications.record_consent", case)
    insist(case.posts.filter(person=person).exists(), _("This person has no post in this application."))
    insist(case.state not in DECIDED, _("The case is decided: nothing in it changes any more."))
    return case


def _write(
    case: Application,
    person: Person,
    actor: Any,
    *,
    given: bool,
    how: str,
    language: str,
    reference: str = "",
    paper: Any = None,
) -> Consent:
    insist(language in dict(settings.LANGUAGES), _("Choose the language of the text."))
    notice = notice_for(case, person, language)
    consent = Consent.objects.create(
        application=case, person=person, given=given, text_version=notice.version, language=language,
        text=notice.text, operator=notice.operator, operator_bin=notice.operator_bin, term=notice.term,
        third_parties=notice.third_parties, cross_border=notice.cross_border, data=notice.data, how=how,
        paper_reference=reference.strip(), paper=paper, by=actor, by_name=actor.audit_name,
    )  # fmt: skip
    note_saved(case, actor)
    record(
        subject=case.audit_subject,
        kind="consent.give" if given else "consent.withdraw",
        actor=actor,
        data={"consent": consent.pk, "how": how},
    )
    return consent
