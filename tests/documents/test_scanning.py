"""The real scanner: only its exact OK is clean, and it is proven first."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings as live
from django.utils import timezone

from audit.models import Event
from documents import queries, services, tasks
from documents.clamd import Clamd
from documents.errors import NotUsable
from documents.models import Document, Status
from documents.probe import ProbeFailed, insist, locked_zip, nested_zip, probe, signatures_of, zipped
from documents.signatures import eicar
from documents.verdicts import verdict
from kzcustody_site.embedded.places import ROOT
from tests.plugins import files

pytestmark = [pytest.mark.django_db, pytest.mark.clamd]


def scanned(document):
    services.scan(document_id=document.pk)
    document.refresh_from_db()
    return document.status, document.verdict


def in_zips(content, depth):
    for _level in range(depth):
        content = zipped("inner.zip", content)
    return content


def test_a_harmless_file_is_clean(scanner, received):
    document = received()
    assert document.status == Status.WAITING
    assert scanned(document) == (Status.CLEAN, "")
    assert document.scanned_at is not None
    assert document.usable
    kinds = Event.objects.filter(subject=f"document:{document.pk}").values_list(
        "kind", "from_state", "to_state"
    )
    assert list(kinds.order_by("number")) == [
        ("document.received", "", "waiting"),
        ("document.scanned", "waiting", "clean"),
    ]


WORDS = b"the words of a pattern that nobody knew yesterday"


def checked_yesterday(*documents):
    yesterday = timezone.now() - timedelta(hours=21)
    Document.objects.filter(pk__in=[one.pk for one in documents]).update(scanned_at=yesterday)
    return yesterday


def test_a_pattern_that_is_known_since_today_is_found_in_a_stored_file(
    scanner, received, settings, start_clamd, actor
):
    settings.DOCUMENT_VERDICT_HANDLERS = ["tests.plugins.files.hear"]
    files.HEARD.clear()
    bad, good = received(files.pdf(WORDS)), received()
    assert scanned(bad) == scanned(good) == (Status.CLEAN, "")
    services.seal(documents=[bad])
    checked_yesterday(bad, good)
    settings.CLAMD_ADDRESS = start_clamd(newer=f"Newer:0:*:{WORDS.hex()}\n")
    tasks.scan_again()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.verdict, good.status) == (Status.INFECTED, "Newer.UNOFFICIAL", Status.CLEAN)
    assert files.HEARD[2:] == [bad]
    event = Event.objects.filter(subject=f"document:{bad.pk}", kind="document.scanned").latest("number")
    assert (event.from_state, event.to_state, event.reason) == ("clean", "infected", "Newer.UNOFFICIAL")
    with pytest.raises(NotUsable):
        services.open_document(document=bad, actor=actor, why="view")
    assert queries.due_for_another_scan(before=timezone.now() - timedelta(hours=20), limit=9) == []


def test_what_cannot_be_checked_again_stays_clean(scanner, received, settings, start_clamd):
    document = received()
    scanned(document)
    yesterday = checked_yesterday(document)
    settings.CLAMD_ADDRESS = "unix:///nowhere/clamd"
    tasks.scan_again()
    document.refresh_from_db()
    assert (document.status, document.scanned_at) == (Status.CLEAN, yesterday)
    settings.CLAMD_ADDRESS = ""
    tasks.scan_again()
    document.refresh_from_db()
    assert (document.status, document.scanned_at) == (Status.CLEAN, yesterday)


def test_what_was_changed_in_the_store_is_found_at_the_next_check(scanner, received, stored_files):
    document = received()
    scanned(document)
    checked_yesterday(document)
    stored_files()[0].write_bytes(b"changed")
    tasks.scan_again()
    document.refresh_from_db()
    assert (document.status, document.damaged_at is not None) == (Status.CLEAN, True)


def test_a_verdict_is_final(scanner, received):
    document = received()
    scanned(document)
    first = document.scanned_at
    scanned(document)
    assert document.scanned_at == first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.txt", eicar()),
        ("letter.docx", files.docx(word__media__note_dot_txt=eicar())),
        ("nested.docx", files.docx(word__embeddings__a_dot_zip=in_zips(eicar(), 3))),
        ("once.docx", files.docx(word__embeddings__a_dot_zip=in_zips(eicar(), 1))),
        ("attached.pdf", files.pdf(b"4 0 obj <</Length 68>> stream\n" + eicar() + b"\nendstream endobj")),
    ],
    ids=["plain", "docx", "nested", "once", "pdf"],
)
def test_the_test_virus_is_found(scanner, received, name, content):
    document = received(content, name)
    status, words = scanned(document)
    assert status == Status.INFECTED
    assert "eicar" in words.lower()
    assert not document.usable


@pytest.mark.parametrize(
    "inside",
    [
        locked_zip(),
        nested_zip(),
        in_zips(eicar(), 16),
        in_zips(eicar(), 17),
        in_zips(eicar(), 20),
    ],
    ids=["locked", "nested", "16 deep", "17 deep", "20 deep"],
)
def test_what_cannot_be_looked_into_is_never_clean(scanner, received, inside):
    document = received(files.docx(word__embeddings__a_dot_zip=inside), "letter.docx")
    status, words = scanned(document)
    assert status in (Status.UNCHECKABLE, Status.INFECTED)
    assert words
    assert not document.usable


def behind(*, files_before=0, zeros=0):
    """An archive that has the pattern in its last file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files_before):
            archive.writestr(f"{number}.txt", b"")
        with archive.open("last.txt", "w") as last:
            for _megabyte in range(zeros):
                last.write(bytes(1024 * 1024))
            last.write(eicar())
    return packed.getvalue()


@pytest.mark.parametrize("hidden", [{"files_before": 12_000}, {"zeros": 540}], ids=["12,001st", "540 MB"])
def test_what_lies_behind_the_limits_of_the_scanner_is_never_clean(scanner, received, hidden):
    document = received(files.docx(word__embeddings__a_dot_zip=behind(**hidden)), "letter.docx")
    status, words = scanned(document)
    assert status in (Status.UNCHECKABLE, Status.INFECTED)
    assert words


def test_a_locked_archive_is_uncheckable_not_infected(scanner, received):
    document = received(files.docx(word__embeddings__a_dot_zip=locked_zip()), "letter.docx")
    assert scanned(document) == (Status.UNCHECKABLE, "Heuristics.Encrypted.Zip")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"AlertEncrypted": "no"}, "AlertEncrypted"),
        ({"AlertExceedsMax": "no"}, "AlertExceedsMax"),
        ({"StreamMaxLength": "1M"}, "StreamMaxLength"),
        ({"MaxFileSize": "1M"}, "StreamMaxLength"),
    ],
)
def test_a_scanner_set_up_unsafely_fails_the_probe_and_nothing_is_clean(
    start_clamd, settings, received, changed, named
):
    settings.DOCUMENT_MAX_BYTES = 2 * 1024 * 1024
    settings.CLAMD_ADDRESS = start_clamd(**changed)
    with pytest.raises(ProbeFailed, match=named):
        probe(Clamd(settings.CLAMD_ADDRESS, 30))
    assert scanned(received()) == (Status.WAITING, "")


def test_a_worker_ends_at_once_with_a_scanner_set_up_unsafely(start_clamd):
    command = [sys.executable, "-m", "celery", "-A", "kzcustody_site", "worker", "--pool", "solo"]
    surroundings = {**os.environ, "CLAMD_ADDRESS": start_clamd(AlertEncrypted="no")}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("The virus scanner may not be trusted: it passes locked archives")


def test_a_worker_starts_with_a_scanner_that_may_be_trusted(scanner):
    assert insist() is None
    assert probe.cache_info().currsize == 1


def test_a_file_of_the_limit_passes_the_scanner(scanner):
    clamd = Clamd(scanner, 60)
    assert verdict(clamd.scan(io.BytesIO(bytes(live.DOCUMENT_MAX_BYTES)))) == (Status.CLEAN, "")


def test_the_stream_limit_of_the_scanner_is_uncheckable(start_clamd):
    clamd = Clamd(start_clamd(StreamMaxLength="1M"), 30)
    assert verdict(clamd.scan(io.BytesIO(bytes(3 * 1024 * 1024))))[0] == Status.UNCHECKABLE


def test_the_scanner_says_its_version_and_has_no_signatures_but_ours(scanner, caplog):
    assert Clamd(scanner, 5).version().startswith("ClamAV ")
    assert signatures_of(Clamd(scanner, 5)) is None
    tasks.watch_scanner()
    assert caplog.records == []


def test_bytes_changed_before_the_scan_are_damaged_not_clean(scanner, received, stored_files):
    document = received()
    stored_files()[0].write_bytes(files.pdf(b"another"))
    assert scanned(document) == (Status.WAITING, "")
    assert document.damaged_at is not None
    assert queries.due_for_scan() == []


def test_the_timer_scans_everything_that_waits(scanner, received):
    first, second = received(), received()
    tasks.scan_waiting()
    states = set(Document.objects.filter(pk__in=[first.pk, second.pk]).values_list("status", flat=True))
    assert states == {Status.CLEAN}
    assert queries.waiting_since() is None


def test_what_came_in_without_a_scanner_is_scanned_once_there_is_one(settings, received, request):
    document = received()
    assert document.status == Status.UNSCANNED
    request.getfixturevalue("scanner")
    tasks.scan_waiting()
    document.refresh_from_db()
    assert document.status == Status.CLEAN


def test_a_claimed_document_is_left_to_its_worker(scanner, received):
    document = received()
    Document.objects.filter(pk=document.pk).update(scan_due_at=timezone.now() + timedelta(minutes=5))
    assert scanned(document) == (Status.WAITING, "")


def test_a_handler_that_fails_leaves_the_document_waiting(scanner, settings, received):
    settings.DOCUMENT_VERDICT_HANDLERS = ["tests.plugins.files.refuse_news"]
    document = received()
    with pytest.raises(RuntimeError):
        services.scan(document_id=document.pk)
    document.refresh_from_db()
    assert document.status == Status.WAITING


def test_handlers_hear_the_verdict(scanner, settings, received):
    settings.DOCUMENT_VERDICT_HANDLERS = ["tests.plugins.files.hear"]
    document = received()
    scanned(document)
    assert [(heard.pk, heard.status) for heard in files.HEARD if heard.pk == document.pk] == [
        (document.pk, Status.CLEAN)
    ]
