"""Nothing outside ``workflow`` writes a state: the build fails where a line tries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from workflow.models import Stateful

NOT_THE_SERVICE = {"workflow", "tests", "bench", "drills"}
WRITERS = {
    "update",
    "aupdate",
    "create",
    "acreate",
    "get_or_create",
    "update_or_create",
    "bulk_update",
    "setattr",
}
FORBIDDEN_NAMES = {"change_state", "set_state", "_change_state"}
RAW = re.compile(r"""\bset\s+([\w"]+\s*=[^;]*?,\s*)*"?state"?\s*=""", re.IGNORECASE)
COPIED = re.compile(r"""\bcopy\b.*\bfrom\s+stdin\b""", re.IGNORECASE | re.DOTALL)
# The one exception: histories for trials of size, which production settings refuse. What it copies is held
# against workflow.perform in tests/applications/test_scale.py.
EXCEPTION = "applications/samples/scale/tables.py"
MODELS = {model.__name__ for model in apps.get_models() if issubclass(model, Stateful)}


def sources() -> list[Path]:
    root = Path(settings.BASE_DIR)
    rooms = [path.parent for path in root.glob("*/__init__.py") if path.parent.name not in NOT_THE_SERVICE]
    files = [file for room in rooms for file in room.rglob("*.py") if "migrations" not in file.parts]
    return sorted([*files, *root.glob("*.py")])


def writes(text: str) -> list[int]:
    """The lines of a program that write a state."""
    return sorted({node.lineno for node in ast.walk(ast.parse(text)) if _writes(node)})


def _writes(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return any(_is_state(part) for target in targets for part in _parts(target))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) | ast.For(target=target):
            return any(_is_state(part) for part in _parts(target))
        case ast.Attribute(attr=name) | ast.Name(id=name) if name in FORBIDDEN_NAMES:
            return True
        case ast.Call():
            return _is_writing_call(node)
        case ast.Constant(value=str(text)):
            return bool(RAW.search(text) or COPIED.search(text))
    return False


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _parts(item)
    elif isinstance(target, ast.Starred):
        yield from _parts(target.value)
    else:
        yield target


def _is_state(target: ast.expr) -> bool:
    match target:
        case ast.Attribute(attr="state"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="__dict__"), slice=ast.Constant(value="state")):
            return True
    return False


def _is_writing_call(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if any(word.arg == "update_fields" and _mentions_state(word.value) for word in call.keywords):
        return True
    if name not in WRITERS | MODELS:
        return False
    if any(word.arg == "state" for word in call.keywords):
        return True
    return any(_mentions_state(value) for value in [*call.args, *(word.value for word in call.keywords)])


def _mentions_state(value: ast.expr) -> bool:
    """A literal that names the field: "state", ["state"], {"state": …}."""
    match value:
        case ast.Constant(value="state"):
            return True
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return any(_mentions_state(item) for item in items)
        case ast.Dict(keys=keys):
            return any(key is not None and _mentions_state(key) for key in keys)
    return False


def test_the_search_sees_the_whole_service():
    names = {path.relative_to(settings.BASE_DIR).parts[0] for path in sources()}
    assert {
        "applications",
        "licences",
        "regulators",
        "documents",
        "accounts",
        "audit",
        "kzcustody_site",
    } <= names
    assert {"Application", "Stage"} <= MODELS


def test_nothing_outside_workflow_writes_a_state():
    found = {
        str(path.relative_to(settings.BASE_DIR)): lines
        for path in sources()
        if (lines := writes(path.read_text()))
    }
    assert set(found) == {EXCEPTION}, found
    assert len(found[EXCEPTION]) == 1


@pytest.mark.parametrize(
    "line",
    [
        "case.state = 'granted'",
        "a, case.state = 1, 2",
        "case.state += 'x'",
        "case.state: str = 'x'",
        "for case.state in states: pass",
        "case.__dict__['state'] = 'granted'",
        "setattr(case, 'state', 'granted')",
        "Application.objects.filter(pk=1).update(state='granted')",
        "Application.objects.update(**{'state': 'granted'})",
        "Application.objects.bulk_update(cases, ['state'])",
        "Application.objects.bulk_update(cases, fields=('version', 'state'))",
        "Application.objects.update_or_create(pk=1, defaults={'state': 'granted'})",
        "Application.objects.create(firm=firm, state='granted')",
        "Application(firm=firm, state='granted').save()",
        "case.save(update_fields=['state'])",
        "field.change_state(case, method)",
        "field.set_state(case, 'granted')",
        "cursor.execute('UPDATE applications_application SET state = %s', [x])",
        "cursor.execute('update applications_stage set version = 1, \"state\"=%s')",
        "sql = f'UPDATE {table} SET state = 1'",
        "cursor.copy('COPY applications_stage (id, state) FROM STDIN')",
        "statement = sql.SQL('copy {} ({})\\nfrom stdin')",
    ],
)
def test_a_line_that_writes_a_state_is_found(line):
    assert writes(f"x = 1\n{line}\n") == [2]


@pytest.mark.parametrize(
    "line",
    [
        "state = FSMField(protected=True)",
        "Application.objects.filter(state='granted').update(version=1)",
        "if case.state == 'granted': pass",
        "names = case.state",
        "Application.objects.update(changed_at=now)",
        "case.save(update_fields=['licence'])",
        "Application.objects.values('state').annotate(n=1)",
        "'The state is set by workflow.'",
        "cursor.execute('SELECT state FROM applications_stage WHERE state = 1')",
    ],
)
def test_a_line_that_reads_a_state_is_left_alone(line):
    assert writes(line) == []
