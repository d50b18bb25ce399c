"""Redis as Celery's broker, whose loss ends no worker.

A task that ends while Redis is away is acknowledged on a channel that is closed by then. Kombu 5.7 meets that
with an AttributeError, which Celery takes for a fault of its own: the worker ends. As a lost connection it is
logged, and the worker connects again.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError

SCHEMES = ("redis", "rediss")


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise ConnectionError("The connection to Redis is closed.")
        return super()._connparams(asynchronous)


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """For every connection that is made afterwards."""
    TRANSPORT_ALIASES.update(dict.fromkeys(SCHEMES, f"{__name__}:Transport"))
