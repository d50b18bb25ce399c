"""A very small run of the bench: both sides answer, the floor is the floor, the report has its lines."""

from collections.abc import Iterator

import pytest
from django.db import connections

from bench import report, run
from bench.measures import FLOOR, MEASURES

# With the mark the test database is made also when these tests run alone.
pytestmark = [pytest.mark.long, pytest.mark.django_db]


@pytest.fixture(scope="module")
def template(django_db_setup: None) -> Iterator[str]:
    """The migrated test database, left alone so that it can be copied."""
    connections.close_all()
    return str(connections["default"].settings_dict["NAME"])


@pytest.fixture(scope="module")
def size(template: str) -> run.Size:
    return run.run([30], rounds=1, template=template)[0]


def test_the_floor_asks_what_the_table_says(size: run.Size) -> None:
    assert size.floor_queries == FLOOR


def test_every_measure_has_a_ratio(size: run.Size) -> None:
    assert {title: len(found.ratios) for title, found in size.results.items()} == {
        m.title: 1 for m in MEASURES
    }
    assert all(found.ratio > 0 for found in size.results.values())


def test_the_house_asks_what_it_does_today(size: run.Size) -> None:
    """What was reached is not lost unseen, and what is gained is written down."""
    assert {m.house: size.results[m.title].queries for m in MEASURES} == {
        "worklist": 8,
        "worklist deep": 8,
        "search": 6,
        "desk case": 13,
        "pipeline": 6,
        "pipeline time": 6,
        "pipeline flow": 6,
        "portal list": 9,
        "portal case": 12,
        "portal stage": 9,
        "portal stage of 30": 10,
        "portal stage of 120": 10,
        "approve": 12,
        "approve_page": 16,
    }


def test_the_report_names_the_goals(size: run.Size) -> None:
    lines = report.markdown([size], 1).splitlines()
    rows = [
        line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ") and " / " in line
    ]
    assert {"worklist / list", "case in the portal / detail"} <= set(rows)
    assert lines[-1].startswith("8 threads approving: ")
