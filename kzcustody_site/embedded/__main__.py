# Runs on any Python 3, so that an old one gets an answer rather than a syntax error.
import os
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "kzcustody needs Python %d.%d or newer; %s is %s.\n"  # noqa: UP031
        "Install a newer one and name it: make run PYTHON=python3.11"
        % (OLDEST + (sys.executable, sys.version.split()[0]))  # noqa: RUF005
    )

# Run by path, so that kzcustody_site/__init__.py, which needs Celery, is not imported.
folder = os.path.dirname(os.path.abspath(__file__))
sys.path = [*sys.path[1:], os.path.dirname(folder)]

from embedded import commands  # noqa: E402

sys.exit(commands.main(sys.argv[1:]))
