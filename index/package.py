"""The files inside a zip (DOCX and EPUB are zips), opened with care: nothing that unpacks without end."""

from __future__ import annotations

import io
import zlib
from zipfile import BadZipFile, LargeZipFile, ZipFile

from index.errors import ReadError

MAX_UNPACKED = 100_000_000
"""The most that all files of a package may hold when unpacked, in bytes."""
MAX_FILES = 10_000
_ENCRYPTED = 0x1


class Package:
    """A zip in memory. Raises ReadError where it is broken, locked, or unpacks to more than the limits."""

    def __init__(self, data: bytes, name: str) -> None:
        """``name`` is the file's, for messages."""
        self._name = name
        try:
            self._zip = ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (BadZipFile, LargeZipFile, ValueError, OSError, NotImplementedError, OverflowError) as error:
            raise self._broken() from error
        if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise ReadError(
                f"{name}: unpacked it would be more than {MAX_UNPACKED / 1e6:.0f} MB; this is no article"
            )
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise ReadError(f"{name}: the file needs a password; save a copy without one")
        self.names = frozenset(info.filename for info in infos)

    def _broken(self) -> ReadError:
        return ReadError(
            f"{self._name}: the file is broken, or not what its name says; open it and save it again"
        )

    def read(self, path: str) -> bytes:
        """The content of one file of the package; b"" where there is none. Raises ReadError."""
        if path not in self.names:
            return b""
        try:
            with self._zip.open(path) as file:
                content = file.read(MAX_UNPACKED + 1)  # what the directory says of its size may be a lie
        except (
            BadZipFile,
            zlib.error,
            EOFError,
            ValueError,
            OSError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise self._broken() from error
        if len(content) > MAX_UNPACKED:
            raise ReadError(f"{self._name}: {path} unpacks to more than {MAX_UNPACKED / 1e6:.0f} MB")
        return content
