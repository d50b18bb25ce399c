"""A process that can be told to stand still before any step of some files.

A step is a statement. Nothing of the files is changed: Python's own tracing tells which line comes next.
"""

import ast
import json
import os
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DRILL_STOPS", "."))
MOST_OF_ONE = 2  # of a line in a loop; a block of ``with`` comes by its first line again at its end


def statements(path):
    """The lines that one begins in."""
    tree = ast.parse(path.read_text())
    return frozenset(node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt))


def steps_of(files):
    return {str(ROOT / name): statements(ROOT / name) for name in files}


class Steps:
    """``steps``: of ``steps_of``. Stands still before the step of number ``stop_at``; 0 is none."""

    def __init__(self, steps, stop_at):
        self.steps, self.stop_at = steps, stop_at
        self.seen = Counter()
        self.passed = []

    def call(self, frame, event, argument):
        return self.line if frame.f_code.co_filename in self.steps else None

    def line(self, frame, event, argument):
        if event == "line" and frame.f_lineno in self.steps[frame.f_code.co_filename]:
            self._step(frame)
        return self.line

    def write(self):
        (FOLDER / "passed").write_text(json.dumps(self.passed))

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
