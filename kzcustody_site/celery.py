import os
from collections import deque
from typing import Any

from celery import Celery
from celery.signals import task_failure, task_prerun, task_rejected, task_unknown, worker_init

from kzcustody_site import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kzcustody_site.settings")
broker.use()
failed_lately: deque[str] = deque(maxlen=10)
app = Celery("kzcustody")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def prove_the_scanner(**_kwargs: Any) -> None:
    """Celery swallows errors here; ``insist`` ends the process."""
    from documents.probe import insist

    insist()


@task_prerun.connect
def note_begun(task: Any, **_kwargs: Any) -> None:
    from kzcustody_site import beat

    beat.note_begun(task.name)


@task_failure.connect
def note_failed(sender: Any, task_id: str, exception: BaseException, **_kwargs: Any) -> None:
    """Celery tells twice of a task that ran over its time limit."""
    if task_id not in failed_lately:
        failed_lately.append(task_id)
        _note(sender.name, type(exception).__name__)


@task_unknown.connect
def note_unknown(name: str, **_kwargs: Any) -> None:
    _note(name, "NotRegistered")


@task_rejected.connect
def note_rejected(message: Any, exc: BaseException | None, **_kwargs: Any) -> None:
    _note(message.headers.get("task", "?"), type(exc).__name__ if exc else "")


def _note(task: str, error: str) -> None:
    from kzcustody_site import failed_tasks

    failed_tasks.note(task=task, error=error)
