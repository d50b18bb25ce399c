"""Every write of the document store."""

from documents.services.keeping import delete_unsealed, discard, hold_sealed, seal, sweep, verify_integrity
from documents.services.opening import open_document
from documents.services.previewing import make_preview, open_picture
from documents.services.receiving import receive
from documents.services.scanning import scan, scan_again

__all__ = [
    "delete_unsealed",
    "discard",
    "hold_sealed",
    "make_preview",
    "open_document",
    "open_picture",
    "receive",
    "scan",
    "scan_again",
    "seal",
    "sweep",
    "verify_integrity",
]
