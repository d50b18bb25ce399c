"""What the service itself remembers."""

from django.db import models


class Timer(models.Model):
    """When a task of the timetable was last sent to the workers, and when one last began it."""

    task = models.CharField(max_length=200, primary_key=True)
    sent_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "timer"

    def __str__(self) -> str:
        return self.task


class FailedTask(models.Model):
    """How often a task was given up on one day: it raised, no worker knew it, or its process always died."""

    task = models.CharField(max_length=200)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(auto_now_add=True)
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = "failed task"
        constraints = [
            models.UniqueConstraint(fields=["task", "day"], name="kzcustody_failed_task_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.day}: {self.count}"
