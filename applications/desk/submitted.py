"""People, holdings and capital of a submission, as tables."""

from typing import Any

from applications.capital import PERIODS
from applications.computed import capital_in_words, structure_in_words
from applications.models import Application, Holding, Snapshot
from regulators.rulebook import say


def tables(case: Application, snapshot: Snapshot) -> dict[str, Any]:
    """People, holdings and capital as they were submitted."""
    functions = {f.code: say(f.title) for f in case.book.functions}
    lines = {line.code: say(line.title) for line in case.book.capital.lines}
    kinds = dict(Holding.KINDS)
    content = snapshot.content
    return {
        "people": [
            {
                "id": pk,
                "name": p["name"],
                "number": p.get("number", ""),
                "codes": frozenset(p["posts"]),
                "posts": [functions.get(code, code) for code in p["posts"]],
            }
            for pk, p in content["people"].items()
        ],
        "holdings": [{**h, "kind": kinds.get(h.get("kind", ""), "")} for h in content["holdings"]],
        "structure": structure_in_words(content.get("structure")),
        "capital_tests": capital_in_words(content.get("capital_tests"), content.get("accounts_rate")),
        "capital": [
            {
                **figure,
                "line": lines.get(figure["line"], figure["line"]),
                "period": PERIODS.get(figure["period"], figure["period"]),
            }
            for figure in content["capital"]
        ],
    }
