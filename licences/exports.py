"""The register for machines. Names of fields and states are the same in every language."""

from typing import Any

from django.utils import timezone

from licences.models import Licence
from licences.text import cell

COLUMNS = [
    "number",
    "firm",
    "bin",
    "licence_type",
    "regulator",
    "rulebook_version",
    "legal_basis",
    "case",
    "granted_on",
    "valid_until",
    "state",
    "in_force",
    "conditions",
]


def as_record(licence: Licence) -> dict[str, Any]:
    """One licence with its public history; ``licence.history`` is fetched already."""
    history = [
        {
            "on": timezone.localdate(entry.at).isoformat(),
            "what": entry.what,
            "from": entry.from_state,
            "to": entry.to_state,
            "note": entry.text,
        }
        for entry in licence.history.all()
    ]
    return {**_plain(licence), "history": history}


def as_row(licence: Licence) -> list[str]:
    plain = _plain(licence)
    plain["conditions"] = "; ".join(plain["conditions"])
    plain["in_force"] = "yes" if plain["in_force"] else "no"
    return [cell(plain[column]) for column in COLUMNS]


def _plain(licence: Licence) -> dict[str, Any]:
    return {
        "number": licence.number,
        "firm": licence.firm_name,
        "bin": licence.bin,
        "licence_type": licence.licence_type.code,
        "regulator": licence.regulator,
        "rulebook_version": licence.rulebook_version,
        "legal_basis": str(licence.authority_basis),
        "case": licence.case_reference,
        "granted_on": timezone.localdate(licence.granted_at).isoformat(),
        "valid_until": licence.valid_until.isoformat() if licence.valid_until else "",
        "state": str(licence.state),
        "in_force": licence.in_force,
        "conditions": licence.conditions,
    }
