"""The certificate of a destruction: what was destroyed, by which rule, decided by whom."""

import hashlib
from typing import Any

from django.conf import settings
from django.utils import timezone

from applications.models import DestroyedFile, Destruction, DestructionCertificate
from regulators.keeping import last_day
from regulators.models import KeepingPeriod
from regulators.rulebook import Text

Content = dict[str, Any]


def certify(destruction: Destruction, gone: list[DestroyedFile]) -> DestructionCertificate:
    """A part of what ends a destruction. No name of a file and of nobody who is not the regulator's."""
    files = sorted((_line(one) for one in gone), key=lambda line: str(line["document"]))
    return DestructionCertificate.objects.create(
        destruction=destruction,
        made_at=timezone.now(),
        content=_content(destruction, files),
        sha256=digest(files),
    )


def digest(files: list[Content]) -> str:
    """Of one line for each file, as the certificate says it, so that whoever has it can do the sum again."""
    lines = [f"{one['document']} {one['sha256']} {one['size']} {one['type']}\n" for one in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _line(file: DestroyedFile) -> Content:
    document, at = file.document, file.destroyed_at
    assert at is not None
    return {
        "document": str(document.pk),
        "sha256": document.sha256,
        "size": document.size,
        "type": document.content_type,
        "destroyed_at": at.isoformat(),
        "damaged_at": document.damaged_at.isoformat() if document.damaged_at else "",
    }


def _content(destruction: Destruction, files: list[Content]) -> Content:
    case, period = destruction.application, destruction.period
    proposer, confirmer, confirmed_at = (
        destruction.proposed_by, destruction.confirmed_by, destruction.confirmed_at,
    )  # fmt: skip
    assert proposer is not None
    assert confirmer is not None
    assert confirmed_at is not None
    return {
        "reference": str(case.reference),
        "regulator": _every(case.book.regulator_name),
        "ended_on": destruction.ended_on.isoformat(),
        "kept_until": last_day(destruction.ended_on, period.years).isoformat(),
        "rule": _rule(period),
        "proposed_by": proposer.full_name,
        "confirmed_by": confirmer.full_name,
        "confirmed_at": confirmed_at.isoformat(),
        "files": files,
    }


def _rule(period: KeepingPeriod) -> Content:
    assert period.confirmed_by is not None
    return {
        "years": period.years,
        "valid_from": period.valid_from.isoformat(),
        "act": period.act,
        "provision": period.provision,
        "url": period.url,
        "entered_by": period.entered_by.full_name,
        "confirmed_by": period.confirmed_by.full_name,
    }


def _every(text: Text) -> Text:
    return {language: text.get(language) or text["en"] for language, _name in settings.LANGUAGES}
