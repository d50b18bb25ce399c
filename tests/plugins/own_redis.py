"""Each worker of the tests has a Redis database of its own: what one empties, another may be reading.

Named with ``-p`` in pyproject.toml, since Django's settings are read before any conftest.
"""

import os

DATABASES = 16  # as many as a server has, unless it was told otherwise


def _own(url: str, worker: int) -> str:
    server, _, first = url.partition("?db=")
    return f"{server}?db={(int(first or 0) + worker) % DATABASES}"


if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and (url := os.environ.get("REDIS_URL")):
    os.environ["REDIS_URL"] = _own(url, int(worker.removeprefix("gw")))
