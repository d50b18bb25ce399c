"""Only a usable, unchanged file is handed out, and only after its audit row is committed."""

import pytest
from django.db import DataError, transaction

from audit.models import Event
from documents import services
from documents.errors import NotUsable
from documents.http import download
from documents.models import Status
from tests.plugins import files

pytestmark = pytest.mark.django_db


def opened(document, actor, **more):
    with services.open_document(document=document, actor=actor, why="assess", **more) as file:
        return file.read()


def test_the_bytes_come_back_and_the_opening_is_on_record(received, actor):
    document = received()
    assert opened(document, actor, subject="application:1") == files.pdf()
    event = Event.objects.get(subject="application:1")
    assert (event.kind, event.reason, event.actor_name) == ("document.opened", "assess", "system: test")
    assert event.data == {"document": str(document.pk), "sha256": document.sha256}


@pytest.mark.parametrize("production", [False, True])
@pytest.mark.parametrize("status", Status.values)
def test_which_documents_may_be_opened(settings, received, actor, status, production):
    settings.CLAMD_ADDRESS = "unix:///nowhere" if status != Status.UNSCANNED else ""
    settings.PRODUCTION = production
    document = received()
    if status != document.status:
        files.judge(document, status)
    if status == Status.CLEAN or (status == Status.UNSCANNED and not production):
        assert opened(document, actor) == files.pdf()
    else:
        with pytest.raises(NotUsable) as caught:
            opened(document, actor)
        assert caught.value.message == document.advice
        assert not Event.objects.filter(kind="document.opened").exists()


def test_when_the_audit_row_cannot_be_written_the_file_is_not_touched(received, actor, stored_files):
    document = received()
    stored_files()[0].unlink()
    with pytest.raises(DataError), transaction.atomic():
        Event.objects.create(subject="x" * 10_000, kind="x", number=1, at=document.uploaded_at)
    with pytest.raises(DataError):
        opened(document, actor, subject="x" * 10_000)
    document.refresh_from_db()
    assert document.damaged_at is None, "the missing file would have been found by opening it"


def test_a_file_is_not_opened_inside_a_transaction(received, actor):
    document = received()
    with pytest.raises(RuntimeError), transaction.atomic():
        opened(document, actor)


def test_an_opening_without_a_reason_is_refused(received, actor):
    with pytest.raises(NotUsable) as caught:
        services.open_document(document=received(), actor=actor, why="")
    assert caught.value.code == "no_reason"


@pytest.mark.parametrize(("harm", "code"), [("flip", "changed"), ("delete", "missing")])
def test_a_file_harmed_in_the_store_is_not_handed_out(received, actor, stored_files, harm, code):
    document = received()
    (path,) = stored_files()
    if harm == "flip":
        path.write_bytes(b"X" + path.read_bytes()[1:])
    else:
        path.unlink()
    with pytest.raises(NotUsable) as caught:
        opened(document, actor)
    assert caught.value.code == code
    assert "upload it again" in caught.value.message
    document.refresh_from_db()
    assert not document.usable
    assert Event.objects.filter(kind="document.damaged", subject=f"document:{document.pk}").count() == 1
    with pytest.raises(NotUsable) as caught:
        opened(document, actor)
    assert caught.value.code == "not_usable"


def test_the_download_runs_nowhere(received, actor):
    document = received(name="Устав 1.pdf")
    file = services.open_document(document=document, actor=actor, why="assess")
    response = download(document, file)
    assert b"".join(response.streaming_content) == files.pdf()
    plain = f"document-{document.pk.hex[:8]}.pdf"
    encoded = "%D0%A3%D1%81%D1%82%D0%B0%D0%B2%201.pdf"
    assert dict(response.headers) == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Content-Length": str(len(files.pdf())),
    }
    response.close()
