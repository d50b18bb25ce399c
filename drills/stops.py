"""The service as it is, in a process that can be told by a request to stand still before any step of those
files that take an upload in.
"""

import sys

from drills.steps import Steps, steps_of
from kzcustody_site.wsgi import application as served

STEPS = steps_of(
    (
        *("documents/services/receiving.py", "documents/services/pieces.py", "documents/services/keeping.py"),
        *("documents/storage.py", "documents/stores.py", "audit/services.py"),
        *("applications/services/evidence.py", "applications/services/drafting.py"),
        "applications/portal/views/file_pages.py",
    )
)


def application(environ, start_response):
    wanted = environ.get("HTTP_X_STOP_AT")
    if wanted is None:
        return served(environ, start_response)
    steps = Steps(STEPS, int(wanted))
    sys.settrace(steps.call)
    try:
        return served(environ, start_response)
    finally:
        sys.settrace(None)
        steps.write()
