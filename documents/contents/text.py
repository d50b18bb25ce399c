"""Text: UTF-8, and no page, picture or program written as text."""

import codecs
from typing import IO

import filetype

from documents.contents.refused import Refused

HEAD = 8192
# What is made of text and yet no text. Other kinds that begin with letters hold bytes that no text has.
IN_TEXT = frozenset({"ar", "deb", "gif", "pdf", "ps", "rtf"})
CHUNK = 64 * 1024


def check(file: IO[bytes]) -> list[str]:
    head = file.read(HEAD)
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    kind = filetype.guess(head)
    if opening.startswith(b"<") or (kind and kind.extension in IN_TEXT):
        raise Refused("wrong_type")
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise Refused("wrong_type")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    return []
