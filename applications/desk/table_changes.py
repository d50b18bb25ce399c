"""What changed in the tables of two submissions: people, holdings, capital, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.capital import PERIODS
from applications.desk.changes import ADDED, REMOVED, Run, word_runs
from applications.models import Application, Holding
from regulators.rulebook import say

CHANGED = "changed"
Rows = dict[Any, tuple[str, str]]  # by what makes it the same row: its name, and the rest in words


@dataclass(frozen=True, kw_only=True)
class RowChange:
    kind: str
    name: str
    runs: list[Run]


@dataclass(frozen=True, kw_only=True)
class TableChange:
    title: str
    rows: list[RowChange]


def table_changes(
    case: Application, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[TableChange]:
    """``before`` and ``after`` are the contents of two submissions. Tables without a change are left out."""
    tables = ((_("People"), _people), (_("Holdings"), _holdings), (_("Capital"), _capital))
    found = [
        TableChange(title=name, rows=_compared(of(case, before), of(case, after))) for name, of in tables
    ]
    return [table for table in found if table.rows]


def _compared(before: Rows, after: Rows) -> list[RowChange]:
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        kind = ADDED if old is None else REMOVED if new is None else CHANGED
        then, now = (" · ".join(row) if row else "" for row in (old, new))
        changes.append(RowChange(kind=kind, name=(new or old or ("",))[0], runs=word_runs([then], [now])))
    return changes


def _people(case: Application, content: Mapping[str, Any]) -> Rows:
    """The number masked, as a submission keeps it; that another number stands behind the same last characters
    is said too.
    """
    functions = {f.code: say(f.title) for f in case.book.functions}
    found: Rows = {}
    for pk, p in content["people"].items():
        posts = ", ".join(functions.get(code, code) for code in p["posts"])
        facts = (p.get(name, "") for name in ("number", "born_on", "citizenship", "residence"))
        found[pk] = (p["name"], " · ".join(text for text in (posts, *facts) if text))
    return found


def _holdings(case: Application, content: Mapping[str, Any]) -> Rows:
    kinds = dict(Holding.KINDS)
    found: Rows = {}
    for h in content["holdings"]:
        shares = _("%(economic)s %% economic, %(voting)s %% of the votes") % {
            "economic": h["economic"],
            "voting": h["voting"],
        }
        more = [str(kinds.get(h.get("kind", ""), "")), h.get("held_for", ""), h.get("control_how", "")]
        name = f"{h['owner']} → {h['owned']}"
        key = (h["owner"], h["owned"], h.get("kind", ""), h.get("held_for", ""))
        found[key] = (name, " · ".join(text for text in (shares, *more) if text))
    return found


def _capital(case: Application, content: Mapping[str, Any]) -> Rows:
    lines = {line.code: say(line.title) for line in case.book.capital.lines}
    return {
        (f["line"], f["period"]): (
            f"{lines.get(f['line'], f['line'])}, {PERIODS.get(f['period'], f['period'])}",
            f"{f['amount']} {f['currency']}",
        )
        for f in content["capital"]
    }
