"""A visitor's own files, read and indexed: an iterator that tells each stage and, last, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Literal, TypeVar

from index.article import Article, replace_source
from index.computed import Progress
from index.errors import ReadError, WendaError
from index.index import Index
from index.read import read_article
from ui.shelf import Shelf

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage:
    """What is being done: file or passage ``done`` of ``total``, from 1."""

    kind: Literal["reading", "embedding", "trying"]
    done: int = 0
    total: int = 1

    @property
    def percent(self) -> int:
        """How much of all the work is behind us, about, from 0 to 100.

        >>> [Stage(kind, 1, 2).percent for kind in ("reading", "embedding", "trying")]
        [15, 60, 90]
        """
        first, last = {"reading": (0, 30), "embedding": (30, 90), "trying": (90, 90)}[self.kind]
        return first + (last - first) * self.done // max(1, self.total)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, by the name that its visitor knows, and why, in one line."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of some files: the shelf that now holds their articles too (None: none could be read)."""

    shelf: Shelf | None
    articles: tuple[Article, ...] = ()
    unread: tuple[Unread, ...] = ()


def bring(paths: Sequence[str], house: Shelf, own: Shelf | None) -> Generator[Stage | Brought, None, None]:
    """Reads files one by one and indexes what can be read, with what is on the visitor's ``own`` shelf already.

    The last thing it gives is ``Brought``. A file that can't be read costs that file alone. Closing the iterator
    ends the work at its next batch.
    """
    articles: list[Article] = []
    unread: list[Unread] = []
    for number, (path, name) in enumerate(zip(paths, named(paths), strict=True), start=1):
        yield Stage("reading", number, len(paths))
        try:
            articles.append(replace_source(read_article(path), name))
        except ReadError as error:
            unread.append(_unread(path, name, error))
    shelf = None
    if articles:
        # The first batch takes a while, and is not reading any more.
        yield Stage("embedding", 0, sum(len(article.passages) for article in articles))
        index = yield from embedded(lambda progress: _indexed(articles, house, own, progress))
        yield Stage("trying")
        shelf = house.holding(index)
    yield Brought(shelf, tuple(articles), tuple(unread))


def _indexed(articles: Sequence[Article], house: Shelf, own: Shelf | None, progress: Progress) -> Index:
    if own is not None:
        return own.bot.index.add(*articles, progress=progress)
    return Index.build(articles, house.bot.index.encoder, progress=progress)


def named(paths: Sequence[str]) -> list[str]:
    """The files' names as the visitor knows them; one that comes twice is numbered.

    >>> named(["/a/notes.txt", "/b/notes.txt", "/b/tea.md"])
    ['notes.txt', 'notes.txt (2)', 'tea.md']
    """
    names = [Path(path).name for path in paths]
    counts = [names[:place].count(name) + 1 for place, name in enumerate(names)]
    return [f"{name} ({n})" if n > 1 else name for name, n in zip(names, counts, strict=True)]


def embedded(work: Callable[[Progress], T]) -> Generator[Stage, None, T]:
    """Runs ``work`` in a thread of its own, yields what it reports and returns what it returns, or raises what it raises.

    Closed before that, it makes the next report raise within ``work``, so that nothing is done for nobody.
    """
    reports: SimpleQueue[Stage | None] = SimpleQueue()
    unwanted = Event()

    def report(done: int, total: int) -> None:
        if unwanted.is_set():
            raise WendaError("Nobody waits for this any more.")
        reports.put(Stage("embedding", done, total))

    def run() -> T:
        try:
            return work(report)
        finally:
            reports.put(None)

    with ThreadPoolExecutor(max_workers=1) as thread:
        future = thread.submit(run)
        try:
            while (stage := reports.get()) is not None:
                yield stage
            return future.result()
        finally:
            unwanted.set()


def _unread(path: str, name: str, error: ReadError) -> Unread:
    """The folder in which uploads lie is nobody's business, and the name is said already."""
    reason = str(error).replace(path, name)
    return Unread(name, reason.removeprefix(f"{name}: "))
