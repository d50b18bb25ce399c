"""Names, next to pytest's closing line, the checks of ``make test`` that failed before the tests."""

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    failed = os.environ.get("KZCUSTODY_FAILED_CHECKS")
    if failed:
        terminalreporter.write_line(f"Failed before the tests: {failed}", red=True)
