"""Drills of the whole service: ``python -m drills.run [NAME...]``. Each prints a line that says what it
proved, and is a row of the result of the day in docs/drills/.
"""

import argparse
import os
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "drills"
ABOUT = "`make drill`: what was killed, filled and measured, and what came of it. The s are seconds."
DOCUMENTS, OUTBOX = "documents", "outbox"  # the pages
OF_OUTBOX = ("killed-tasks", "redis-away", "redis-emptied", "two-beats")
DRILLS = {
    "killed-web": "a worker of gunicorn is killed before every step of an upload",
    "killed-database": "the database is stopped at once before every step of an upload",
    "killed-worker": "a worker of Celery is killed during a scan",
    "full-store": "the volume of the documents is full",
    "full-temporary": "the volume of temporary files is full",
    "full-database": "the volume of the database is full",
    "large-file": "a file of 500 MB against cp and sha256sum",
    "real-bucket": "documents in the buckets of SeaweedFS",
    "killed-tasks": "tasks of the timetable are killed at ten points of each (DRILL_POINTS)",
    "redis-away": "Redis is away for ten minutes of submissions and decisions (DRILL_SECONDS, DRILL_ACTS)",
    "redis-emptied": "Redis is emptied and restarted while firms submit (DRILL_SECONDS, DRILL_ACTS)",
    "two-beats": "two beats, restarted when reminders are due, and away when others are",
}


def run(name):
    """Whether it held, what it said, and its seconds."""
    began = time.monotonic()
    command = [sys.executable, "-W", "ignore", "-m", f"drills.{name.replace('-', '_')}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = (done.stdout if done.returncode == 0 else done.stderr).strip()
    if done.returncode:
        said = said[said.rfind("drills.house.Failed: ") :].removeprefix("drills.house.Failed: ")
    return done.returncode == 0, said, time.monotonic() - began


def heading():
    now = datetime.now().astimezone()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    told = "".join(f", {name}={value}" for name, value in sorted(os.environ.items()) if name[:6] == "DRILL_")
    table = "| drill | held | what was seen | s |\n|---|---|---|---|\n"
    return f"\n## At {now:%H:%M}, {os.cpu_count()} cores, load {load}{told}\n\n{table}"


def row(name, held, said, seconds):
    words = " ".join(said.split()).replace("|", "\\|")
    return f"| {name} | {'yes' if held else '**no**'} | {words} | {seconds:.0f} |\n"


def page_of(name):
    return OUTBOX if name in OF_OUTBOX else DOCUMENTS


def note(page, text):
    path = RESULTS / f"{date.today()}-{page}.md"
    if not path.exists():
        path.write_text(f"# {date.today()}: {page}\n\n{ABOUT}\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def main(arguments=None):
    known = "\n".join(f"  {name:<16} {what}" for name, what in DRILLS.items())
    parser = argparse.ArgumentParser(
        prog="drills.run",
        description=f"{__doc__}\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="all, where none is named")
    parser.add_argument("--list", action="store_true", help="name them, and do nothing")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in DRILLS]:
        parser.error(f"no drill is named {', '.join(unknown)}. There are:\n{known}")
    if asked.list:
        print(known)
        return 0
    names = asked.names or list(DRILLS)
    for page in dict.fromkeys(map(page_of, names)):
        note(page, heading())
    failed = 0
    for name in names:
        held, said, seconds = run(name)
        failed += not held
        print(f"{name}: {'' if held else 'FAILED: '}{said} ({seconds:.0f} s)", flush=True)
        note(page_of(name), row(name, held, said, seconds))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
