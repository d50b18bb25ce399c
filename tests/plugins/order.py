"""With workers: who drives the browser begins with all of it, the others with what else takes long.

A browser lets its worker wait, and what the others do fills that. What is short comes last, so that no worker
is left alone with a long test at the end.
"""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = dealt(items, workers)


def needs_database(item: pytest.Item) -> bool:
    """Last what needs it: the worker with the browser has migrated by then."""
    return bool(item.get_closest_marker("django_db")) or "db" in getattr(item, "fixturenames", ())


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In the order in which ``--dist worksteal`` gives them out at first: as many to each worker."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    long = sorted((item for item in items if item.get_closest_marker("long")), key=needs_database)
    first = {*browser, *long}
    short = [item for item in items if item not in first]
    found: list[pytest.Item] = []
    for worker in range(workers):
        begins = long[worker - 1 :: workers - 1] if worker else browser
        size = max((len(items) - len(found)) // (workers - worker) - len(begins), 0)
        found += begins + short[:size]
        del short[:size]
    return found
