"""What must hold once everything runs again and the sweep of the next day has been."""

from datetime import timedelta

from drills.house import insist


def sweep():
    """As the timer does a day later."""
    from django.db import connection
    from django.utils import timezone

    from documents import services

    connection.close()
    services.sweep(before=timezone.now() + timedelta(seconds=1))


def nothing_half(house):
    """After ``sweep``: bytes for every row, a row for all bytes, nothing that began and did not end, and
    every document in its place and on record.
    """
    from applications.models import AnswerFile
    from audit.models import Event
    from documents.models import Arrival, Document, Incoming, Picture

    keys = {*Document.objects.values_list("key", flat=True), *Picture.objects.values_list("key", flat=True)}
    lying = {
        str(path.relative_to(folder))
        for folder in (house.documents, house.quarantine)
        for path in folder.rglob("*")
        if path.is_file()
    }
    insist(not lying - keys, f"bytes without a row: {sorted(lying - keys)}")
    insist(not keys - lying, f"rows without bytes: {sorted(keys - lying)}")
    insist(not Arrival.objects.exists(), "arrivals after the sweep")
    insist(not Incoming.objects.exists(), "incoming files after the sweep")
    documents = dict(Document.objects.values_list("pk", "name"))
    placed = set(AnswerFile.objects.values_list("document_id", flat=True))
    lost = sorted(name for pk, name in documents.items() if pk not in placed)
    insist(not lost, f"documents that no answer has: {lost}")
    received = set(Event.objects.filter(kind="document.received").values_list("subject", flat=True))
    deleted = set(Event.objects.filter(kind="document.deleted").values_list("subject", flat=True))
    insist(
        received - deleted == {f"document:{pk}" for pk in documents},
        "received, and not on record; or the reverse",
    )


def held(person, name):
    """The SHA-256 of the files of that name in the answer."""
    from applications.models import AnswerFile

    files = AnswerFile.objects.filter(answer__application=person.case, document__name=name, removed_at=None)
    return list(files.values_list("document__sha256", flat=True))


def whole_at_last():
    """Every stored file is the one it was, and no chain of the record is broken."""
    from audit import verify
    from documents import tasks
    from documents.models import Document

    tasks.verify_integrity()
    damaged = Document.objects.exclude(damaged_at=None).count()
    insist(not damaged, f"{damaged} damaged files")
    faults = list(verify.faults())
    insist(not faults, f"faults of the record: {faults[:3]}")
