"""The virtual environment, installed from a hash-pinned lock."""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import Console, Trouble
from .places import PYTHON, ROOT, RUN, VENV, private

STAMP = VENV / "kzcustody.json"
NEWEST_TRIED = (3, 13)
PIP_THAT_INSTALLS_ELSEWHERE = (22, 3)
MEGABYTES = {"run": 700, "tools": 1400}


def ensure(lock: str, console: Console) -> None:
    """Installs ``requirements/LOCK.lock`` into .venv unless it is there already.

    A mark is written before an installation and a stamp after it: a half-made one is made anew. Whoever runs
    from inside .venv finds it as it is: it is not replaced under running feet.
    """
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    with _one_at_a_time():
        stamp = _read_stamp()
        if stamp.get(lock) == _fingerprint(lock):
            return
        need_space(ROOT, MEGABYTES[lock])
        fresh = stamp.get("python") != sys.version or "making" in stamp
        console.say(
            f"  Installing requirements/{lock}.lock into .venv: half a minute or more, this time only."
        )
        with console.step("packages installed") as step:
            _install(lock, fresh=fresh)
            _write_stamp({**({} if fresh else stamp), "python": sys.version, lock: _fingerprint(lock)})
            step.say(f"into .venv, Python {sys.version.split()[0]}")
        if sys.version_info[:2] > NEWEST_TRIED:
            console.say(f"  Python {sys.version.split()[0]} is newer than what was tried (3.11 to 3.13).")


def need_space(folder: Path, megabytes: int) -> None:
    free = shutil.disk_usage(folder).free // 1024**2
    if free < megabytes:
        raise Trouble(f"{folder} has {free} MB free; {megabytes} MB are needed. Make room and start again.")


def _install(lock: str, *, fresh: bool) -> None:
    own_pip = _pip_version() < PIP_THAT_INSTALLS_ELSEWHERE
    if own_pip and not importlib.util.find_spec("ensurepip"):
        raise Trouble(
            f"{sys.executable} has no pip 22.3 or newer. "
            "Install it (Debian: apt-get install python3-pip) and start again."
        )
    if fresh:
        without = [] if own_pip else ["--without-pip"]
        _run([sys.executable, "-m", "venv", "--clear", *without, str(VENV)])
    _write_stamp({**_read_stamp(), "python": sys.version, "making": lock})
    pip = [str(PYTHON), "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    wanted = ["--require-hashes", "-r", str(ROOT / "requirements" / f"{lock}.lock")]
    _run([*pip, "install", "-q", "--disable-pip-version-check", "--root-user-action=ignore", *wanted])


def _run(command: list[str]) -> None:
    not_ours = ("PIP_USER", "PYTHONPATH", "PYTHONHOME")
    quiet = {name: value for name, value in os.environ.items() if name not in not_ours}
    done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == 0:
        return
    said = (done.stdout + done.stderr).strip()
    hint = "Make room on the disk" if "No space left" in said else "See that the package index can be reached"
    raise Trouble(f"Packages could not be installed. {hint} and start again: it begins anew.\n{said[-2000:]}")


def _pip_version() -> tuple[int, ...]:
    told = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True).stdout
    found = re.match(r"pip (\d+)\.(\d+)", told)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{lock}.lock").read_bytes()).hexdigest()


def _read_stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _write_stamp(stamp: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(stamp))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """``make run`` and ``make test`` may be started together."""
    with (private(RUN) / "packages.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
