"""A ZIP that is made while it is sent."""

import hashlib
import io
import tracemalloc
import zipfile
from datetime import UTC, datetime

from documents.archive import Member, zipped

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def member(path, content):
    return Member(path=path, at=AT, size=len(content), chunks=[content[:3], content[3:]])


def test_what_went_in_comes_out_in_its_order_uncompressed():
    content = {"1 План/BP-01/жоспар.pdf": b"first file", "index.csv": b"second"}
    packed = b"".join(zipped(member(path, bytes_) for path, bytes_ in content.items()))

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == content
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.infolist()[0].date_time == (2026, 3, 1, 17, 0, 0)  # in Astana


def test_no_member_is_asked_for_before_what_comes_before_it_was_sent():
    asked = []

    def members():
        for number in range(3):
            asked.append(number)
            yield member(f"{number}", b"content")

    sent = zipped(members())
    next(sent)
    assert asked == [0]
    assert len(list(sent)) > 3
    assert asked == [0, 1, 2]


def test_a_large_member_is_never_held_in_memory():
    chunk, times = b"x" * 2**18, 400  # 100 MB
    large = Member(path="large.bin", at=AT, size=len(chunk) * times, chunks=(chunk for _ in range(times)))
    tracemalloc.start()
    size = sum(len(part) for part in zipped([large]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > large.size
    assert peak < 4 * 2**20


def test_a_member_of_more_than_two_gigabytes_says_so_in_its_header():
    small, big = b"content", 2**31
    head = next(zipped([Member(path="a", at=AT, size=big, chunks=[small])]))
    assert head[4:6] == (45).to_bytes(2, "little")  # needs version 4.5: the larger form
    assert next(zipped([member("a", small)]))[4:6] == (20).to_bytes(2, "little")


def test_the_hash_of_each_file_is_that_of_what_was_stored():
    content = bytes(range(256)) * 5000
    packed = b"".join(zipped([member("file.bin", content)]))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert hashlib.sha256(archive.read("file.bin")).digest() == hashlib.sha256(content).digest()
