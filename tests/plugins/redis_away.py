"""Nobody listens where Redis is: neither the caches that lie there, nor the broker."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, current_app

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis_away(settings: Any) -> Iterator[None]:
    caches = copy.deepcopy(settings.CACHES)
    for cache in caches.values():
        if cache["BACKEND"].endswith("RedisCache"):
            cache["LOCATION"] = NOWHERE
    settings.CACHES = caches
    usual = current_app._get_current_object()
    settings.CELERY_BROKER_URL = NOWHERE
    away = Celery("away")
    away.config_from_object("django.conf:settings", namespace="CELERY")
    away.set_current()
    yield
    usual.set_current()
