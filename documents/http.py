"""An opened document as a download that no browser runs."""

from typing import IO
from urllib.parse import quote

from django.http import FileResponse

from documents.models import Document


def download(document: Document, file: IO[bytes]) -> FileResponse:
    """Always an attachment, under a plain name and the name as given, shut in a sandbox, kept by no cache."""
    plain = f"document-{document.pk.hex[:8]}.{document.extension}"
    full = quote(document.name, safe="")
    response = FileResponse(file, content_type=document.content_type)
    for header, value in {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Length": str(document.size),
    }.items():
        response.headers[header] = value
    return response
