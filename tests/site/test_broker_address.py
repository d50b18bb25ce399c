"""What is queued lies in the Redis of REDIS_URL, in the database of it that is named there."""

import pytest
from celery import Celery
from redis import Redis

from kzcustody_site import environment


@pytest.mark.parametrize(("named", "database"), [("", 0), ("?db=0", 0), ("?db=5", 5)])
def test_the_database_that_is_named_is_the_one_that_is_used(valkey, named, database):
    url = valkey.url + named
    with Celery("address", set_as_current=False, broker=environment.broker(url)) as queue:
        queue.send_task("tests.nothing", queue=f"at {named}")
    with Redis.from_url(url) as server, Redis.from_url(f"{valkey.url}?db={(database + 1) % 16}") as other:
        assert (server.llen(f"at {named}"), other.llen(f"at {named}")) == (1, 0)


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_an_address_of_a_host_is_taken_as_it_is(scheme):
    url = f"{scheme}://:secret@redis.example.kz:6379/3"
    assert environment.broker(url) == url
