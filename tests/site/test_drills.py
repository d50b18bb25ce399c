"""The runner of the drills names them, and takes no other."""

import importlib.util

import pytest

from drills import run

NAMES = [
    "killed-web", "killed-database", "killed-worker", "full-store", "full-temporary", "full-database",
    "large-file", "real-bucket", "killed-tasks", "redis-away", "redis-emptied", "two-beats",
]  # fmt: skip


def test_it_lists_its_drills_each_a_script_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == NAMES
    scripts = [f"drills.{name.replace('-', '_')}" for name in NAMES]
    assert [name for name in scripts if importlib.util.find_spec(name) is None] == []


def test_an_unknown_name_is_refused_before_anything_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run.main(["large-file", "killed-cat"])
    assert (caught.value.code, "no drill is named killed-cat." in capsys.readouterr().err) == (2, True)


def test_a_failure_is_a_row_of_the_result() -> None:
    assert run.row("full-store", False, "a | b\nc", 1.6) == "| full-store | **no** | a \\| b c | 2 |\n"
