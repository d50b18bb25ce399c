"""The register for machines. Names of fields and states are the same in every language."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from licences.models import Licence
from licences.text import cell

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Cyrillic wrongly
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
    "restricted",
    "winding_down",
    "scope",
    "conditions",
    "generated_at",
]


def json_lines(licences: Iterable[Licence], generated_at: datetime) -> Iterator[str]:
    """One JSON object, a licence a line, made as it is read."""
    yield f'{{"generated_at": {json.dumps(generated_at.isoformat())}, "licences": ['
    before = "\n"
    for licence in licences:
        yield before + json.dumps(as_record(licence), ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def csv_lines(licences: Iterable[Licence], generated_at: datetime) -> Iterator[str]:
    """A sheet, a licence a row, made as it is read; each row says when."""
    stamp = generated_at.isoformat()
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for licence in licences:
        yield _line([*as_row(licence), stamp])


def as_record(licence: Licence) -> dict[str, Any]:
    """One licence with its public history; ``licence.history`` is fetched already."""
    entries = list(licence.history.all())
    numbers = {entry.pk: number for number, entry in enumerate(entries, start=1)}
    history = [
        {
            "line": numbers[entry.pk],
            "on": timezone.localdate(entry.at).isoformat(),
            "what": entry.what,
            "from": entry.from_state,
            "to": entry.to_state,
            "changes": entry.changes,
            "corrects_line": numbers.get(entry.corrects_id or 0),
            "note": entry.text,
        }
        for entry in entries
    ]
    conditions = [
        {
            "number": number,
            "text": one["text"],
            "in_force": one["until"] is None,
            "since_line": one["since"],
            "until_line": one["until"],
        }
        for number, one in enumerate(licence.conditions, start=1)
    ]
    return {**_plain(licence), "conditions": conditions, "history": history}


def as_row(licence: Licence) -> list[str]:
    """Without the last column. Conditions in force only."""
    plain = _plain(licence) | {"conditions": "; ".join(licence.conditions_in_force)}
    return [cell(_word(plain[column])) for column in COLUMNS[:-1]]


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
        "restricted": licence.restricted,
        "winding_down": licence.winding_down,
        "scope": licence.scope,
    }


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _line(cells: list[str]) -> str:
    drawn = io.StringIO()
    csv.writer(drawn).writerow(cells)
    return drawn.getvalue()
