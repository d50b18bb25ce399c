"""What the worker asks of the floor."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from bench.floor.models import Case, Event, Stage
from bench.floor.views import approve_stage

STAGES = ("business_plan", "fit_and_proper", "capital", "aml", "it_security")
EVENTS = ("application.submit", "application.accept", "stage.take", "stage.take", "application.note")


def migrate():
    call_command("migrate", run_syncdb=True, verbosity=0)


@transaction.atomic
def fill(cases):
    user = _user()
    have, now = Case.objects.count(), timezone.now()
    made = Case.objects.bulk_create(
        [
            Case(
                reference=f"F-{n:06d}",
                firm=f"Firm {n}",
                state="in_review",
                officer=user,
                submitted_at=now - timedelta(minutes=n),
            )
            for n in range(have, cases)
        ],
        batch_size=1000,
    )
    stages = [Stage(case=case, code=code, order=n) for case in made for n, code in enumerate(STAGES)]
    Stage.objects.bulk_create(stages, batch_size=1000)
    events = [Event(case=case, kind=kind, actor=user, at=now) for case in made for kind in EVENTS]
    Event.objects.bulk_create(events, batch_size=1000)


def settle():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _user():
    return User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})[0]


def people():
    return {"desk": _user()}


def pages():
    """Name: who asks, and for what."""
    case = Case.objects.order_by("pk").first().pk
    return {
        "list": ("desk", reverse("list")),
        "search": ("desk", f"{reverse('search')}?q={Case.objects.get(pk=case).reference}"),
        "detail": ("desk", reverse("detail", args=[case])),
        "dashboard": ("desk", reverse("dashboard")),
        "admin list": ("desk", reverse("admin:floor_case_changelist")),
        "admin change": ("desk", reverse("admin:floor_case_change", args=[case])),
    }


def approvals():
    """Stages to approve with who approves, those of one case in their order and far apart."""
    waiting = Stage.objects.filter(state="in_review").order_by("order", "-case")
    actor = _user()
    return [(case, stage, actor) for case, stage in waiting.values_list("case", "pk")]


def approve_form(item):
    case, stage, _actor = item
    return "desk", reverse("approve", args=[case, stage]), {}


def approve(item):
    case, stage, actor = item
    approve_stage(case, stage, actor=actor)


def close():
    pass
