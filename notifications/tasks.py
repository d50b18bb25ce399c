from celery import shared_task

from notifications import sending


@shared_task(name="notifications.tasks.send_waiting", ignore_result=True)
def send_waiting() -> None:
    """Woken after each commit that wrote a message, and by the timer."""
    sending.send_waiting()
