import os
import re
import subprocess
from pathlib import Path

from kzcustody_site.embedded.places import ROOT

CASES = """
import pytest

@pytest.mark.parametrize("n", range(9))
def test_short(n): pass

@pytest.mark.long
@pytest.mark.parametrize("n", range(2))
def test_long(n): pass

@pytest.mark.browser
@pytest.mark.parametrize("n", range(3))
def test_browser(n): pass
"""
DONE = re.compile(r"\[(gw\d)\] .*PASSED .*::(\w+)\[(\d)\]")


def test_of_two_workers_one_begins_with_the_browser_and_one_with_what_takes_long(
    tmp_path: Path, python: str
) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)
    command = [python, "-m", "pytest", "-p", "no:django", "-p", "tests.plugins.order", "-c", os.devnull]
    done = subprocess.run(
        [*command, "--rootdir", tmp_path, "-v", "-n", "2", "--dist", "worksteal", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    of_workers: dict[str, list[str]] = {}
    for worker, name, number in DONE.findall(done.stdout):
        of_workers.setdefault(worker, []).append(f"{name} {number}")
    assert sorted(names[0] for names in of_workers.values()) == ["test_browser 0", "test_long 0"]
    assert sum(map(len, of_workers.values())) == 14
