from celery import shared_task

from notifications import sending

# Seconds: a run of a minute, and a message that takes its longest. A mail server that sends a letter now and
# then, and never a line, would keep a worker for good.
TIME_LIMIT = 3 * sending.RUN_SECONDS


@shared_task(name="notifications.tasks.send_waiting", ignore_result=True, time_limit=TIME_LIMIT)
def send_waiting() -> None:
    """Woken after each commit that wrote a message, and by the timer."""
    sending.send_waiting()
