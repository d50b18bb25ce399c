"""What can go wrong with a file in the portal, with real files, scanner and store: nine texts."""

import io

import openpyxl
import pypdf
import pytest

from documents.models import Document
from documents.services import scan
from documents.signatures import eicar
from tests.plugins import files
from tests.portal.conftest import url_of

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = 1024 * 1024
TEXTS = {
    "none chosen": "Choose at least one file.",
    "wrong type": "This question takes these kinds of file: PDF, PNG, JPG. "
    "Save the document as one of them, and upload it again.",
    "too big": "This question takes files of up to 20\xa0MB each. "
    "Split the file or save it smaller, and upload it again.",
    "empty": "The file is empty. Check the file on your computer and upload it again.",
    "password": "The file is locked with a password. Remove the password and upload again.",
    "failed": "The file could not be stored, and nothing of it was kept. Upload it again in a few minutes.",
    "wrong template": "This is not the form of this question. Download the form, fill it and upload it.",
    "virus": "A virus was found. The file cannot be opened. Clean your computer, then upload a fresh copy.",
    "too many": "This question takes 5 files, and it has them. Remove one, or join several in one.",
}


@pytest.fixture
def give(signed_in, firm_user, draft_case, store, scanner):
    """A function: what the question of this code answers to a file, as status and text."""
    browser = signed_in(firm_user)

    def post(code, upload=None):
        given = {} if upload is None else {"files": upload}
        answer = browser.post(url_of(draft_case, code) + "file/", given)
        return answer.status_code, answer.content.decode()

    post.page = lambda code: browser.get(url_of(draft_case, code)).content.decode()
    return post


def locked():
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(files.real_pdf()))
    writer.encrypt("secret", algorithm="RC4-128")
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


def workbook():
    book = openpyxl.Workbook()
    book.active.append(["Key", "Who"])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def infected(give):
    status, row = give("BP-19", files.upload("paid.pdf", files.pdf(eicar())))
    assert (status, "Checking for viruses" in row) == (201, True)
    scan(document_id=Document.objects.get().pk)
    page = give.page("BP-19")
    return 422, next(line for line in Document.objects.get().advice.splitlines() if line in page)


def failed(give, settings):
    """A file system that nobody writes to."""
    before = settings.STORAGES
    settings.STORAGES = before | {
        name: before[name] | {"OPTIONS": {"location": f"/proc/kzcustody/{name}"}}
        for name in ("documents", "quarantine")
    }
    try:
        return give("BP-19", files.upload("paid.pdf", files.pdf()))
    finally:
        settings.STORAGES = before


def too_many(give):
    for number in range(4):  # beside the one with the virus
        assert give("BP-19", files.upload(f"{number}.pdf", files.pdf()))[0] == 201
    return give("BP-19", files.upload("5.pdf", files.pdf()))


def test_nine_troubles_have_nine_texts(give, settings):
    large = files.pdf(b"x" * (20 * MEGABYTE))
    said = {
        "none chosen": give("BP-19"),
        "wrong type": give("BP-19", files.upload("paid.docx", files.docx())),
        "too big": give("BP-19", files.upload("paid.pdf", large)),
        "empty": give("BP-19", files.upload("paid.pdf", b"")),
        "password": give("BP-19", files.upload("paid.pdf", locked())),
        "failed": failed(give, settings),
        "wrong template": give("ITS-25", files.upload("keys.xlsx", workbook())),
        "virus": infected(give),
        "too many": too_many(give),
    }
    assert {name: status for name, (status, _text) in said.items() if status != 422} == {}
    assert {name: text for name, (_status, text) in said.items()} == TEXTS
    assert len({text for _status, text in said.values()}) == 9
    assert Document.objects.count() == 5
