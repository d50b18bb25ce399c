from celery import shared_task

from applications import reminders
from applications.services import typed


@shared_task
def raise_due() -> int:
    return reminders.raise_due()


@shared_task
def raise_checks() -> int:
    return reminders.raise_checks()


@shared_task
def sweep_typed() -> int:
    return typed.sweep_typed()
