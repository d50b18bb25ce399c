"""An upload whose line breaks, or whose length is not what the request says: nothing stays of it."""

import socket
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from applications.models import AnswerFile
from documents.models import Arrival, Document
from tests.plugins.files import pdf
from tests.portal.conftest import url_of

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "d" * 32
CONTENT = pdf(b"x" * 400_000)
BODY = (
    b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\nContent-Type: application/pdf'
    b"\r\n\r\n" + CONTENT + b"\r\n--b--\r\n"
)
MOST = len(BODY) * 9 // 10


@pytest.fixture
def temporary(settings, tmp_path):
    """Where uploads lie while they come."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return folder


@pytest.fixture
def send(live_server, browser, draft_case, document_store, temporary):
    """A function: the first line of the answer to this body, announced with this length; None for none."""

    def make(body, length, *, closes=False):
        where = urlsplit(live_server.url)
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        lines = [
            f"POST {url_of(draft_case, 'BP-03')}file/ HTTP/1.0",
            f"Host: {where.netloc}",
            "Content-Type: multipart/form-data; boundary=b",
            f"X-CSRFToken: {TOKEN}",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()),
            *([] if length is None else [f"Content-Length: {length}"]),
        ]
        with socket.create_connection((where.hostname, where.port), 20) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            if closes:
                return ""
            line.shutdown(socket.SHUT_WR)
            return line.makefile("rb").readline().decode().strip()

    return make


def left(temporary):
    """What there is of the file, once whoever reads it has noticed."""
    until = time.monotonic() + 10
    while list(temporary.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    return (
        Document.objects.count(),
        AnswerFile.objects.count(),
        Arrival.objects.count(),
        list(temporary.iterdir()),
    )


@pytest.mark.parametrize("more", [0, 5000])
def test_what_comes_whole_is_taken_even_where_more_was_announced(send, temporary, more):
    assert send(BODY, len(BODY) + more).split()[1] == "201"
    assert left(temporary) == (1, 1, 0, [])


@pytest.mark.parametrize(
    ("length_of_body", "announced"),
    [(MOST, len(BODY)), (len(BODY), MOST), (len(BODY), None), (len(BODY), "-1"), (len(BODY), "many")],
    ids=["broken off at nine tenths", "too short", "none", "negative", "no number"],
)
def test_a_length_that_is_not_so_leaves_nothing(send, temporary, length_of_body, announced):
    assert " 201 " not in send(BODY[:length_of_body], announced)
    assert left(temporary) == (0, 0, 0, [])
    assert send(BODY, len(BODY)).split()[1] == "201"


def test_a_line_that_is_hung_up_amid_a_file_leaves_nothing(send, temporary):
    send(BODY[:MOST], len(BODY), closes=True)
    assert left(temporary) == (0, 0, 0, [])
    assert send(BODY, len(BODY)).split()[1] == "201"
