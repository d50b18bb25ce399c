"""Says before pytest's closing line what the checks beside the tests said, once all have ended."""

import fcntl
import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    said = os.environ.get("KZCUSTODY_CHECKS")
    if said:
        with open(said, encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            for line in file.read().splitlines():
                terminalreporter.write_line(line, red=line.startswith("Failed"))
