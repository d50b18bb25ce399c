"""Where things are: the checkout, its packages, its running state, and a short folder for sockets."""

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from .console import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OWN_RUN = ROOT / ".run"
RUN = Path(os.environ.get("KZCUSTODY_RUN_DIR") or OWN_RUN).resolve()
SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"


def digest(path: Path) -> str:
    return hashlib.sha256(f"{os.getuid()}:{path}".encode()).hexdigest()[:12]


def private(folder: Path, mode: int = 0o700) -> Path:
    """The folder, made if need be; refuses one that belongs to somebody else."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Trouble(f"{folder} belongs to somebody else. Remove it and start again.")
    folder.chmod(mode)
    return folder


def aside(state: Path) -> Path:
    """The short-named folder that goes with ``state``: for sockets, and what another user must reach."""
    return Path(tempfile.gettempdir()) / f"kzcustody-{digest(state)}"


def sockets(state: Path) -> Path:
    """``state``, or the short folder where a socket's path would be longer than the kernel allows."""
    if len(os.fsencode(state)) + len(LONGEST_SOCKET_NAME) <= SOCKET_PATH_LIMIT:
        return state
    private(aside(state), 0o711)
    return private(aside(state) / "sockets")


def throwaway() -> Path:
    """A new folder for one test run, found again by ``make clean`` should the run be killed."""
    return Path(tempfile.mkdtemp(prefix=f"kzcustody-{digest(ROOT)}-"))


def forgotten() -> list[Path]:
    return sorted(Path(tempfile.gettempdir()).glob(f"kzcustody-{digest(ROOT)}-*"))


def forget(state: Path) -> None:
    shutil.rmtree(aside(state), ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)


def package(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    return next(VENV.glob(f"lib/python3*/site-packages/{name}"))
