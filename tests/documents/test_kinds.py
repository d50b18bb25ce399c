"""What is taken, judged by content; and what each refusal is called."""

import io
import random
import re
import tempfile
import zipfile
import zlib

import pytest

from documents.contents import office, windows
from documents.contents.examine import examined
from documents.contents.refused import Refused
from documents.errors import Rejected
from documents.examination import examination
from documents.kinds import DOCX
from tests.plugins import files

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def check(name, content, declared=""):
    """As an upload is looked into: by a process of its own."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        with examination(file, name=name, declared_type=declared) as found:
            content = found()
    return content.kind.extension, content.active


def refusal(name, content, declared=""):
    with pytest.raises(Rejected) as caught:
        check(name, content, declared)
    assert caught.value.message
    return caught.value.code


def here(kind, content):
    """As that process does it, where a test sets its limits: what runs by itself, or the refusal's code."""
    try:
        return examined(io.BytesIO(content), kind)["active"]
    except Refused as refused:
        return refused.code


ACTIVE = b"<</Type/Catalog/Names<</JavaScript<</Names[(a)5 0 R]>> >>/OpenAction 5 0 R>>"


SAID = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"


def packed_pdf(*, said=SAID, keyword=b"stream\n", pack=zlib.compress, objects=ACTIVE, before=b""):
    """A PDF whose catalog is a packed object, as most programs write it; ``objects`` is what is packed."""
    return files.pdf(before + b"7 0 obj\n<<" + said + b">>" + keyword + pack(b"1 0 " + objects)
                     + b"\nendstream\nendobj\n8 0 obj\n<<>>\nendobj\n")  # fmt: skip


def packed_by_lzma():
    held = io.BytesIO(files.docx())
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("word/z.xml", bytes(1000), zipfile.ZIP_LZMA)
    return held.getvalue()


HIDDEN = {
    "as most programs write it": {},
    "a long dictionary": {"said": SAID + b"/X(" + b"x" * 9000 + b")"},
    "obj in a text": {"said": SAID + b"/X( obj )"},
    "no type": {"said": b"/N 1/First 4/Filter/FlateDecode"},
    "spaces behind the keyword": {"keyword": b"stream \r\n"},
    "a carriage return alone": {"keyword": b"stream\r"},
    "a false one before it": {"before": b"6 0 obj\n<</Type/ObjStm>>\nstream\n% "},
    "the end of a stream within": {
        "objects": b"(endstream) " + ACTIVE,
        "pack": lambda text: zlib.compress(text, 0),
    },
    "not packed": {"said": b"/Type/ObjStm/N 1/First 4", "pack": bytes},
}
UNSEEN = {
    "packed twice": {"said": b"/Filter[/FlateDecode/FlateDecode]",
                     "pack": lambda text: zlib.compress(zlib.compress(text))},
    "in hex": {"said": b"/Type/ObjStm/Filter/ASCIIHexDecode", "pack": lambda text: text.hex().encode()},
    "with a predictor": {"pack": lambda text: zlib.compress(b"\2" + text)},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "declared", "extension"),
    [
        ("a.pdf", files.pdf(), "application/pdf", "pdf"),
        ("a.PDF", files.pdf(), "", "pdf"),
        ("a.docx", files.docx(), DOCX, "docx"),
        ("a.xlsx", files.xlsx(), "application/octet-stream", "xlsx"),
        ("a.png", files.png(), "image/png", "png"),
        ("a.jpg", files.jpg(), "image/jpeg", "jpg"),
        ("a.jpeg", files.jpg(), "image/jpeg", "jpg"),
        ("a.csv", "имя;сумма\nӘсел;5".encode(), "application/vnd.ms-excel", "csv"),
        ("a.txt", b"\xef\xbb\xbfplain", "text/plain", "txt"),
        ("a.txt", b"BM is the mark of the board.", "text/plain", "txt"),
        ("a.csv", b"MZ;ID3", "text/csv", "csv"),
        ("a.pdf", b"\xef\xbb\xbf\r\n" + files.pdf(), "application/pdf", "pdf"),
        ("a.pdf", files.pdf() + bytes(64 * 1024), "application/pdf", "pdf"),
        ("a.jpg", files.jpg()[:2] + b"\xff\xff" + files.jpg()[2:], "image/jpeg", "jpg"),
    ],
)
def test_these_are_taken(name, content, declared, extension):
    assert check(name, content, declared) == (extension, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("noextension", files.pdf()),
        (".pdf", files.pdf()),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"<!doctype html>"),
        ("a.html", files.pdf()),
        ("a.pdf.exe", b"MZ"),
        ("a.docm", files.docx()),
        ("a.zip", files.docx()),
        ("a.url", b"[InternetShortcut]\nURL=file://x"),
        ("a.lnk", b"L\0\0\0\x01\x14\x02\0"),
        ("a.pdf", files.docx()),
        ("a.docx", files.pdf()),
        ("a.png", files.jpg()),
        ("a.jpg", b"GIF89a=1;alert(1)"),
        ("a.pdf", b"<html>%PDF-1.7 %%EOF"),
        ("a.pdf", b"\0" * 32769 + b"CD001"),
        ("a.txt", b"<svg onload=alert(1)>"),
        ("a.txt", b" \n<!doctype html>"),
        ("a.csv", b"a,b\0"),
        ("a.txt", b"GIF89a/*alert*/=1"),
        ("a.txt", b"!<arch>\n"),
        ("a.pdf", b"x" + files.pdf()),
        ("a.txt", files.pdf()),
    ],
)
def test_these_are_the_wrong_type(name, content):
    assert refusal(name, content) == "wrong_type"


def test_a_declared_type_that_says_otherwise_is_the_wrong_type():
    assert refusal("a.pdf", files.pdf(), "text/html") == "wrong_type"
    assert refusal("a.png", files.png(), "image/svg+xml") == "wrong_type"


def test_text_in_another_encoding_is_told_to_be_saved_as_utf8():
    assert refusal("a.csv", "Сумма".encode("cp1251")) == "encoding"
    assert refusal("a.txt", "Сумма".encode()[:-1]) == "encoding"


def test_locked_files_are_told_to_remove_the_password():
    assert refusal("a.docx", OLE + "EncryptedPackage".encode("utf-16-le")) == "password"
    assert refusal("a.pdf", files.pdf(b"trailer <</Encrypt 5 0 R>>")) == "password"
    assert refusal("a.pdf", files.pdf(b"trailer <</#45ncrypt 5 0 R>>")) == "password"
    locked = bytearray(files.docx())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal("a.docx", bytes(locked)) == "password"
    with pytest.raises(Rejected, match="Remove the password and upload again"):
        check("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"))


RELATIONS = "word/_rels/document.xml.rels"


def office_file(**parts):
    return files.zipped({office.TYPES: b"<Types/>", "word/document.xml": b"<w/>"} | parts)


@pytest.mark.parametrize(
    ("part", "content", "found"),
    [
        (RELATIONS, b'<Relationship Type="attachedTemplate" Target="a" TargetMode="External"/>', ["remote"]),
        (RELATIONS, b'<Relationship TargetMode="External" Type="x/image" Target="//a/b"/>', ["remote"]),
        (RELATIONS, b'<Relationship Type="x/hyperlink" Target="http://a" TargetMode="External"/>'
         b'<Relationship Type="x/image" Target="media/a.png"/>', []),
        ("word/embeddings/oleObject1.bin", b"x", ["embedded"]),
        ("word/embeddings/sheet1.xlsx", b"x", []),
    ],
)  # fmt: skip
def test_what_an_office_file_fetches_or_packs_is_named(part, content, found):
    assert check("a.docx", office_file(**{part: content})) == ("docx", found)


def test_a_part_whose_name_is_in_an_old_coding_is_no_bomb():
    packed = bytearray(office_file(**{"word/media/изображение.png": b"x", "word/media/z.png": b"y"}))
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = packed.find(mark)
        while at >= 0:
            packed[at + flags + 1] &= 0xF7
            at = packed.find(mark, at + 4)
    assert check("a.docx", bytes(packed)) == ("docx", [])


def test_office_files_of_before_2007_are_told_to_be_saved_anew():
    assert refusal("a.docx", OLE) == "old_office"
    assert refusal("a.doc", OLE) == "old_office"


@pytest.mark.parametrize(
    "content",
    [
        files.docx(word__vbaProject_dot_bin=b"x"),
        files.docx(word__activeX__a_dot_xml=b"<x/>"),
        *(
            files.zipped({office.TYPES: types, "word/document.xml": b""})
            for types in (
                b"application/vnd.ms-word.document.macroEnabled",
                b"vnd.ms-word.document.MACROENABLED",
                "vnd.ms-word.document.macroEnabled".encode("utf-16"),
                b" " * (office.CHUNK - 5) + b"macroEnabled",
            )
        ),
    ],
)
def test_macros_are_refused(content):
    assert refusal("a.docx", content) == "macros"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        files.docx()[:-30],
        files.zipped({"word/document.xml": b""}),
        files.xlsx(),
        files.docx(**{"word__a_dot_xml": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"}),
        files.docx(**{"word__a_dot_xml": "<!DOCTYPE x>".encode("utf-16")}),
        files.docx(**{"word__a_dot_xml": "<!DOCTYPE x>".encode("utf-16-be")}),
        files.docx(**{"word__a_dot_xml": b" " * (office.CHUNK - 4) + b"<!DOCTYPE x>"}),
        files.docx(**{"word__a_dot_dat": b"\xef\xbb\xbf <!DOCTYPE x>"}),
        packed_by_lzma(),
        files.zipped({office.TYPES: b"", "word/document.xml": b"", "../../etc/cron.d/x": b""}),
        files.docx() + files.docx(),
    ],
    ids=[
        "stub",
        "cut",
        "no types",
        "a sheet",
        "doctype",
        "utf-16",
        "utf-16-be",
        "between",
        "another name",
        "lzma",
        "climbs",
        "two files",
    ],
)
def test_office_files_that_do_not_hold_together_are_damaged(content):
    assert refusal("a.docx", content) == "damaged"


def test_an_archive_link_is_refused():
    packed = io.BytesIO(files.docx())
    with zipfile.ZipFile(packed, "a") as archive:
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal("a.docx", packed.getvalue()) == "damaged"


def test_bombs_are_refused_on_what_they_declare(monkeypatch):
    monkeypatch.setattr(office, "MOST_UNPACKED", 100_000)
    types = len(files.WORD_TYPES) + len(b"<document/>")
    at_limit = files.docx(word__a_dot_bin=bytes(100_000 - types))
    assert here("docx", at_limit) == []
    assert here("docx", files.docx(word__a_dot_bin=bytes(100_001 - types))) == "bomb"


def test_bombs_are_refused_on_what_they_really_hold():
    bomb = bytearray(files.docx(word__a_dot_bin=bytes(10_000_000)))
    where = bomb.rindex(b"PK\x01\x02") + 24
    assert bomb[where : where + 4] == (10_000_000).to_bytes(4, "little")
    bomb[where : where + 4] = (10).to_bytes(4, "little")
    assert refusal("a.docx", bytes(bomb)) == "damaged"


def test_entries_that_share_bytes_are_refused():
    bomb = bytearray(files.docx(word__a_dot_bin=bytes(1000), word__b_dot_bin=bytes(1000)))
    last = bomb.rindex(b"PK\x01\x02")
    before = bomb.rindex(b"PK\x01\x02", 0, last)
    bomb[last + 42 : last + 46] = bomb[before + 42 : before + 46]
    assert refusal("a.docx", bytes(bomb)) == "bomb"


def test_more_parts_than_any_office_file_has_are_refused(monkeypatch):
    monkeypatch.setattr(office, "MOST_PARTS", 3)
    assert here("docx", files.docx(word__a=b"")) == []
    assert here("docx", files.docx(word__a=b"", word__b=b"")) == "bomb"


def test_a_list_of_parts_that_fills_the_memory_is_never_read(monkeypatch):
    whole = files.docx(**{f"word__{number}": b"" for number in range(200)})
    monkeypatch.setattr(office.zipfile, "ZipFile", None)
    monkeypatch.setattr(office, "MOST_OF_LIST", 10_000)
    assert here("docx", whole) == "bomb"
    hidden = whole[:-4] + b"PK\x05\x06"  # a second record within the first, which has no room for a length
    assert here("docx", hidden) == "bomb"
    assert here("docx", whole[:-22] + b"PK\x06\x07" + bytes(16) + whole[-22:]) == "damaged"


@pytest.mark.parametrize("shape", HIDDEN)
def test_what_runs_is_found_in_packed_objects_however_they_are_hidden(shape):
    assert check("a.pdf", packed_pdf(**HIDDEN[shape])) == ("pdf", ["javascript", "opens"])


@pytest.mark.parametrize("shape", UNSEEN)
def test_packed_objects_that_cannot_be_looked_into_are_flagged(shape):
    assert check("a.pdf", packed_pdf(**UNSEEN[shape])) == ("pdf", ["unseen"])


def test_packed_objects_that_break_off_are_looked_at_as_far_as_they_go():
    broken = packed_pdf(pack=lambda text: zlib.compress(text + random.Random(1).randbytes(9000))[:5000])
    assert check("a.pdf", broken) == ("pdf", ["javascript", "opens", "unseen"])


def test_a_page_and_a_picture_that_are_packed_are_no_objects():
    for content in (b"1 0 0 -1 0 792 cm /Launch gs", b"0 0 0 rg", b"q /JavaScript Do Q", bytes(range(256))):
        body = b"<</Filter /FlateDecode>>\nstream\n" + zlib.compress(content) + b"\nendstream\nendobj"
        assert check("a.pdf", files.pdf(body)) == ("pdf", [])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<</S /JavaScript /JS (x)>>", ["javascript"]),
        (b"<</S /J#61vaScript /JS (x)>>", ["javascript"]),
        (b"<</S /Launch /F (x)>> <</Type /EmbeddedFile>>", ["embedded", "launch"]),
        (b"<</XFA 5 0 R>>", ["xfa"]),
        (b"<</OpenAction 5 0 R>>", ["opens"]),
        (b"<</AA<</O<</S/URI/URI(https://a.test)>> >> >>", ["opens"]),
        (b"<</S/Rendition/JS(x)>>", ["javascript", "media"]),
        (b"<</Type/Filespec/EF<</F 5 0 R>> >>", ["embedded"]),
        (b"<</Subtype/3D/OnInstantiate 5 0 R>>", ["javascript", "media"]),
        (b"<</URI(https://docs.test/kms/Encrypt)>> (How to /Encrypt a file) (a/Launch)", []),
        (b"<</Open#41ction<</S /GoToR>> >>", ["opens"]),
        (b"<</OpenAction [3 0 R /Fit] >>", []),
        (b"<</S/JavaScript\0/JS (x)>>", ["javascript"]),
        (b"<</S /#4A#61#76#61#53#63#72#69#70#74>>", ["javascript"]),
        (b"<</S /JavaScript#20>> <</S /Java#ScriptX>>", []),
        (b"<</OpenAction\r\n[3 0 R /Fit] /OpenActions 5 0 R>>", []),
        (b"<</Launched true>> (JavaScript)", []),
    ],
)
def test_what_runs_by_itself_in_a_pdf_is_named(body, found):
    assert check("a.pdf", files.pdf(body)) == ("pdf", found)


def test_what_runs_by_itself_is_found_in_packed_objects_too():
    assert check("a.pdf", files.pdf_with_packed(b"<</S /JavaScript>>")) == ("pdf", ["javascript"])
    assert refusal("a.pdf", files.pdf_with_packed(b"<</Encrypt 1 0 R>>")) == "password"


def test_what_is_looked_for_is_found_wherever_a_window_ends(monkeypatch):
    monkeypatch.setattr(windows, "SIZE", 1000)
    locked, name = "EncryptedPackage".encode("utf-16-le"), b"<</S /J#61vaScript>>"
    for before in range(1000 - windows.AHEAD - 60, 1000 - windows.AHEAD + 60):
        filled = b" " * before
        packed = files.pdf_with_packed(b" " * (3000 - before) + name)
        assert here("pdf", files.pdf(filled + name + bytes(3000))) == ["javascript"]
        assert here("pdf", files.pdf(filled + b"<</S /JavaScripture>>" + bytes(3000))) == []
        assert here("pdf", packed[:9] + filled + packed[9:]) == ["javascript"]
        assert here("ole", OLE + filled + locked + bytes(3000)) == "password"


@pytest.mark.parametrize("size", [1, 7, 255, 256, 257, 5000, 100_000])
def test_every_place_is_looked_at_once(size):
    whole = (b"AB" + bytes(11)) * 1600
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    seen = list(windows.windows(parts))
    found = [window.at + match.start() for window in seen for match in window.matches(re.compile(b"AB"))]
    assert found == list(range(0, 20_800, 13))
    assert all(window.text == whole[window.at : window.at + len(window.text)] for window in seen)


def test_a_pdf_of_nothing_but_streams_or_names_is_refused(monkeypatch):
    monkeypatch.setattr("documents.contents.pdf.MOST_STREAMS", 3)
    monkeypatch.setattr("documents.contents.pdf.MOST_NAMES", 3)
    assert here("pdf", files.pdf(b"stream\n" * 3 + b"/XFA " * 3)) == ["xfa"]
    assert here("pdf", files.pdf(b"stream\n" * 4)) == "bomb"
    assert here("pdf", files.pdf(b"/XFA " * 4)) == "bomb"


def test_a_pdf_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("documents.contents.pdf.MOST_UNPACKED", 1000)
    assert here("pdf", files.pdf_with_packed(bytes(996))) == []
    assert here("pdf", files.pdf_with_packed(bytes(997))) == "bomb"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", files.pdf().removesuffix(b"%%EOF\n")),
        ("a.pdf", files.pdf() + b"<html>" + b"x" * 1024),
        ("a.pdf", files.pdf() + bytes(64 * 1024 + 1025)),
        ("a.png", files.png()[:-1]),
        ("a.png", files.png() + b"<script>"),
        ("a.png", b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>"),
        ("a.png", files.png(0, 5)),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\0"),
        ("a.jpg", b"\xff\xd8\xff<?php system($_GET[0]);"),
        ("a.jpg", files.jpg()[:24]),
        ("a.jpg", b"\xff\xd8" + b"\xff" * 200_000),
    ],
)
def test_files_whose_structure_breaks_off_are_damaged(name, content):
    assert refusal(name, content) == "damaged"


def test_pictures_up_to_the_limit_of_pixels_are_taken():
    assert check("a.png", files.png(10_000, 10_000)) == ("png", [])
    assert refusal("a.png", files.png(10_000, 10_001)) == "pixels"
    assert check("a.jpg", files.jpg(10_000, 10_000)) == ("jpg", [])
    assert refusal("a.jpg", files.jpg(10_001, 10_000)) == "pixels"
