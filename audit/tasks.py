from celery import shared_task

from audit import anchors


@shared_task(name="audit.tasks.anchor_heads", ignore_result=True)
def anchor_heads() -> None:
    """Every hour: the newest heads into today's file."""
    anchors.anchor_heads()
