from celery import shared_task

from applications import reminders
from applications.pipeline.exports import background
from applications.pipeline.friction import fold
from applications.pipeline.reports import weekly
from applications.services import destruction, retention, tallies, typed


@shared_task
def raise_due() -> int:
    return reminders.raise_due()


@shared_task
def raise_checks() -> int:
    return reminders.raise_checks()


@shared_task
def sweep_typed() -> int:
    return typed.sweep_typed()


@shared_task
def find_due_for_destruction() -> int:
    retention.drop_what_is_not_due()
    return retention.find_due()


@shared_task
def carry_out(destruction_id: int) -> None:
    destruction.carry_out(destruction_id=destruction_id)


@shared_task
def carry_out_all() -> int:
    return destruction.carry_out_all()


@shared_task
def fold_tallies() -> None:
    tallies.fold()


@shared_task
def write_export(export_id: int) -> None:
    background.write(export_id=export_id)


@shared_task
def write_exports() -> int:
    return background.write_all()


@shared_task
def sweep_exports() -> int:
    return background.sweep()


@shared_task
def write_reports() -> int:
    return weekly.write_due()


@shared_task
def fold_friction() -> None:
    fold.fold()
