"""An opened document as a download that no browser runs, and its preview as a picture."""

from collections.abc import Iterable
from typing import IO, TypeVar
from urllib.parse import quote

from django.http import FileResponse, StreamingHttpResponse

from documents.models import Document
from documents.names import for_disk

R = TypeVar("R", bound=StreamingHttpResponse)


def download(document: Document, file: IO[bytes]) -> FileResponse:
    """Always an attachment, under a plain name and the name as given, shut in a sandbox, kept by no cache."""
    plain = f"document-{document.pk.hex[:8]}.{document.extension}"
    full = quote(for_disk(document.name), safe="")
    response = _shut_in(file, document.content_type)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    response.headers["Content-Length"] = str(document.size)
    return response


def picture(file: IO[bytes]) -> FileResponse:
    """A preview that we made, for the page that shows it."""
    response = _shut_in(file, "image/png")
    response.headers["Content-Disposition"] = "inline"
    return response


def archive(chunks: Iterable[bytes], name: str) -> StreamingHttpResponse:
    """A ZIP while it is made: nobody knows its length yet."""
    response = StreamingHttpResponse(chunks, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return _with_headers(response)


def _shut_in(file: IO[bytes], content_type: str) -> FileResponse:
    return _with_headers(FileResponse(file, content_type=content_type))


def _with_headers(response: R) -> R:
    for header, value in {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }.items():
        response.headers[header] = value
    return response
