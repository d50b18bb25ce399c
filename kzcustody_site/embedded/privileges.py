"""PostgreSQL refuses to run as root. There it gets a user namespace of its own, or else the user nobody."""

import ctypes
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .console import Trouble
from .places import aside, private

CLONE_NEWUSER = 0x10000000
UID_INSIDE = 1000
SWITCH = "KZCUSTODY_POSTGRES_AS"


@dataclass(frozen=True)
class Identity:
    """How a process becomes somebody who is not root."""

    before: Callable[[], None] | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def own(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.options:
            os.chown(folder, self.options["user"], self.options["group"])
        return folder

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            preexec_fn=self.before,
            **self.options,
        )


def for_postgres() -> Identity:
    if os.getuid() != 0:
        return Identity()
    wanted = os.environ.get(SWITCH, "")
    if wanted not in ("", "namespace", "nobody"):
        raise Trouble(f"{SWITCH} is {wanted!r}; write namespace or nobody, or leave it out.")
    in_namespace = Identity(before=_enter_namespace)
    if wanted != "nobody" and _works(in_namespace):
        return in_namespace
    nobody = pwd.getpwnam("nobody")
    return Identity(options={"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []})


def reachable(package: Path, identity: Identity, state: Path) -> Path:
    """The folder of programs in this package, or in a copy of it where the identity cannot reach the original
    (below /root). What the programs load lies beside the package.
    """
    programs = package / "pginstall"
    if not identity.options or _can_run(identity, programs / "bin" / "postgres"):
        return programs
    copy = private(aside(state), 0o711) / "programs"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, copy / folder.name, symlinks=True)
        (copy / "complete").touch()
    return copy / programs.relative_to(package.parent)


def _enter_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    maps = {"setgroups": "deny", "uid_map": f"{UID_INSIDE} {uid} 1", "gid_map": f"{UID_INSIDE} {gid} 1"}
    for name, content in maps.items():
        with open(f"/proc/self/{name}", "w") as handle:
            handle.write(content)


def _works(identity: Identity) -> bool:
    try:
        return identity.run(["/bin/true"]).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _can_run(identity: Identity, program: Path) -> bool:
    return identity.run(["/usr/bin/test", "-x", str(program)]).returncode == 0
