"""What a file is by how it begins, whatever its name says."""

from __future__ import annotations

import re

_WEB = frozenset({".html", ".htm", ".xhtml"})
# How files begin, what they are, and the suffixes that they may have.
_BEGINNINGS: tuple[tuple[bytes, str, frozenset[str]], ...] = (
    (b"%PDF-", "a PDF", frozenset({".pdf"})),
    (b"\xd0\xcf\x11\xe0", "an old Office file, or one with a password", frozenset({".docx"})),
    (b"\x89PNG", "a picture", frozenset()),
    (b"\xff\xd8\xff", "a picture", frozenset()),
    (b"GIF8", "a picture", frozenset()),
    (b"{\\rtf", "an RTF document", frozenset()),
    (b"\x1f\x8b", "a compressed file", frozenset()),
)
_ZIP = b"PK\x03\x04"
# Names of files inside a zip, which stand in it as they are.
_INSIDE: tuple[tuple[bytes, str, frozenset[str]], ...] = (
    (b"META-INF/container.xml", "an EPUB", frozenset({".epub"})),
    (b"word/document", "a Word document", frozenset({".docx"})),
    (b"xl/workbook", "an Excel workbook", frozenset()),
    (b"ppt/presentation", "a PowerPoint presentation", frozenset()),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file", frozenset()),
)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE
)


def kind_of(data: bytes) -> tuple[str, frozenset[str]] | None:
    """What a file is, and the suffixes that such a file may have: none where Wenda reads no such file.

    None where its beginning does not say.

    >>> kind_of(b"<!DOCTYPE html><p>")[0], kind_of(b"%PDF-1.7"), kind_of("水會蒸發。".encode())
    ('a web page', ('a PDF', frozenset({'.pdf'})), None)
    """
    if data.startswith(_ZIP):
        found = next(((kind, suffixes) for name, kind, suffixes in _INSIDE if name in data), None)
        return found or ("a zip archive, as DOCX and EPUB are", frozenset({".docx", ".epub"}))
    if _PAGE.match(data[:1000]):
        return "a web page", _WEB
    return next(((kind, suffixes) for start, kind, suffixes in _BEGINNINGS if data.startswith(start)), None)
