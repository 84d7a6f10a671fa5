"""Bytes → text: UTF-8, UTF-16, Big5, GB18030 and what else a text editor may have written."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The detector names the smallest character set that fits; files use the larger one that holds it.
_LARGER = {"big5": "cp950", "gb2312": "gb18030", "gbk": "gb18030", "hz-gb-2312": "hz", "ascii": "utf-8"}
_READABLE = re.compile(
    "[\\t\\n\\r\\f -~\u00a0-\u024f\u2010-\u203b\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# One unreadable character in so many is damage; more is another encoding, or no text.
_DAMAGE = 1000
# The detector looks at this much (bytes); its answer does not change with more.
_SAMPLE = 100_000


def decode(data: bytes) -> str | None:
    """The text that ``data`` holds, or None where it holds none (a picture, an archive, a program).

    A byte order mark is believed, then strict UTF-8 is tried, then UTF-16 without a mark, then the
    detector chardet. The mark is no part of the text.

    >>> decode("亞洲".encode("utf-8-sig")), decode("亞洲的水".encode("big5")), decode(b"\\x89PNG\\r\\n\\x00\\x00")
    ('亞洲', '亞洲的水', None)
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _text(data, name)
    if b"\0" not in data:
        strict = _text(data, "utf-8", damaged=False)
        if strict is not None:
            return strict
    return _utf16(data) or (_detected(data) if b"\0" not in data else None)


def _text(data: bytes, encoding: str, *, damaged: bool = True) -> str | None:
    """The text in this encoding, None where it is none; with ``damaged``, a little damage is let pass."""
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        if not damaged:
            return None
        try:
            text = data.decode(encoding, errors="replace")
        except LookupError:
            return None
    text = text.removeprefix("\ufeff")
    unreadable = text.count("\ufffd") + len(_CONTROL.findall(text))
    # One damaged character, such as the half of one that a cut left at the end, is let pass in any text.
    return text if unreadable <= max(1, len(text) // _DAMAGE) else None


def _utf16(data: bytes) -> str | None:
    """The text, where it is UTF-16 without a mark: nearly every character is one that people write."""
    if len(data) % 2 or sum(32 <= byte < 127 for byte in data[:2000]) > 0.85 * len(data[:2000]):
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        sample = data[:4000].decode(encoding, errors="replace")
        if len(_READABLE.findall(sample)) >= 0.95 * len(sample):
            return _text(data, encoding)
    return None


def _detected(data: bytes) -> str | None:
    import chardet

    # A cut in the middle of a line could halve a character.
    sample = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    name = str(chardet.detect(sample)["encoding"] or "").lower()
    for encoding in (_LARGER.get(name, name), "utf-8", "cp950", "big5hkscs", "gb18030"):
        text = _text(data, encoding) if encoding else None
        if text is not None:
            return text
    return None
