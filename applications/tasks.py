from celery import shared_task

from applications import reminders


@shared_task
def raise_due() -> int:
    return reminders.raise_due()
