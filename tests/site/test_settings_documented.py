import ast
import re

from kzcustody_site.embedded.places import ROOT


def names_read(path: str) -> set[str]:
    """Names that a call in the file passes as its first argument, in capitals."""
    calls = (node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Call))
    first = (call.args[0] for call in calls if call.args)
    texts = {node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"[A-Z][A-Z0-9_]+", text)}


def test_the_table_lists_the_settings_that_are_read_and_no_other() -> None:
    table = (ROOT / "docs" / "settings.md").read_text().split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row.split("|")[1])}
    assert listed == names_read("kzcustody_site/settings.py") | names_read("kzcustody_site/environment.py")
