"""A very small run of it: each page of the pipeline beside the live counts."""

import pytest
from django.db import connections

from bench.pipeline.__main__ import QUERIES, markdown, run

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_each_page_stands_beside_the_live_counts(django_db_setup: None) -> None:
    connections.close_all()
    [size] = run([20], 1, template=str(connections["default"].settings_dict["NAME"]))
    assert size.events > 200
    found = {
        name: (page.queries <= QUERIES, len(page.ms), len(page.live)) for name, page in size.pages.items()
    }
    assert found == dict.fromkeys(size.pages, (True, 1, 1))
    rows = markdown([size], 1).splitlines()[-len(found) :]
    assert [row.split(" | ")[0] for row in rows] == [f"| {name}" for name in size.pages]
    assert all(row.endswith("| yes |") for row in rows)
