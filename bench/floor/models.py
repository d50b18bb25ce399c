from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition


class Case(models.Model):
    reference = models.CharField(max_length=30, unique=True)
    firm = models.CharField(max_length=200)
    state = models.CharField(
        max_length=20, choices=[(s, s) for s in ("submitted", "in_review", "granted")], db_index=True
    )
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    submitted_at = models.DateTimeField(db_index=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "floor"
        ordering = ["-submitted_at"]


class Stage(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="stages")
    code = models.CharField(max_length=30)
    order = models.PositiveSmallIntegerField()
    state = FSMField(default="in_review", protected=True)

    class Meta:
        app_label = "floor"
        ordering = ["order"]

    @transition(field=state, source="in_review", target="approved")
    def approve(self):
        pass


class Event(models.Model):
    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=50)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        app_label = "floor"
        ordering = ["at"]
