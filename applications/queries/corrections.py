"""Clerical corrections, by the record that they put right."""

from typing import Any

from applications.models import Application, Correction

Key = tuple[str, int]
RECORDS: dict[str, tuple[str, str]] = {  # how a case calls these records, and which text of them is corrected
    Correction.DECISION: ("decisions", "reason"),
    Correction.RECOMMENDATION: ("recommendations", "reason"),
    Correction.LETTER: ("letters", "text"),
    Correction.CONDITION: ("conditions", "text"),
}


def text_of(case: Application, record: str, pk: int) -> str | None:
    """The text as it was written; None where the case has no such record."""
    if record not in RECORDS:
        return None
    rows, field = RECORDS[record]
    found: str | None = getattr(case, rows).filter(pk=pk).values_list(field, flat=True).first()
    return found


def confirmed(case: Application) -> dict[Key, list[Correction]]:
    """Those that two people made, the oldest first. One query."""
    found: dict[Key, list[Correction]] = {}
    for one in case.corrections.filter(answer__confirmed=True).select_related("answer"):
        found.setdefault((one.record, one.record_pk), []).append(one)
    return found


def all_of(case: Application) -> list[Correction]:
    """Every one, waiting, confirmed or declined, the newest first. One query."""
    rows: Any = case.corrections.select_related("answer__by", "proposed_by")
    return list(rows.order_by("-proposed_at", "-pk"))


def conditions_of(case: Application, found: dict[Key, list[Correction]]) -> list[Any]:
    """The conditions of the case, each with its ``corrected``."""
    rows: list[Any] = list(case.conditions.all())
    for row in rows:
        row.corrected = found.get((Correction.CONDITION, row.pk), [])
    return rows
