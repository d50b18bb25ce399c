"""Granting a licence, and recording readiness."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Firm
from audit.services import Actor, record
from licences import terms
from licences.models import Licence, ReadinessRecord, RegisterEntry
from licences.services.certifying import certify
from licences.states import Change as History
from licences.states import LicenceState
from licences.text import searchable
from regulators.models import AuthorityBasis, LicenceType
from regulators.queries import in_force
from workflow.errors import NotReady

NEXT_NUMBER = """
    INSERT INTO licences_numberseries (regulator, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (regulator, year) DO UPDATE SET last = licences_numberseries.last + 1
    RETURNING last
"""
NO_BASIS = gettext_noop(
    "No legal basis for this licence is on record that two people confirmed and that was in force "
    "on %(day)s. Without one no licence can be granted."
)


def issue(
    *,
    actor: Actor,
    firm: Firm,
    licence_type: LicenceType,
    authority_basis: AuthorityBasis | None,
    rulebook_version: str,
    conditions: Sequence[str],
    case_reference: str,
    granted_at: datetime,
    valid_until: date | None = None,
) -> Licence:
    """Grant a licence, inside the transaction of the decision.

    Effects in order: refuse without a legal basis for this licence type that two people confirmed and that is
    in force that day; take the next number of the regulator's year (its series stays locked until commit, so
    that no number is left out); write the licence, the first line of its public history and its certificate;
    append the audit event.

    Raises NotReady, and RuntimeError outside a transaction.
    """
    _inside_a_transaction()
    basis = _basis_in_force(authority_basis, licence_type, timezone.localdate(granted_at))
    regulator = licence_type.regulator.code
    number = _next_number(regulator, timezone.localdate(granted_at).year)
    names = [firm.name, firm.name_kk, firm.name_ru, firm.bin or "", number]
    licence = Licence.objects.create(
        number=number,
        firm=firm,
        firm_name=firm.name,
        bin=firm.bin or "",
        licence_type=licence_type,
        regulator=regulator,
        rulebook_version=rulebook_version,
        authority_basis=basis,
        conditions=terms.carried_over(conditions),
        granted_at=granted_at,
        valid_until=valid_until,
        case_reference=case_reference,
        search_text=searchable(" ".join(names)),
    )
    RegisterEntry.objects.create(
        licence=licence, what=History.GRANTED, to_state=LicenceState.ACTIVE, at=granted_at
    )
    certify(licence)
    record(
        subject=licence.audit_subject,
        kind="licence.issue",
        actor=actor,
        to_state=LicenceState.ACTIVE,
        data={
            "case": case_reference,
            "firm": str(firm.pk),
            "authority_basis": basis.pk,
            "rulebook_version": rulebook_version,
        },
    )
    return licence


def record_readiness(
    *,
    actor: Actor,
    firm: Firm,
    licence_type: LicenceType,
    rulebook_version: str,
    case_reference: str,
    content_hash: str,
) -> ReadinessRecord:
    """Record that a file is complete where no licence can be granted: no number, no register entry.

    Effects in order: write the record; append the audit event. Raises RuntimeError outside a transaction.
    """
    _inside_a_transaction()
    readiness = ReadinessRecord.objects.create(
        reference=f"READY-{case_reference}",
        firm=firm,
        licence_type=licence_type,
        regulator=licence_type.regulator.code,
        rulebook_version=rulebook_version,
        content_hash=content_hash,
        recorded_by_name=actor.audit_name,
    )
    record(
        subject=readiness.audit_subject,
        kind="readiness.record",
        actor=actor,
        data={"case": case_reference, "firm": str(firm.pk), "content_hash": content_hash},
    )
    return readiness


def _inside_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A licence or readiness record is written inside the transaction of its decision.")


def _basis_in_force(basis: AuthorityBasis | None, licence_type: LicenceType, day: date) -> AuthorityBasis:
    confirmed = AuthorityBasis.objects.filter(
        in_force(day), licence_type=licence_type, confirmed_by__isnull=False
    )
    if basis is None or not confirmed.filter(pk=basis.pk).exists():
        raise NotReady([_(NO_BASIS) % {"day": day.strftime("%d.%m.%Y")}])
    return basis


def _next_number(regulator: str, year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [regulator, year])
        (number,) = cursor.fetchone()
    return f"{regulator.upper()}-{year}-{number:04d}"
