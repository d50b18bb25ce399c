import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kzcustody_site.settings")
app = Celery("kzcustody")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def prove_the_scanner(**_kwargs: Any) -> None:
    """Celery swallows errors here; ``insist`` ends the process."""
    from documents.probe import insist

    insist()
