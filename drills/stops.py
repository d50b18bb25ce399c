"""The service as it is, in a process that can be told by a request to stand still before any of its steps.

A step is a statement of those files that take an upload in. Nothing of them is changed: Python's own tracing
tells which line comes next.
"""

import ast
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from kzcustody_site.wsgi import application as served

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DRILL_STOPS", "."))
WATCHED = (
    *("documents/services/receiving.py", "documents/services/pieces.py", "documents/services/keeping.py"),
    *("documents/storage.py", "documents/stores.py", "audit/services.py"),
    *("applications/services/evidence.py", "applications/services/drafting.py"),
    "applications/portal/views/file_pages.py",
)
MOST_OF_ONE = 2  # of a line in a loop; a block of ``with`` comes by its first line again at its end


def statements(path):
    """The lines that one begins in."""
    tree = ast.parse(path.read_text())
    return frozenset(node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt))


STEPS = {str(ROOT / name): statements(ROOT / name) for name in WATCHED}


class Steps:
    def __init__(self, stop_at):
        self.stop_at = stop_at
        self.seen = Counter()
        self.passed = []

    def call(self, frame, event, argument):
        return self.line if frame.f_code.co_filename in STEPS else None

    def line(self, frame, event, argument):
        if event == "line" and frame.f_lineno in STEPS[frame.f_code.co_filename]:
            self._step(frame)
        return self.line

    def _step(self, frame):
        where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
        self.seen[where] += 1
        if self.seen[where] > MOST_OF_ONE:
            return
        self.passed.append(where)
        if len(self.passed) == self.stop_at:
            self._stand_still(where)

    def _stand_still(self, where):
        (FOLDER / "stopped").write_text(where)
        while not (FOLDER / "go").exists():
            time.sleep(0.005)


def application(environ, start_response):
    wanted = environ.get("HTTP_X_STOP_AT")
    if wanted is None:
        return served(environ, start_response)
    steps = Steps(int(wanted))
    sys.settrace(steps.call)
    try:
        return served(environ, start_response)
    finally:
        sys.settrace(None)
        (FOLDER / "passed").write_text(json.dumps(steps.passed))
