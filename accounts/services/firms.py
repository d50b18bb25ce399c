"""Firms: founding one, and correcting what is known of it."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import rules
from accounts.identifiers import check_bin
from accounts.models import Firm, FirmRevision, Role, User
from accounts.services.members import grant, require_owner
from audit.services import record
from look.countries import is_country
from workflow.errors import NotAllowed

FOUNDER_ROLES = (Role.OWNER, Role.EDITOR, Role.SIGNATORY)
FIELDS = ("name", "name_kk", "name_ru", "legal_form", "bin", "no_bin_reason", "country", "address")


@transaction.atomic
def found_firm(
    *,
    actor: User,
    name: str,
    legal_form: str,
    bin: str = "",
    no_bin_reason: str = "",
    country: str = "KZ",
    address: str = "",
    name_kk: str = "",
    name_ru: str = "",
) -> Firm:
    """Brings a firm into the service.

    Effects: the firm; its founder as owner, editor and signatory; the audit row.
    """
    if not rules.is_applicant(actor):
        raise NotAllowed(
            [_("Sign in with an applicant's account. Staff of a regulator do not act for firms.")]
        )
    firm = Firm()
    _fill(
        firm, name=name, name_kk=name_kk, name_ru=name_ru, legal_form=legal_form, bin=bin,
        no_bin_reason=no_bin_reason, country=country, address=address,
    )  # fmt: skip
    _write(firm, _("This BIN is in use. Ask an owner of the firm to invite you."), force_insert=True)
    grant(firm, actor, FOUNDER_ROLES, granted_by=actor)
    record(subject=firm.audit_subject, kind="firm.found", actor=actor)
    return firm


@transaction.atomic
def correct_firm(*, actor: User, firm_id: uuid.UUID, **fields: Any) -> Firm:
    """An owner corrects the data of the firm. ``fields`` are FIELDS, all of them.

    Effects in order, where anything differs: the firm is locked and written; the values before and after are
    kept; ``settings.FIRM_HANDLERS`` hear of it; the audit row says which fields changed, and not how. What
    was submitted keeps the data of its day. Raises NotAllowed, or ValidationError by field.
    """
    firm = Firm.objects.select_for_update().get(pk=firm_id)
    require_owner(actor, firm)
    before = {name: getattr(firm, name) for name in FIELDS}
    _fill(firm, **fields)
    changed = [name for name in FIELDS if getattr(firm, name) != before[name]]
    if not changed:
        return firm
    _write(firm, _("Another firm has this BIN here. Check the number, or ask for help where it is yours."))
    FirmRevision.objects.create(
        firm=firm,
        before={name: before[name] for name in changed},
        after={name: getattr(firm, name) for name in changed},
        by=actor,
    )
    for path in settings.FIRM_HANDLERS:
        import_string(path)(firm)
    record(subject=firm.audit_subject, kind="firm.correct", actor=actor, data={"fields": changed})
    return firm


def _fill(firm: Firm, **fields: Any) -> None:
    texts = {name: str(fields[name]).strip() for name in FIELDS}
    texts["country"] = texts["country"].upper()
    for name in FIELDS:
        setattr(firm, name, _checked_bin(texts["bin"]) if name == "bin" else texts[name])
    firm.full_clean(validate_constraints=False)
    if not is_country(firm.country):
        raise ValidationError({"country": _("Choose a country from the list")})
    if bool(firm.bin) == bool(firm.no_bin_reason):
        raise ValidationError({"bin": _("Give the BIN, or the reason why there is none: one of the two.")})


def _checked_bin(text: str) -> str | None:
    if not text:
        return None
    try:
        return check_bin(text)
    except ValidationError as error:
        raise ValidationError({"bin": error.messages}) from error


def _write(firm: Firm, taken: str, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            firm.save(force_insert=force_insert)
    except IntegrityError as error:
        raise ValidationError({"bin": taken}) from error
