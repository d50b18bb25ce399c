"""`make run` itself, in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kzcustody_site.embedded import places, virtualenv
from kzcustody_site.embedded.console import Trouble
from kzcustody_site.embedded.processes import leftovers

pytestmark = pytest.mark.long

LAUNCHER = [sys.executable, "kzcustody_site/embedded"]
READY = "Ctrl-C stops it."


@pytest.fixture
def state() -> Iterator[Path]:
    folder = places.throwaway()
    yield folder
    places.forget(folder)


@pytest.fixture
def environment(state: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "KZCUSTODY_RUN_DIR": str(state), "PORT": "23000"}


def launch(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [*LAUNCHER, *arguments]
    return subprocess.run(command, cwd=places.ROOT, env=environment, capture_output=True, text=True)


def said(process: subprocess.Popen[str], until: str) -> str:
    """What it printed up to the line; the suite's own time limit ends a wait for a line that never comes."""
    lines: list[str] = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if until in line:
            return "".join(lines)
    pytest.fail("It ended before it was ready:\n" + "".join(lines))


def test_run_serves_refuses_a_second_and_leaves_nothing_after_ctrl_c(
    state: Path, environment: dict[str, str]
) -> None:
    # Ctrl-C is ignored at first, as in what a shell starts in the background.
    first = subprocess.Popen(
        [*LAUNCHER, "run"],
        cwd=places.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        text = said(first, READY)
        address = re.findall(r"http://localhost:\d+", text)[-1]
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert answer.status == 200
        second = launch(["run"], environment)
        refused = f"It already runs in this folder, at {address}. Stop that one with Ctrl-C first."
        assert (second.returncode, second.stderr.strip()) == (1, refused)
        assert len(leftovers(state)) >= 7
    finally:
        began = time.monotonic()
        first.send_signal(signal.SIGINT)
        code = first.wait(60)
    assert code == 0
    assert leftovers(state) == []
    assert (state / "postgres" / "PG_VERSION").exists()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("arguments", "name", "value", "answer"),
    [
        (["run"], "PORT", "http", "PORT is 'http'; write a number from 1 to 65535."),
        (
            ["fly"],
            "PORT",
            "23000",
            "Say one of: run, manage, test, lint, types, messages, bench, drill, clean.",
        ),
        (["manage", "check"], "PORT", "23000", "Nothing runs in this folder. Start it with make run"),
    ],
)
def test_what_cannot_be_done_is_said(
    environment: dict[str, str], arguments: list[str], name: str, value: str, answer: str
) -> None:
    done = launch(arguments, {**environment, name: value})
    assert done.returncode == 1
    assert done.stderr.strip().startswith(answer)


def test_an_old_python_is_told_what_to_install() -> None:
    """The first file must be readable by any Python 3; here the version is only pretended."""
    program = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0);"
        "runpy.run_path('kzcustody_site/embedded', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=places.ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("kzcustody needs Python 3.11 or newer; ")


def test_too_little_disk_is_said_with_what_is_needed(tmp_path: Path) -> None:
    free = virtualenv.shutil.disk_usage(tmp_path).free // 1024**2
    virtualenv.need_space(tmp_path, free - 1000)
    with pytest.raises(
        Trouble, match=rf"^{tmp_path} has \d+ MB free; {free + 1000} MB are needed\. Make room"
    ):
        virtualenv.need_space(tmp_path, free + 1000)
