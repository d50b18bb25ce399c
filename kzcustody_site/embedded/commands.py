"""What the Makefile calls."""

import errno
import platform
import shutil
import signal
import sys

from . import places, suite
from .console import Console, Trouble
from .processes import stop_leftovers
from .run import manage, only_one, run


def clean(console: Console) -> None:
    """Removes all that the commands made in this checkout, and stops what still runs from it."""
    state = places.private(places.OWN_RUN)
    with only_one(state):
        for one in (state, *places.forgotten()):
            stop_leftovers(one)
            places.forget(one)
    shutil.rmtree(places.VENV, ignore_errors=True)
    console.say("  Removed .venv and .run.")


def main(arguments: list[str]) -> int:
    console = Console()
    _let_signals_interrupt()
    try:
        _refuse_other_machines()
        return _obey(console, arguments)
    except KeyboardInterrupt:
        return 0 if arguments[:1] == ["run"] else 130
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        where = error.filename or places.ROOT
        print(f"\nNo room left on the disk ({where}). Make some and start again.", file=sys.stderr)
    return 1


def _obey(console: Console, arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            run(console)
            return 0
        case ["manage", *rest]:
            manage(rest)
        case ["clean"]:
            clean(console)
            return 0
        case ["test", *rest]:
            return suite.test(console, rest)
        case ["bench", *rest]:
            return suite.bench(console, rest)
        case ["drill", *rest]:
            return suite.drill(console, rest)
        case ["lint"]:
            return suite.lint(console)
        case ["types"]:
            return suite.types(console)
        case ["messages"]:
            return suite.messages(console)
        case _:
            raise Trouble("Say one of: run, manage, test, lint, types, messages, bench, drill, clean.")


def _refuse_other_machines() -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise Trouble(
            f"This is {platform.system()} on {platform.machine()}; make run is for Linux on x86_64. "
            "Elsewhere use docker-compose.yml: see docs/deployment.md."
        )


def _let_signals_interrupt() -> None:
    """Ctrl-C, a closed terminal and a polite kill all end in the same orderly stop.

    Set even for Ctrl-C, since a shell starts what it puts in the background with Ctrl-C ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt
