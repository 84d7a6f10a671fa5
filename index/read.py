"""A file → an ``Article``: one reader for each kind of file, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from index.article import Article
from index.decode import decode
from index.errors import ReadError
from index.markdown import read_markdown
from index.repair import Repaired, repair
from index.split import passages

MAX_BYTES = 20_000_000
"""The largest file that is read, in bytes: far more than any article, and a few seconds of work."""

Reader = Callable[[bytes, str], Repaired]
"""The bytes of a file and its name → its text and what stands where in it. Raises ReadError."""


def read_article(path: str | Path) -> Article:
    """The article that a file holds: its text repaired, its passages cut, ``source`` the path as given.

    Raises ReadError, naming the file and what to do, where it is missing, a folder, empty, larger than
    ``MAX_BYTES``, not text, or of a kind for which ``READERS`` has no reader.
    """
    file, name = Path(path), str(path)
    reader = READERS.get(file.suffix.lower())
    if not file.exists():
        raise ReadError(f"{name}: no such file; check the name and the folder")
    if file.is_dir():
        raise ReadError(f"{name}: this is a folder; name the files in it one by one")
    if reader is None:
        kinds = ", ".join(sorted(suffix for suffix in READERS if suffix))
        raise ReadError(f"{name}: no reader for {file.suffix!r} files; save it as one of {kinds}")
    return _article(reader(_bytes(file, name), name), name)


def article_from_text(text: str, *, source: str, title: str = "", markdown: bool = False) -> Article:
    """The article made of a text that is at hand. ``title`` is used instead of the one found in the text.

    Raises ReadError where the text is empty or white space.

    >>> article = article_from_text("水的循環\\n\\n水會蒸發。", source="water")
    >>> article.title, article.text[article.blocks[1].start :], article.place(6).line
    ('水的循環', '水會蒸發。', 3)
    """
    found = read_markdown(_tidy(text, source)) if markdown else repair(_tidy(text, source))
    article = _article(found, source)
    return replace(article, title=title) if title else article


def _article(found: Repaired, source: str) -> Article:
    article = Article(
        source, found.text, found.source_map, found.blocks, found.title, found.author, found.footnotes
    )
    return replace(article, passages=passages(article))


def _bytes(file: Path, name: str) -> bytes:
    """What the file holds, if it is not too large."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise ReadError(
                f"{name}: {size / 1e6:.0f} MB is more than the {MAX_BYTES / 1e6:.0f} MB that one article may have; split it into parts"
            )
        return file.read_bytes()
    except OSError as error:
        raise ReadError(f"{name}: can't be read ({error.strerror}); check its permissions") from error


def _decoded(data: bytes, name: str) -> str:
    text = decode(data)
    if text is None:
        raise ReadError(f"{name}: this is not a text file, or its encoding is unknown; save it as UTF-8 text")
    return _tidy(text, name)


def _tidy(text: str, name: str) -> str:
    """The text with one kind of line end; an empty one is refused."""
    if not text.strip("\ufeff \t\r\n\f\v\u3000\u00a0"):
        raise ReadError(f"{name}: the file is empty; there is nothing to ask about")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _plain(data: bytes, name: str) -> Repaired:
    return repair(_decoded(data, name))


def _markdown(data: bytes, name: str) -> Repaired:
    return read_markdown(_decoded(data, name))


READERS: Mapping[str, Reader] = {
    "": _plain,
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
}
"""Which reader reads which suffix (lower case, with its dot); a new format is one line here."""
