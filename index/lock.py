"""One writer at a time: a lock on the folder of an index, which the system gives back however the writer ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexFormatError

LOCK = ".lock"
"""The file that stands for the lock where a folder itself can't be locked (Windows)."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the lock of ``folder``, which exists. Raises IndexFormatError at once where another process has it."""
    posix = sys.platform != "win32"
    handle = os.open(folder if posix else folder / LOCK, os.O_RDONLY if posix else os.O_RDWR | os.O_CREAT)
    try:
        try:
            _take(handle)
        except OSError as error:
            raise IndexFormatError(
                f"{folder} is being written by another process: wait until it is done, then try again"
            ) from error
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
