"""The first page as a picture of ours: made once a file is ready, by a process that cannot take the service
with it; and gone with the file."""

import zlib
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import DataError
from django.utils import timezone

from audit.models import Event
from documents import preview, services, tasks
from documents.errors import NotUsable
from documents.http import picture as picture_response
from documents.models import Arrival, Document, Picture, Status
from documents.preview import Pictures
from documents.services import previewing
from tests.plugins import files

pytestmark = pytest.mark.django_db
MADE = {"pdf": files.real_pdf, "png": lambda: files.flat_png(400, 300), "jpg": files.real_jpg}


@pytest.fixture
def sent(monkeypatch):
    """Whom a task was sent for."""
    asked = []
    monkeypatch.setattr(
        previewing.current_app, "send_task", lambda name, args, **how: asked.append((name, *args))
    )
    return asked


def drawn(document):
    services.make_preview(document_id=document.pk)
    document.refresh_from_db()
    return document.preview


def read(document, size, actor, **more):
    with services.open_picture(document=document, size=size, actor=actor, why="view", **more) as file:
        return file.read()


# --- made


@pytest.mark.parametrize("kind", MADE)
def test_a_ready_file_gets_two_pictures_that_are_hashed_and_on_record(received, actor, stored_files, kind):
    document = received(MADE[kind](), f"жарғы.{kind}")
    assert drawn(document) == "made"
    large, small = read(document, "large", actor), read(document, "small", actor)
    assert files.size_of_png(large) == {"pdf": (992, 1403), "png": (667, 500), "jpg": (27, 13)}[kind]
    assert files.size_of_png(small) == {"pdf": (149, 210), "png": (100, 75), "jpg": (4, 2)}[kind]
    made = Event.objects.get(kind="document.preview")
    hashes = {picture.size: picture.sha256 for picture in document.pictures.all()}
    assert (made.subject, made.to_state, made.data) == (f"document:{document.pk}", "made", hashes)
    kept = {picture.size: picture.bytes for picture in document.pictures.all()}
    assert kept == {"large": len(large), "small": len(small)}
    assert len(stored_files()) == 3
    assert not Arrival.objects.exists()


def test_only_the_first_page_is_drawn(received, actor):
    one, many = received(files.real_pdf("A")), received(files.real_pdf("A", pages=400))
    assert (drawn(one), drawn(many)) == ("made", "made")
    assert read(one, "large", actor) == read(many, "large", actor)


def test_kazakh_letters_are_drawn_each_its_own(received, actor):
    pages = [received(files.real_pdf(letter)) for letter in "ӘәҒғҚқҢң"]
    assert {drawn(page) for page in pages} == {"made"}
    assert len({read(page, "large", actor) for page in pages}) == len(pages)


def test_nothing_that_was_written_into_a_picture_is_handed_out(received, actor):
    plain = files.flat_png(40, 30)
    at = plain.index(b"IDAT") - 4
    secret = b"tEXtComment\0taken at home, 43.2380 N"
    noted = plain[:at] + (len(secret) - 4).to_bytes(4) + secret + zlib.crc32(secret).to_bytes(4) + plain[at:]
    document = received(noted, "photo.png")
    assert drawn(document) == "made"
    assert all(b"43.2380" not in read(document, size, actor) for size in ("large", "small"))


def test_a_photo_of_a_phone_that_was_held_upright_stands_upright(received, actor):
    document = received(files.real_jpg(turned=True), "photo.jpg")
    drawn(document)
    assert files.size_of_png(read(document, "large", actor)) == (13, 27)


@pytest.mark.parametrize("production", [False, True])
@pytest.mark.parametrize("status", Status.values)
def test_only_a_ready_file_has_a_preview(settings, received, actor, status, production):
    settings.PRODUCTION = production
    settings.CLAMD_ADDRESS = "unix:///nowhere" if status != Status.UNSCANNED else ""
    document = received(files.real_pdf())
    if status != document.status:
        files.judge(document, status)
    ready = status == Status.CLEAN or (status == Status.UNSCANNED and not production)
    assert drawn(document) == ("made" if ready else "due")
    if not ready:
        Document.objects.update(preview="made")
        document.refresh_from_db()
        with pytest.raises(NotUsable):
            read(document, "large", actor)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.csv", "a.txt"])
def test_a_kind_without_preview_says_so(received, name):
    content = {"docx": files.docx(), "xlsx": files.xlsx()}.get(name[2:], b"a,b\n")
    document = received(content, name)
    assert drawn(document) == "due"
    assert document.preview_note == "This type of file has no preview. Open it to read it."
    assert not document.preview_is_due


# --- hostile


def bomb():
    """400 megabytes of nothing, packed."""
    packer = zlib.compressobj(9)
    part = b" " * (1 << 20)
    body = b"".join(packer.compress(part) for _part in range(400)) + packer.flush()
    whole = files.plain_pdf(b"")
    start = b"<</Filter /FlateDecode /Length %d>>\nstream\n" % len(body) + body
    return whole.replace(b"<</Length 0>>\nstream\n", start)


HOSTILE = {
    "no page": (files.pdf, "cannot be drawn"),
    "cut off": (lambda: files.real_pdf()[:2000] + b"\n%%EOF\n", "cannot be drawn"),
    "bomb": (bomb, "stopped by signal 6"),
    "without end": (files.form_of_itself, "stopped by signal 9"),
    "not what it says": (lambda: files.png(30, 30), "cannot be drawn"),
}


@pytest.mark.parametrize("which", HOSTILE)
def test_a_hostile_file_ends_without_preview_and_is_kept(settings, received, actor, which):
    settings.PREVIEW_SECONDS, settings.PREVIEW_MEMORY_MB = 2, 300
    made, said = HOSTILE[which]
    content = made()
    document = received(content, "scan.png" if content.startswith(preview.MAGIC) else "scan.pdf")
    assert drawn(document) == "none"
    assert Event.objects.get(kind="document.preview").reason == said
    assert (document.usable, document.damaged_at, document.pictures.count()) == (True, None, 0)
    assert document.preview_note.startswith("No preview could be made of this file.")
    with services.open_document(document=document, actor=actor, why="view") as file:
        assert file.read() == content
    assert not tasks.queries.due_for_preview()


SHAPES = {
    "huge page": (lambda: files.plain_pdf(b"0 0 9 9 re f", box="0 0 10000000 10000000"), (1000, 1000)),
    "thin page": (lambda: files.plain_pdf(b"0 0 9 9 re f", box="0 0 1 10000000"), (1, 1417)),
    "one dot": (lambda: files.flat_png(1, 1), (2, 2)),
    "thin picture": (lambda: files.flat_png(1, 60000), (1, 1417)),
}


@pytest.mark.parametrize("which", SHAPES)
def test_no_shape_makes_a_large_picture(received, actor, which):
    made, size = SHAPES[which]
    content = made()
    document = received(content, "a.png" if content.startswith(preview.MAGIC) else "a.pdf")
    assert drawn(document) == "made"
    assert files.size_of_png(read(document, "large", actor)) == size


# --- when


def test_it_is_sent_for_after_the_verdict_and_not_before(
    scanner, received, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = received(files.real_pdf())
    assert [name for name, _pk in sent] == ["documents.tasks.scan_one"]
    assert drawn(document) == "due"
    with django_capture_on_commit_callbacks(execute=True):
        services.scan(document_id=document.pk)
    assert sent[1:] == [("documents.tasks.preview_one", str(document.pk))]


def test_without_a_scanner_it_is_sent_for_at_once_and_for_no_kind_that_has_none(
    received, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = received(files.real_pdf())
        received(files.docx(), "a.docx")
    assert sent == [("documents.tasks.preview_one", str(document.pk))]


def test_the_timer_makes_those_of_files_that_were_there_before(received, actor):
    before = [received(files.real_pdf()), received(files.docx(), "a.docx")]
    tasks.preview_waiting()
    assert [Document.objects.get(pk=one.pk).preview for one in before] == ["made", "due"]
    assert not tasks.queries.due_for_preview()


def test_a_claimed_file_is_not_taken_twice(received, monkeypatch):
    document = received(files.real_pdf())
    calls = []
    monkeypatch.setattr(
        previewing, "pictures_of", lambda *a, **k: calls.append(drawn(document)) or Pictures({})
    )
    drawn(document)
    assert calls == ["due"]


def test_a_full_store_makes_it_later(received, settings, tmp_path):
    document = received(files.real_pdf())
    backend = {
        "BACKEND": "tests.plugins.files.FullDisk",
        "OPTIONS": {"location": storages["documents"].location},
    }
    settings.STORAGES = settings.STORAGES | {"documents": backend}
    assert drawn(document) == "due"
    assert document.preview_due_at > timezone.now() + timedelta(minutes=5)
    assert (Picture.objects.count(), Arrival.objects.count()) == (0, 0)


# --- seen


def test_seeing_the_page_is_on_record_and_the_small_picture_is_not(received, actor):
    document = received(files.real_pdf())
    drawn(document)
    read(document, "small", actor, subject="application:1")
    assert not Event.objects.filter(subject="application:1").exists()
    read(document, "large", actor, subject="application:1")
    event = Event.objects.get(subject="application:1")
    hash_ = document.pictures.get(size="large").sha256
    assert (event.kind, event.reason, event.data) == (
        "document.previewed", "view", {"document": str(document.pk), "sha256": hash_},
    )  # fmt: skip


def test_when_the_record_cannot_be_written_no_page_is_shown(received, actor):
    document = received(files.real_pdf())
    drawn(document)
    with pytest.raises(DataError):
        read(document, "large", actor, subject="x" * 10_000)


@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_picture_that_was_tampered_with_is_not_shown_and_made_anew(received, actor, store, how):
    document = received(files.real_pdf())
    drawn(document)
    before = read(document, "large", actor)
    path = store / document.pictures.get(size="large").key
    path.unlink() if how == "gone" else path.write_bytes(b"other")
    with pytest.raises(NotUsable, match="made anew"):
        read(document, "large", actor)
    document.refresh_from_db()
    assert (document.preview, document.damaged_at) == ("due", None)
    assert drawn(document) == "made"
    assert read(document, "large", actor) == before


def test_a_damaged_file_shows_no_preview(received, actor):
    document = received(files.real_pdf())
    drawn(document)
    Document.objects.filter(pk=document.pk).update(damaged_at=timezone.now())
    document.refresh_from_db()
    with pytest.raises(NotUsable):
        read(document, "large", actor)


def test_a_changed_original_is_found_before_it_is_drawn(received, store):
    document = received(files.real_pdf())
    (store / document.key).write_bytes(files.real_pdf("other"))
    assert drawn(document) == "due"
    assert document.damaged_at is not None


def test_the_picture_is_png_and_nothing_else(received, actor):
    document = received(files.real_pdf())
    drawn(document)
    with services.open_picture(document=document, size="small", actor=actor, why="view") as file:
        answer = picture_response(file)
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
    }  # fmt: skip
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"


# --- gone with the file


def test_a_deleted_file_takes_its_pictures_with_it(
    received, actor, stored_files, django_capture_on_commit_callbacks
):
    document = received(files.real_pdf())
    drawn(document)
    assert len(stored_files()) == 3
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_unsealed(document=document, actor=actor)
    assert (stored_files(), Picture.objects.count(), Arrival.objects.count()) == ([], 0, 0)


def test_a_file_that_is_deleted_while_it_is_drawn_leaves_nothing(
    received, actor, monkeypatch, stored_files, django_capture_on_commit_callbacks
):
    document, draw = received(files.real_pdf()), previewing.pictures_of

    def delete_then(*given, **named):
        made = draw(*given, **named)
        services.delete_unsealed(document=document, actor=actor)
        return made

    monkeypatch.setattr(previewing, "pictures_of", delete_then)
    with django_capture_on_commit_callbacks(execute=True):
        services.make_preview(document_id=document.pk)
    assert (stored_files(), Picture.objects.count(), Arrival.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(("content", "name", "pages"), [
    (files.real_pdf(), "a.pdf", 1), (files.real_pdf(pages=12), "a.pdf", 12),
    (files.flat_png(40, 30), "a.png", 1), (files.xlsx(), "a.xlsx", None),
])  # fmt: skip
def test_the_pages_of_a_file_are_counted_as_it_is_drawn(received, content, name, pages):
    document = received(content, name)
    assert document.page_count is None
    drawn(document)
    assert document.page_count == pages


def test_a_newer_version_has_its_own_and_the_one_before_keeps_its(received, actor):
    first = received(files.real_pdf("first"))
    drawn(first)
    seen = read(first, "large", actor)
    second = received(files.real_pdf("second"), supersedes=first)
    assert drawn(second) == "made"
    assert read(second, "large", actor) != seen == read(first, "large", actor)


def test_the_sweep_leaves_what_is_shown(received, actor):
    document = received(files.real_pdf())
    drawn(document)
    for picture in document.pictures.all():
        Arrival.objects.create(key=picture.key, started_at=timezone.now() - timedelta(days=2))
    services.sweep(before=timezone.now())
    assert read(document, "large", actor)
