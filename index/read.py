"""A file → an ``Article``: one reader for each kind of file, in one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from index.article import Article, replace_source
from index.bounded import read_bounded
from index.decode import decode
from index.errors import ReadError
from index.kinds import kind_of
from index.markdown import read_markdown
from index.repair import Repaired, repair
from index.split import passages

MAX_BYTES = 20_000_000
"""The largest file that is read, in bytes: far more than any article, and a few seconds of work."""

Reader = Callable[[bytes, str], Repaired]
"""The bytes of a file and its name → its text and what stands where in it. Raises ReadError."""


def read_article(path: str | Path) -> Article:
    """The article that a file holds: its text repaired, its passages cut, ``source`` the path as given, in short.

    Two spellings of a path are one source: ``./a.txt`` and ``b/../a.txt`` are ``a.txt``.

    Raises ReadError, naming the file and what to do, where it is missing, a folder, empty, broken, locked,
    larger than ``MAX_BYTES``, not what its name says, or of a kind for which ``READERS`` has no reader.
    """
    file, name = Path(path), os.path.normpath(path)
    reader = READERS.get(file.suffix.lower())
    if not file.exists():
        raise ReadError(f"{name}: no such file; check the name and the folder")
    if file.is_dir():
        raise ReadError(f"{name}: this is a folder; name the files in it, or use read_articles")
    if reader is None:
        raise ReadError(f"{name}: no reader for {file.suffix!r} files; save it as one of {_kinds()}")
    data = _bytes(file, name)
    _check_kind(data, file.suffix.lower(), name)
    return _article(reader(data, name), name)


def read_articles(
    paths: Iterable[str | Path], *, on_error: Callable[[ReadError], object] | None = None
) -> Iterator[Article]:
    """The articles in these files and folders, one by one; see ``article_files`` for what a folder stands for.

    The first file that can't be read raises ReadError; with ``on_error``, that is called with the error
    instead, and the others are read. A file that is named twice, once from the root and once from here, is one source.
    """
    yield from as_known(_each(paths, on_error), ())


def as_known(articles: Iterable[Article], sources: Iterable[str]) -> Iterator[Article]:
    """The articles, each under the name by which its file is among ``sources`` or came before, however that is spelt.

    A file has many paths: where it was added as ``a.txt``, ``/home/me/a.txt`` is not another article.

    >>> [a.source for a in as_known([article_from_text("水。", source=os.path.abspath("a.txt"))], ["b.txt", "a.txt"])]
    ['a.txt']
    """
    known = {os.path.abspath(source): source for source in sources}
    for article in articles:
        source = known.setdefault(os.path.abspath(article.source), article.source)
        yield article if source == article.source else replace_source(article, source)


def _each(paths: Iterable[str | Path], on_error: Callable[[ReadError], object] | None) -> Iterator[Article]:
    for path in paths:
        try:
            files = article_files(path)
        except ReadError as error:
            _report(error, on_error)
            continue
        for file in files:
            try:
                article = read_article(file)
            except ReadError as error:
                _report(error, on_error)
            else:
                yield article


def _report(error: ReadError, on_error: Callable[[ReadError], object] | None) -> None:
    if on_error is None:
        raise error
    on_error(error)


def article_files(path: str | Path) -> list[str]:
    """The file itself, or all files in a folder and its folders that ``READERS`` can read, in order of their names.

    Hidden files and files without a suffix are passed over. Raises ReadError where a folder has none.
    """
    if not Path(path).is_dir():
        return [os.path.normpath(path)]
    found: list[str] = []
    for folder, folders, names in os.walk(os.path.normpath(path)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            suffix = Path(name).suffix.lower()
            if suffix in READERS and suffix and not name.startswith((".", "~$")):
                found.append(str(Path(folder) / name))
    if not found:
        raise ReadError(f"{path}: no file in this folder can be read; Wenda reads {_kinds()}")
    return found


def _kinds() -> str:
    return ", ".join(sorted(suffix for suffix in READERS if suffix))


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


def _check_kind(data: bytes, suffix: str, name: str) -> None:
    """Raises ReadError where the file is empty, or begins like one of another kind."""
    if not data:
        raise ReadError(f"{name}: the file is empty; there is nothing to ask about")
    kind, suffixes = kind_of(data) or ("", frozenset({suffix}))
    if suffix not in suffixes:
        advice = (
            f"rename it to {' or '.join(sorted(suffixes))}" if suffixes else f"save it as one of {_kinds()}"
        )
        raise ReadError(f"{name}: this is {kind}, whatever its name says; {advice}")


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
    ".pdf": partial(read_bounded, ".pdf"),
    ".docx": partial(read_bounded, ".docx"),
    ".html": partial(read_bounded, ".html"),
    ".htm": partial(read_bounded, ".html"),
    ".xhtml": partial(read_bounded, ".html"),
    ".epub": partial(read_bounded, ".epub"),
}
"""Which reader reads which suffix (lower case, with its dot); a new format is one line here."""
