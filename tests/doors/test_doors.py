"""The table of doors: for every address and method, and with a case behind it for a draft and one in review,
exactly who gets in.

``tests/tables/doors.csv`` is read by people and says what its words mean. An address that it does not have
fails the build. A difference is printed as the row that would have to be reviewed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from kzcustody_site import urls
from tests.doors import doors
from tests.doors.doors import Door, gets_in
from tests.plugins.undone import rolled_back

DOORS = doors.every_door()
TABLE = doors.table()
WRITE = re.compile(  # at the beginning, and after or inside what stands before it by WITH
    r'(?:^|AS \(|\))\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|MERGE INTO)\s+"?(\w+)', re.IGNORECASE
)
READING_IS_RECORDED = {
    "portal:document": {"audit_chain", "audit_event"},
    "portal:authority": {"audit_chain", "audit_event"},
    "admin:applications_application_document": {"audit_chain", "audit_event"},
    **{f"pipeline:cases_{form}": {"audit_chain", "audit_event"} for form in ("csv", "xlsx")},
    "pipeline:export": {"audit_chain", "audit_event"},
}
UNKNOWN_METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")
Knock = Callable[..., Any]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _plain_refusals() -> Iterator[None]:
    """Thousands of refusals: their pages are read by other tests."""
    with pytest.MonkeyPatch.context() as patch:
        for status in (403, 404):
            patch.setattr(
                urls,
                f"handler{status}",
                lambda *_args, status=status, **_more: HttpResponse(status=status),
                False,
            )
        yield


def names(door: Door) -> str:
    return door.address or "home"


@pytest.fixture
def rows(request: Any) -> dict[tuple[str, str], str]:
    """The rows of one door: method and state to who."""
    door = request.getfixturevalue("door")
    return {
        (method, state): who for (address, method, state), who in TABLE.items() if address == door.address
    }


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables written to, apart from the session."""
    tables: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        tables.update(WRITE.findall(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
    tables.discard("django_session")


def test_the_table_has_every_address_and_no_other() -> None:
    assert sorted({address for address, _method, _state in TABLE}) == sorted(door.address for door in DOORS)
    assert len({door.address for door in DOORS}) == len(DOORS)


@pytest.mark.parametrize("door", DOORS, ids=names)
def test_exactly_these_get_in(
    world: SimpleNamespace, knock: Knock, door: Door, rows: dict[tuple[str, str], str]
) -> None:
    methods = sorted({method for method, _state in rows})
    found = {}
    for state in doors.STATES if door.is_of_a_case else ("",):
        url = door.url(doors.values_of(door, world.ours, state))
        data = doors.typed(door, world.ours, state)
        for method in methods:
            entered = []
            for who in doors.EVERYBODY:
                with rolled_back(), written() as tables:
                    response = knock(who, method, url, data)
                if gets_in(response):
                    entered.append(who)
                else:
                    assert not tables, (who, method, url)
                    _is_told_nothing(door, who, response)
                if method == "GET":
                    assert tables == (
                        READING_IS_RECORDED.get(door.name, set()) if gets_in(response) else set()
                    )
            found[method, state] = doors.in_words(entered)
    assert found == rows


def _is_told_nothing(door: Door, who: str, response: Any) -> None:
    """Who is no member of staff finds no desk and no pipeline."""
    if door.address.startswith(("desk/", "pipeline/")) and who in (*doors.FIRM, doors.ADVISER, "stranger"):
        assert response.status_code == 404, (who, response.status_code)


@pytest.mark.parametrize("door", DOORS, ids=names)
def test_other_methods_are_refused(
    world: SimpleNamespace, knock: Knock, door: Door, rows: dict[tuple[str, str], str]
) -> None:
    url = door.url(doors.values_of(door, world.ours, "review"))
    listed = {method for method, _state in rows}
    others = [method for method in ("GET", "POST") if method not in listed]
    heads = ["HEAD"] if "GET" not in listed else []
    for who in ("visitor", "owner", "lead"):
        for method in (*others, *heads, *UNKNOWN_METHODS):
            with rolled_back(), written() as tables:
                response = knock(who, method, url, HTTP_X_HTTP_METHOD_OVERRIDE="POST")
            assert not gets_in(response), (who, method, response.status_code)
            assert response.status_code in (302, 403, 404, 405), (who, method, response.status_code)
            assert tables == set(), (who, method)
