"""The worker as it is, whose next run of a task can be told to stand still before any step of some files: by
the file ``order`` (JSON: ``tasks``, ``files``, ``stop_at``), which that run takes away.
"""

import json
import sys

from celery.signals import task_postrun, task_prerun

from drills.steps import FOLDER, Steps, steps_of
from kzcustody_site.celery import app

__all__ = ["app"]
app.conf.task_annotations = {"*": {"default_retry_delay": 0}}
under_way = []


@task_prerun.connect
def begin(task, **_kwargs):
    order = FOLDER / "order"
    if not order.exists():
        return
    asked = json.loads(order.read_text())
    if task.name not in asked["tasks"]:
        return
    order.unlink()
    under_way.append(Steps(steps_of(asked["files"]), asked["stop_at"]))
    sys.settrace(under_way[0].call)


@task_postrun.connect
def end(**_kwargs):
    sys.settrace(None)
    while under_way:
        under_way.pop().write()
