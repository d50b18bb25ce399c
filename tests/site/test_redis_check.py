"""Redis is asked at a start whether it throws anything away; one that is away stops no start."""

import socket
import time

import pytest
from redis import Redis

from kzcustody_site.checks import SECONDS, redis_throws_nothing_away

EVICTS = "The maxmemory-policy of Redis is allkeys-lru: at its limit of memory it drops queued tasks."


def told(url, settings, production=False):
    settings.REDIS_URL, settings.PRODUCTION = url, production
    return [(found.id, found.msg) for found in redis_throws_nothing_away(None)]


@pytest.mark.parametrize(
    ("policy", "production", "found"),
    [
        ("noeviction", True, []),
        ("allkeys-lru", False, [("kzcustody_site.W001", EVICTS)]),
        ("allkeys-lru", True, [("kzcustody_site.E001", EVICTS)]),
    ],
)
def test_it_must_not_throw_away_what_waits(valkey, settings, policy, production, found):
    with Redis.from_url(valkey.url) as server:
        server.config_set("maxmemory-policy", policy)
    assert told(valkey.url, settings, production) == found


def test_one_that_does_not_say_stops_no_start(valkey, settings):
    with Redis.from_url(valkey.url) as server:
        server.acl_setuser("mute", enabled=True, passwords=["+p"], categories=["-@all"])
    assert told(valkey.url.replace("unix://", "unix://mute:p@"), settings, production=True) == []


def test_one_that_is_away_stops_no_start(settings):
    assert told("redis://:secret@127.0.0.1:1/0", settings, production=True) == []
    assert told("unix:///nowhere/valkey.sock", settings, production=True) == []


def test_one_that_hangs_delays_a_start_by_two_seconds(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert told(f"redis://:secret@127.0.0.1:{silent.getsockname()[1]}/0", settings, production=True) == []
    assert time.monotonic() - began < 2 * SECONDS
