"""Starts and stops processes: each in a session of its own, marked, and gone when its parent is."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .console import Trouble
from .places import ROOT

MARK = "KZCUSTODY_STARTED_BY"
PR_SET_PDEATHSIG = 1
PATIENCE = 15.0


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        if self.alive:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Family:
    """The children of one command. Stopped last started first, so that servers outlive their clients."""

    state: Path
    children: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Iterable[object],
        *,
        environment: Mapping[str, str],
        before: Callable[[], None] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        **options: Any,
    ) -> Child:
        log = self.state / "log" / f"{name}.log"
        log.parent.mkdir(mode=0o700, exist_ok=True)
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=options.pop("cwd", ROOT),
                env={**environment, MARK: str(self.state)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_in_child(before, stop_signal),
                **options,
            )
        child = Child(name, process, log, stop_signal)
        self.children.append(child)
        return child

    def wait_for(self, child: Child, ready: Callable[[], bool], seconds: float = 60.0) -> None:
        """Returns when ``ready()``; raises Trouble when the child ends, or time runs out."""
        until = time.monotonic() + seconds
        while not ready():
            if not child.alive:
                raise Trouble(f"{child.name} stopped at once. The end of {child.log}:\n{child.tail()}")
            if time.monotonic() > until:
                late = f"{child.name} did not answer in {seconds:.0f} s."
                raise Trouble(f"{late} The end of {child.log}:\n{child.tail()}")
            time.sleep(0.02)

    def first_dead(self) -> Child | None:
        return next((child for child in self.children if not child.alive), None)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        stop_leftovers(self.state)


def _in_child(before: Callable[[], None] | None, stop_signal: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        if before:
            before()
        # After `before`: a change of user clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return prepare


def finish(command: Iterable[object], *, environment: Mapping[str, str], said_by: str) -> str:
    """Runs a command to its end and returns what it printed; raises Trouble with that when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=_in_child(None, signal.SIGTERM),
    )
    if done.returncode:
        raise Trouble(f"{said_by} failed:\n{_last_lines(done.stdout + done.stderr)}")
    return done.stdout


def _last_lines(text: str, lines: int = 30) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


def leftovers(state: Path) -> list[int]:
    """Processes that a command with this state started and that still run, whoever their parent is now."""
    mark = f"{MARK}={state}".encode()
    return [pid for pid in _pids() if mark in _environ(pid)]


def stop_leftovers(state: Path) -> int:
    """Stops what a killed command left behind; returns how many there were. The caller holds the lock."""
    found = leftovers(state)
    for pid in reversed(found):
        _signal(pid, signal.SIGINT if _name(pid) == "postgres" else signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while (left := leftovers(state)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in left:
        _signal(pid, signal.SIGKILL)
    return len(found)


def working_in(folder: Path) -> bool:
    """Whether any process has this folder as its working directory."""
    return any(_link(pid, "cwd") == str(folder) for pid in _pids())


def _pids() -> list[int]:
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid())


def _environ(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
