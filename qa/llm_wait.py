"""Nobody waits for ever: what a model writes, read in a thread of its own, so that a silence has an end.

A library's own time limits see bytes, and a server that sends "still here" every few seconds passes them. Here only
pieces count.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


class SilentError(Exception):
    """Nothing came in time."""


def in_time(
    pieces: Iterable[T], first: float, pause: float, leave: Callable[[], object] = lambda: None
) -> Generator[T, None, None]:
    """The pieces as they come: the first within ``first`` seconds from now, each other within ``pause`` of the one before.

    ``pieces`` are iterated in another thread, up to the next one after this generator is closed; ``leave`` is
    called then, and may wake that thread. Raises ``SilentError`` where nothing comes, and what ``pieces`` raise.

    >>> list(in_time(["It has ", "26 members."], first=5, pause=5))
    ['It has ', '26 members.']
    """
    came: SimpleQueue[T | Exception | None] = SimpleQueue()
    left = Event()

    def read() -> None:
        try:
            for piece in pieces:
                if left.is_set():
                    break
                came.put(piece)
        except Exception as error:  # it is raised again where the pieces are wanted
            came.put(error)
        finally:
            if isinstance(pieces, Generator):
                pieces.close()
            came.put(None)

    Thread(target=read, daemon=True).start()
    wait = first
    try:
        while (piece := _next(came, wait)) is not None:
            wait = pause
            yield piece
    finally:
        left.set()
        leave()


def _next(came: SimpleQueue[T | Exception | None], wait: float) -> T | None:
    try:
        piece = came.get(timeout=max(0.0, wait))
    except Empty:
        raise SilentError from None
    if isinstance(piece, Exception):
        raise piece
    return piece
