"""No address shows anybody but the firm what the firm writes among its own people, nor anybody at all the
number of a person's papers in clear.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.doors import doors
from tests.doors.doors import Door
from tests.doors.world import AMONG_OURSELVES
from tests.plugins.undone import rolled_back

pytestmark = pytest.mark.django_db
OTHERS = ("visitor", "stranger", "officer", "lead", "decider", "admin")


@pytest.mark.parametrize("door", doors.every_door(), ids=lambda door: door.address or "home")
def test_what_the_firm_writes_among_its_own_people_is_on_no_page_of_others(
    world: SimpleNamespace, knock: Any, door: Door
) -> None:
    for state in doors.STATES if door.is_of_a_case else ("",):
        url = door.url(doors.values_of(door, world.ours, state))
        for who in OTHERS:
            with rolled_back():
                response = knock(who, "GET", url)
                body = b"".join(response) if response.streaming else response.content
            assert AMONG_OURSELVES.encode() not in body, (who, url)
            assert getattr(world.ours, state or "review").person.identifier.encode() not in body, (who, url)
