"""What the worker asks of the house."""

from copy import copy
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.models import User
from applications.desk.worklist.pages import mark_of
from applications.models import Application, Stage
from applications.services.assessment import approve_stage
from applications.states import OPEN
from bench.house import filling, sizes
from kzcustody_site.celery import app

QUEUE = "kzcustody-bench"
app.conf.task_default_queue = QUEUE  # nobody reads it; emptied at the end
PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
sizes.publish("afsa-custody")
settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN}  # nothing was collected


def migrate():
    call_command("migrate", verbosity=0)


def fill(cases):
    filling.fill(cases)


def settle():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def people():
    desk, manager = (User.objects.get(email=email) for email in (filling.REVIEWER, filling.MANAGER))
    return {"desk": desk, "manager": manager, "firm": filling.full_case().created_by}


def pages():
    """Name: who asks, and for what."""
    case = filling.full_case()
    stage = case.stages.order_by("order")[0].code
    worklist = reverse("admin:applications_application_changelist")
    sized = {
        f"portal stage of {count}": (
            "firm",
            reverse("portal:stage", args=[filling.sized_draft(count).pk, stage]),
        )
        for count in sizes.COUNTS
    }
    return {
        **sized,
        "worklist": ("desk", f"{worklist}?whose=all"),
        "worklist deep": ("desk", f"{worklist}?whose=all&after={quote(_middle())}"),
        "search": ("desk", f"{worklist}?q={case.reference}"),
        "pipeline": ("manager", reverse("pipeline:overview")),
        "pipeline time": ("manager", reverse("pipeline:time")),
        "pipeline flow": ("manager", reverse("pipeline:flow")),
        "desk case": ("desk", reverse("admin:applications_application_change", args=[case.pk])),
        "portal list": ("firm", reverse("portal:home")),
        "portal case": ("firm", reverse("portal:case", args=[case.pk])),
        "portal stage": ("firm", reverse("portal:stage", args=[case.pk, stage])),
    }


def _middle():
    """A case in the middle of the open ones, as the address of the page after it names it."""
    cases = Application.objects.filter(state__in=sorted(OPEN)).order_by("due_order", "pk")
    return mark_of(cases[cases.count() // 2], "due_order")


def approvals():
    """Stages to approve with who approves, those of one case in their order and far apart."""
    light = Application.objects.filter(state="in_review").exclude(pk=filling.full_case().pk)
    waiting = Stage.objects.filter(application__in=light, state="in_review")
    reviewer = User.objects.get(email=filling.REVIEWER)
    return [
        (stage.application_id, stage, copy(reviewer))
        for stage in waiting.order_by("order", "-application__reference")
    ]


def approve_form(item):
    _case, stage, _actor = item
    return (
        "desk",
        reverse("admin:applications_stage_act", args=[stage.pk, "approve"]),
        {"version": stage.version},
    )


def approve(item):
    _case, stage, actor = item
    approve_stage(actor=actor, stage=stage, expected_version=stage.version)


def close():
    with app.connection_for_write() as broker:
        broker.default_channel.queue_purge(QUEUE)
