from celery import shared_task

from applications import reminders


@shared_task
def raise_due() -> int:
    return reminders.raise_due()


@shared_task
def raise_checks() -> int:
    return reminders.raise_checks()
