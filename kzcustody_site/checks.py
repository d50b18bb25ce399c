"""System check: at its limit of memory Redis refuses what comes, and throws nothing away."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

WANTED = "noeviction"
SECONDS = 2


@register()
def redis_throws_nothing_away(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    policy = _policy()
    if policy in ("", WANTED):
        return []
    message = f"The maxmemory-policy of Redis is {policy}: at its limit of memory it drops queued tasks."
    hint = f"Set it to {WANTED}."
    if settings.PRODUCTION:
        return [Error(message, hint=hint, id="kzcustody_site.E001")]
    return [Warning(message, hint=hint, id="kzcustody_site.W001")]


def _policy() -> str:
    """Empty where Redis is away, or does not say: it may be away at any time, and stops no start."""
    server = Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=SECONDS,
        socket_timeout=SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return str(server.info("memory").get("maxmemory_policy", ""))
    except (RedisError, OSError):
        return ""
    finally:
        server.close()
