"""A very small run of it: the run of reminders and the bare statement find the same, once."""

import pytest
from django.db import connections

from bench.sweep.__main__ import QUERIES, markdown, run

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_the_run_finds_what_the_statement_finds_and_then_nothing(django_db_setup: None) -> None:
    connections.close_all()
    [size] = run([60], 1, template=str(connections["default"].settings_dict["NAME"]))
    assert size.first["new"] > 60
    assert (size.queries, size.queries <= QUERIES) == (19, True)
    assert markdown([size], 1).splitlines()[-1].startswith("| 60 | ")
