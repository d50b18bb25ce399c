"""The first thing such a process does: ``start.main()`` with ``TASK MEGABYTES SECONDS ...`` loads the task,
shuts the process in, and only then lets the task look at a file.
"""

import ctypes
import errno
import importlib
import resource
import sys

MOST_WRITTEN = 8 * 1024 * 1024
NO_MEMORY = 3
LIBRARY = "libseccomp.so.2"
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
CLOSED = ("socket", "socketpair", "io_uring_setup", "execve", "execveat")


def limit(megabytes: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def cut_off() -> None:
    """No network and no other program from here on, by a filter of the kernel. Raises OSError where it has
    none.
    """
    library = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(ALLOW))
    for name in CLOSED:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if library.seccomp_rule_add(rules, REFUSE, number, 0):
            raise OSError(f"seccomp does not close {name}")
    if library.seccomp_load(rules):
        raise OSError("seccomp is not to be had")


def open_no_more() -> None:
    """What is open can be read on; nothing else can be opened."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def main() -> None:
    task, megabytes, seconds, *arguments = sys.argv[1:]
    module = importlib.import_module(f"documents.contents.{task}")
    limit(int(megabytes), int(seconds))
    cut_off()
    try:
        module.main(*arguments)
    except MemoryError:
        sys.exit(NO_MEMORY)
