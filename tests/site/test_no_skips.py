import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from kzcustody_site.embedded.places import ROOT

CASES = """
import pytest

def test_passes(): pass

@pytest.mark.skip(reason="no Chromium here")
def test_skipped(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""


@pytest.mark.parametrize(
    ("strict", "closing", "code"),
    [("0", "1 passed, 1 skipped, 1 xfailed", 0), ("1", "1 passed, 1 xfailed, 1 error", 1)],
)
def test_a_skip_fails_only_where_nothing_may_be_skipped(
    tmp_path: Path, python: str, strict: str, closing: str, code: int
) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)
    command = [python, "-m", "pytest", "-p", "no:django", "-p", "tests.plugins.no_skips", "-c", os.devnull]
    done = subprocess.run(
        [*command, "--rootdir", tmp_path, "-ra", tmp_path],
        cwd=ROOT,
        env={**os.environ, "KZCUSTODY_NO_SKIPS": strict},
        capture_output=True,
        text=True,
    )
    assert closing in done.stdout.splitlines()[-1]
    assert "no Chromium here" in done.stdout
    assert done.returncode == code


def test_a_failed_check_is_named_before_the_closing_line(tmp_path: Path, python: str) -> None:
    """Once all checks have ended."""
    (tmp_path / "test_cases.py").write_text("def test_passes(): pass\n")
    command = [python, "-m", "pytest", "-p", "no:django", "-p", "tests.plugins.failed_checks"]
    said = tmp_path / "checks.txt"
    with said.open("w") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        going_on = subprocess.Popen(
            [*command, "-c", os.devnull, "--rootdir", tmp_path, tmp_path],
            cwd=ROOT,
            env={**os.environ, "KZCUSTODY_CHECKS": str(said)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert going_on.stdout
        assert any("[100%]" in line for line in going_on.stdout)
        with pytest.raises(subprocess.TimeoutExpired):
            going_on.wait(0.5)
        out.write("  NO types\nFailed beside the tests: types, ruff check\n")
    printed, _ = going_on.communicate()
    assert printed.splitlines()[-3:-1] == ["  NO types", "Failed beside the tests: types, ruff check"]
